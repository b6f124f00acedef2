// SPDX-License-Identifier: GPL-2.0-only
/* One system under one load: runs that are measured, and one that is profiled. */
#include "study/system.h"

#include "study/delivery.h"
#include "study/interrupt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PATIENCE_S = 60,
	AT_LEN = 32,
};

static void note_time(struct study_system *system)
{
	char text[AT_LEN];
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	system->at = strdup(text);
}

static int ask_number(struct session *session, const char *command,
		      uint64_t *ret_number, struct vprof_error *err)
{
	char *said = NULL;
	int ret = session_run(session, &said, err, "%s", command);

	*ret_number = said ? strtoull(said, NULL, 10) : 0;
	free(said);
	return ret < 0 ? ret : 0;
}

/* What the receiver says of itself. */
static int describe(struct session *receiver, struct study_system *system,
		    struct vprof_error *err)
{
	int ret;

	note_time(system);
	ret = session_run(receiver, &system->kernel, err, "uname -sr");
	if (ret >= 0)
		ret = session_run(receiver, &system->hypervisor, err,
				  "(cd /sys/hypervisor 2>/dev/null && "
				  "[ \"$(cat type 2>/dev/null)\" = xen ] && "
				  "echo Xen "
				  "$(cat version/major).$(cat version/minor)"
				  "$(cat version/extra))");
	if (ret >= 0)
		ret = ask_number(receiver, "grep -c ^processor /proc/cpuinfo",
				 &system->cpus, err);
	return ret < 0 ? ret : 0;
}

/* ---- a run ------------------------------------------------------------- */

static int check_interrupt(struct vprof_error *err)
{
	if (!interrupt_came())
		return 0;
	return vprof_error_set(err, -EINTR, "ended by %s", interrupt_name());
}

static int run_command(struct load *load, const char *command,
		       struct load_result *ret_result, struct vprof_error *err)
{
	int ret = session_run(load->sender, NULL, err, "(\n%s\n)", command);

	if (ret >= 0)
		ret = check_interrupt(err);
	if (ret >= 0)
		ret = load->ops->read(load, ret_result, err);
	return ret < 0 ? ret : 0;
}

static int add_run(struct study_system *system,
		   const struct study_system_run *run, struct vprof_error *err)
{
	struct study_system_run *runs;

	runs = realloc(system->runs, (system->nr_runs + 1) * sizeof(*runs));
	if (!runs)
		return vprof_error_set(err, -ENOMEM, "no memory");
	system->runs = runs;
	system->runs[system->nr_runs++] = *run;
	return 0;
}

static int measure_runs(struct load *load, const struct system_options *options,
			struct study_system *system, struct vprof_error *err)
{
	char *command = load->ops->make_command(load, options->seconds);
	unsigned int left = options->nr_runs;
	struct load_result result = { 0 };
	int ret = 0;

	if (!command)
		return vprof_error_set(err, -ENOMEM, "no memory");
	while (!ret && left) {
		ret = run_command(load, command, &result, err);
		if (!ret)
			ret = add_run(system, &result.run, err);
		if (ret)
			break;
		left--;
		fprintf(stderr,
			"vprof-study: %s: run %zu of %u: %.1f %s; some %u s "
			"remain\n",
			load->ops->name, system->nr_runs, options->nr_runs,
			result.run.rate, load->ops->unit,
			left * options->seconds + options->profile_seconds);
	}
	free(command);
	return ret;
}

/* ---- the profile ------------------------------------------------------- */

/* A shell at the sender once more, as what vprof-record runs: the profile begins
 * and ends with the load. */
static int record(struct load *load, const struct system_options *options,
		  const char *command, struct vprof_error *err)
{
	char *script = NULL, *said = NULL, *folder = NULL;
	const char *argv[] = { "sh", "-c", NULL, "sh", NULL, NULL };
	char *here = NULL;
	int ret;

	ret = session_run(load->sender, &folder, err, "echo $vprof_load");
	if (ret < 0)
		return ret;
	if (asprintf(&script, "vprof_load=%s\n(\n%s\n)\nexit", folder,
		     command) < 0 ||
	    asprintf(&here, "printf '%%s\\n' \"$1\" | %s sh", options->sender) <
		    0) {
		ret = vprof_error_set(err, -ENOMEM, "no memory");
	} else {
		argv[2] = here;
		argv[4] = script;
		ret = profile_take(&options->profiling, options->store, argv,
				   options->profile_seconds + PATIENCE_S, &said,
				   err);
		if (ret > 0)
			ret = vprof_error_set(
				err, -EIO, "vprof-record cannot record here");
	}
	free(script);
	free(here);
	free(said);
	free(folder);
	return ret;
}

static int record_load(struct load *load, const struct system_options *options,
		       struct study_system *system, struct vprof_error *err)
{
	char *command = load->ops->make_command(load, options->profile_seconds);
	struct load_result result = { 0 };
	int ret;

	if (!command)
		return vprof_error_set(err, -ENOMEM, "no memory");
	ret = record(load, options, command, err);
	free(command);
	if (!ret)
		ret = load->ops->read(load, &result, err);
	if (!ret)
		ret = profile_read(&options->profiling, options->store,
				   &options->subject, &system->profile, err);
	if (!ret)
		system->profiled_work = result.work;
	return ret;
}

/*
 * Without a profile what was measured counts all the same: the profile has the
 * sentence that says why.
 */
static int take_profile(struct load *load, const struct system_options *options,
			struct study_system *system, struct vprof_error *err)
{
	struct vprof_error why = { 0 };

	if (!record_load(load, options, system, &why))
		system->profile.split.interrupts =
			delivery_share(&system->profile);
	else if (!system->profile.why)
		system->profile.why = strdup(why.text);
	return check_interrupt(err);
}

/* ---- the whole --------------------------------------------------------- */

static int measure(struct load *load, const struct system_options *options,
		   struct study_system *system, struct vprof_error *err)
{
	int ret;

	ret = describe(load->receiver, system, err);
	if (!ret)
		ret = session_run(load->sender, NULL, err,
				  "vprof_load=$(mktemp -d)");
	if (ret > 0)
		ret = vprof_error_set(err, -EIO,
				      "the sender has no room for files");
	if (!ret)
		ret = load->ops->begin(load, system, err);
	if (!ret)
		ret = measure_runs(load, options, system, err);
	if (!ret && options->profile_seconds)
		ret = take_profile(load, options, system, err);
	load->ops->end(load);
	session_run(load->sender, NULL, NULL, "rm -rf \"$vprof_load\"");
	return ret;
}

int system_measure(struct load *load, const struct system_options *options,
		   struct study_system *system, struct vprof_error *err)
{
	struct vprof_error why = { 0 };
	int ret;

	ret = measure(load, options, system, &why);
	system->state = STUDY_DONE;
	if (!ret)
		return 0;
	system->why = strdup(why.text);
	system->state = ret == -EINTR    ? STUDY_INTERRUPTED
			: ret == -ENOENT ? STUDY_NOT_POSSIBLE
					 : STUDY_FAILED;
	vprof_error_set(err, ret, "%s", why.text);
	return ret == -ENOENT ? 0 : ret;
}
