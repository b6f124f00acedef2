// SPDX-License-Identifier: GPL-2.0-only
/* A study's folder: results.json, the stores, and reports that are made anew. */
#include "study/folder.h"

#include "study/report_html.h"
#include "study/report_text.h"
#include "study/whole_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

static int make_path(const char *folder, const char *name,
		     char ret_path[PATH_MAX], struct vprof_error *err)
{
	if (snprintf(ret_path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX)
		return 0;
	return vprof_error_set(err, -ENAMETOOLONG, "%s: %s", folder,
			       strerror(ENAMETOOLONG));
}

/* "Xen 4.17.7", of Xen's sysfs; "" elsewhere. */
static void read_hypervisor(char *ret_text, size_t size)
{
	static const char *const files[] = { "type", "version/major",
					     "version/minor", "version/extra" };
	char words[4][32] = { "" }, path[64];
	FILE *file;

	*ret_text = '\0';
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "/sys/hypervisor/%s", files[i]);
		file = fopen(path, "re");
		if (!file)
			return;
		if (fgets(words[i], sizeof(words[i]), file))
			words[i][strcspn(words[i], "\n")] = '\0';
		fclose(file);
	}
	if (!strcmp(words[0], "xen"))
		snprintf(ret_text, size, "Xen %s.%s%s", words[1], words[2],
			 words[3]);
}

static int note_machine(struct study_machine *machine)
{
	struct utsname name;
	char hypervisor[128];

	if (uname(&name))
		return -errno;
	read_hypervisor(hypervisor, sizeof(hypervisor));
	free(machine->name);
	free(machine->kernel);
	free(machine->hypervisor);
	machine->name = strdup(name.nodename);
	machine->kernel = strdup(name.release);
	machine->hypervisor = strdup(hypervisor);
	machine->cpus = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	return machine->name && machine->kernel && machine->hypervisor
		       ? 0
		       : -ENOMEM;
}

int study_folder_open(const char *folder, struct study_results **ret_results,
		      struct vprof_error *err)
{
	struct study_results *results = NULL;
	char path[PATH_MAX];
	int ret;

	ret = make_path(folder, STUDY_RESULTS_FILE, path, err);
	if (ret)
		return ret;
	if (mkdir(folder, 0777) && errno != EEXIST)
		return vprof_error_set(err, -errno, "%s: %s", folder,
				       strerror(errno));
	ret = study_results_read(path, &results, err);
	if (ret == -ENOENT)
		results = study_results_new();
	else if (ret)
		return ret;
	if (!results || note_machine(&results->machine)) {
		study_results_free(results);
		return vprof_error_set(err, -ENOMEM, "no memory");
	}
	free(results->vprof);
	results->vprof = strdup(VPROF_VERSION);
	*ret_results = results;
	return 0;
}

int study_folder_read(const char *folder, struct study_results **ret_results,
		      struct vprof_error *err)
{
	char path[PATH_MAX];
	int ret;

	ret = make_path(folder, STUDY_RESULTS_FILE, path, err);
	return ret ? ret : study_results_read(path, ret_results, err);
}

int study_folder_save(const char *folder, const struct study_results *results,
		      struct vprof_error *err)
{
	char path[PATH_MAX];
	int ret;

	ret = make_path(folder, STUDY_RESULTS_FILE, path, err);
	return ret ? ret : study_results_write(results, path, err);
}

static int write_report(const char *folder, const char *name,
			int (*print)(const void *results, FILE *out),
			const struct study_results *results,
			struct vprof_error *err)
{
	char path[PATH_MAX];
	int ret;

	ret = make_path(folder, name, path, err);
	return ret ? ret : whole_file_write(path, print, results, err);
}

static int print_text(const void *results, FILE *out)
{
	return study_report_text(results, out);
}

int study_folder_report(const char *folder, const struct study_results *results,
			struct vprof_error *err)
{
	int ret;

	ret = write_report(folder, STUDY_REPORT_TEXT_FILE, print_text, results,
			   err);
	if (ret)
		return ret;
	return write_report(folder, STUDY_REPORT_HTML_FILE,
			    study_report_html_print, results, err);
}

int study_folder_finish(const char *folder, const struct study_results *results,
			struct vprof_error *err)
{
	int ret = study_folder_save(folder, results, err);

	return ret ? ret : study_folder_report(folder, results, err);
}
