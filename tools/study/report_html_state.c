// SPDX-License-Identifier: GPL-2.0-only
/* A sentence of report.html: what became of a part, or of a system's share in it. */
#include "study/report_html_state.h"

#include "study/html.h"
#include "study/show.h"

void report_html_state(FILE *out, const char *what, enum study_state state,
		       const char *why)
{
	static const char *const meanings[STUDY_NR_STATES] = {
		[STUDY_DONE] = " is done",
		[STUDY_INTERRUPTED] =
			" was interrupted; here is what there was by then",
		[STUDY_NOT_POSSIBLE] = " is not possible here",
		[STUDY_FAILED] =
			" failed on the way; here is what there was by then",
	};

	if (state == STUDY_DONE && (!why || !*why))
		return;
	html_element(out,
		     state == STUDY_DONE ? "p class=\"notice calm\""
					 : "p class=\"notice\"",
		     "%s%s%s%s", what, meanings[state],
		     why && *why ? ": " : ".", show_or_empty(why));
}
