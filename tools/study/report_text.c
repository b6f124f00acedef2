// SPDX-License-Identifier: GPL-2.0-only
/* report.txt: a study's results as text, ours beside what was published. */
#include "study/report_text.h"

#include "escape.h"
#include "study/report_loads.h"
#include "study/report_receive.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* Names in it come from strangers. */
static void print_escaped(FILE *out, const char *text)
{
	char *safe = escape_for_terminal(text ? text : "?");

	fputs(safe ? safe : "?", out);
	free(safe);
}

static void print_head(const struct study_results *results, FILE *out)
{
	const struct study_machine *machine = &results->machine;

	fputs("vprof-study  ", out);
	print_escaped(out, machine->name);
	fputs(": ", out);
	if (machine->hypervisor && *machine->hypervisor) {
		print_escaped(out, machine->hypervisor);
		fputs(", ", out);
	}
	fputs("Linux ", out);
	print_escaped(out, machine->kernel);
	fprintf(out, ", %" PRIu64 " CPU%s\n", machine->cpus,
		machine->cpus == 1 ? "" : "s");
}

int study_report_text(const struct study_results *results, FILE *out)
{
	int ret = 0;

	print_head(results, out);
	if (results->receive)
		ret = report_receive_text(results->receive, out);
	if (!ret)
		ret = report_loads_text(results, out);
	if (!ret && (fflush(out) || ferror(out)))
		ret = -EIO;
	return ret;
}
