// SPDX-License-Identifier: GPL-2.0-only
/* vprof-study report: the reports of what was measured already, made anew. */
#include "study/parts.h"

#include "command.h"
#include "option.h"
#include "study/folder.h"

#include <err.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>

struct report_options {
	const char *folder;
};

static const struct option_row rows[] = {
	{ 'i', "input", "DIR", "the study's folder (" STUDY_FOLDER_DEFAULT ")",
	  option_take_text, offsetof(struct report_options, folder) },
};

static const struct option_set report_set = {
	.command = "vprof-study report",
	.operands = "",
	.summary = "Make the reports in a study's folder anew, from the "
		   "results.json that is there.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
};

static int remake(const char *folder)
{
	struct study_results *results;
	struct vprof_error why;
	int ret;

	ret = study_folder_read(folder, &results, &why);
	if (ret == -ENOENT) {
		warnx("there is no " STUDY_RESULTS_FILE " in %s: -i DIR is the "
		      "folder that vprof-study receive, nics or web wrote",
		      folder);
		return EXIT_FAILED;
	}
	if (!ret) {
		ret = study_folder_report(folder, results, &why);
		study_results_free(results);
	}
	if (ret) {
		warnx("%s", why.text);
		return EXIT_FAILED;
	}
	fprintf(stderr,
		"vprof-study: wrote %s/" STUDY_REPORT_HTML_FILE
		" and " STUDY_REPORT_TEXT_FILE "\n",
		folder);
	return EXIT_OK;
}

int study_report_run(int argc, char **argv)
{
	struct report_options options = { .folder = STUDY_FOLDER_DEFAULT };
	int first;

	setlocale(LC_CTYPE, "");
	first = option_parse(&report_set, argc, argv, &options);
	if (first < 0)
		return option_exit_code(first);
	if (first < argc)
		return option_refuse(&report_set, "it takes no \"%s\"",
				     argv[first]);
	return remake(options.folder);
}
