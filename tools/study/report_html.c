// SPDX-License-Identifier: GPL-2.0-only
/* report.html: a study's results as a page that needs nothing beside it. */
#include "study/report_html.h"

#include "study/html.h"
#include "study/page_style.h"
#include "study/report_html_receive.h"
#include "study/report_html_systems.h"
#include "study/results.h"
#include "study/runs.h"
#include "study/show.h"
#include "study/svg.h"

#include <inttypes.h>
#include <math.h>

/* ---- the head ----------------------------------------------------------------- */

static void print_fact(FILE *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	fputs("<div>", out);
	html_element(out, "dt", "%s", name);
	html_element(out, "dd", "%s", value);
	fputs("</div>", out);
}

static void print_head(FILE *out, const struct study_results *results)
{
	const struct study_machine *machine = &results->machine;
	char cpus[SHOW_LEN];

	fputs("<p class=\"kicker\">vprof-study</p>\n"
	      "<h1>What receiving costs on a virtualised host</h1>\n"
	      "<dl class=\"facts\">",
	      out);
	print_fact(out, "Machine", machine->name);
	print_fact(out, "Hypervisor",
		   machine->hypervisor && !*machine->hypervisor
			   ? "none"
			   : machine->hypervisor);
	print_fact(out, "Linux", machine->kernel);
	snprintf(cpus, sizeof(cpus), "%" PRIu64, machine->cpus);
	print_fact(out, "CPUs", machine->cpus ? cpus : NULL);
	fputs("</dl>\n", out);
}

/* ---- the parts at a glance ------------------------------------------------------ */

struct glance {
	const char *id;
	const char *title;
	bool is_run;
	enum study_state state;
	const char *why;
	char big[64];
	char below[160];
};

static void glance_at_receive(struct glance *glance,
			      const struct study_receive *receive)
{
	const struct study_point *b, *fixed;
	char before[SHOW_LEN], after[SHOW_LEN];

	if (!receive)
		return;
	glance->is_run = true;
	glance->state = receive->state;
	glance->why = receive->why;
	b = receive->points[STUDY_POINT_B];
	fixed = receive->points[STUDY_POINT_FIXED];
	if (!b || !fixed || !(b->mbit_per_s > 0) || isnan(fixed->mbit_per_s))
		return;
	snprintf(glance->big, sizeof(glance->big), "%.2f\xc3\x97",
		 fixed->mbit_per_s / b->mbit_per_s);
	snprintf(glance->below, sizeof(glance->below),
		 "the throughput at B once it is mended: %s instead of %s "
		 "Mbit/s",
		 show_rate(fixed->mbit_per_s, after),
		 show_rate(b->mbit_per_s, before));
}

static void glance_at_part(struct glance *glance, const struct study_part *part)
{
	struct runs_sum native, guest, dom0;

	if (!part)
		return;
	glance->is_run = true;
	glance->state = part->state;
	glance->why = part->why;
	native = runs_of_system(part->systems[STUDY_LINUX]);
	dom0 = runs_of_system(part->systems[STUDY_DOM0]);
	guest = runs_of_system(part->systems[STUDY_GUEST]);
	if (!(native.median > 0) || (!guest.nr && !dom0.nr))
		return;
	snprintf(glance->big, sizeof(glance->big), "%.0f%%",
		 100 * (guest.nr ? guest : dom0).median / native.median);
	snprintf(glance->below, sizeof(glance->below), "of native Linux in %s",
		 guest.nr ? "a guest" : "dom0");
	if (guest.nr && dom0.nr)
		snprintf(glance->below, sizeof(glance->below),
			 "of native Linux in a guest; %.0f%% in dom0",
			 100 * dom0.median / native.median);
}

static const char *state_class(enum study_state state)
{
	static const char *const classes[STUDY_NR_STATES] = {
		[STUDY_DONE] = "state-done",
		[STUDY_INTERRUPTED] = "state-interrupted",
		[STUDY_NOT_POSSIBLE] = "state-not",
		[STUDY_FAILED] = "state-failed",
	};

	return classes[state];
}

static void print_glance(FILE *out, const struct glance *glance)
{
	fprintf(out, "<li><a href=\"#%s\"><span class=\"name\"><span>%s</span>",
		glance->id, glance->title);
	if (glance->is_run)
		fprintf(out, "<span class=\"state %s\">%s</span>",
			state_class(glance->state),
			study_state_name(glance->state));
	else
		fputs("<span class=\"state state-not\">not run</span>", out);
	fputs("</span>\n", out);
	if (*glance->big) {
		html_element(out, "span class=\"big\"", "%s", glance->big);
		html_element(out, "span", "%s", glance->below);
	} else if (glance->is_run) {
		html_element(out, "span", "%s",
			     glance->why && *glance->why ? glance->why
							 : "no ratio yet");
	} else {
		html_element(out, "span", "vprof-study %s -o DIR", glance->id);
	}
	fputs("</a></li>\n", out);
}

static void print_glances(FILE *out, const struct study_results *results)
{
	struct glance glances[] = {
		{ .id = "receive", .title = "Receive path" },
		{ .id = "nics", .title = "Four interfaces" },
		{ .id = "web", .title = "Web server" },
	};

	glance_at_receive(&glances[0], results->receive);
	glance_at_part(&glances[1], results->nics);
	glance_at_part(&glances[2], results->web);
	fputs("<nav aria-label=\"Parts\"><ul class=\"parts\">\n", out);
	for (size_t i = 0; i < sizeof(glances) / sizeof(glances[0]); i++)
		print_glance(out, &glances[i]);
	fputs("</ul></nav>\n", out);
}

/* ---- sections ------------------------------------------------------------------- */

static void begin_section(FILE *out, const char *id, const char *title)
{
	fprintf(out,
		"<section id=\"%s\" aria-labelledby=\"%s-title\">\n<header>"
		"<h2 id=\"%s-title\">%s</h2></header>\n",
		id, id, id, title);
}

static void print_not_run(FILE *out, const char *part)
{
	html_element(out, "p class=\"notice\"",
		     "Not run. It is measured by: vprof-study %s -o DIR", part);
}

static void print_sections(FILE *out, const struct study_results *results)
{
	begin_section(out, "receive", "The receive path");
	if (results->receive)
		report_html_receive(out, results->receive);
	else
		print_not_run(out, "receive");
	fputs("</section>\n", out);
	begin_section(out, "nics", "Four network interfaces at once");
	if (results->nics)
		report_html_nics(out, results->nics);
	else
		print_not_run(out, "nics");
	fputs("</section>\n", out);
	begin_section(out, "web", "A web server");
	if (results->web)
		report_html_web(out, results->web);
	else
		print_not_run(out, "web");
	fputs("</section>\n", out);
}

static void print_footer(FILE *out, const struct study_results *results)
{
	fputs("<footer class=\"soft\">\n", out);
	html_element(out, "p",
		     "Made from results.json by vprof %s; remake it by "
		     "vprof-study report -i DIR. The stores beside it are "
		     "profiles: vprof-report -i STORE. What is marked as "
		     "published is from the study that this one "
		     "follows; everything else was measured by this one.",
		     results->vprof ? results->vprof : VPROF_VERSION);
	fputs("</footer>\n", out);
}

/* ---- the page ---------------------------------------------------------------------- */

int study_report_html_print(const void *what, FILE *out)
{
	const struct study_results *results = what;

	/* Nothing is fetched and nothing is run, whatever a name may hold. */
	fputs("<!DOCTYPE html>\n"
	      "<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n"
	      "<head>\n<meta charset=\"utf-8\"/>\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\""
	      "default-src 'none'; style-src 'unsafe-inline'\"/>\n"
	      "<meta name=\"viewport\" "
	      "content=\"width=device-width, initial-scale=1\"/>\n"
	      "<title>vprof-study",
	      out);
	if (results->machine.name) {
		fputs(": ", out);
		html_text(out, results->machine.name);
	}
	fputs("</title>\n<style>\n", out);
	fputs(page_style, out);
	fputs("</style>\n</head>\n<body>\n"
	      "<a class=\"skip\" href=\"#receive\">To the figures</a>\n",
	      out);
	svg_define(out);
	fputs("<header>\n", out);
	print_head(out, results);
	print_glances(out, results);
	fputs("</header>\n<main>\n", out);
	print_sections(out, results);
	fputs("</main>\n", out);
	print_footer(out, results);
	fputs("</body>\n</html>\n", out);
	return 0;
}
