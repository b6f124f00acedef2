/* SPDX-License-Identifier: GPL-2.0-only */
/* A line's callers as a tree of text. */
#ifndef VPROF_TOOLS_TEXT_CALLERS_H
#define VPROF_TOOLS_TEXT_CALLERS_H

#include "report.h"

/**
 * text_callers_format - the tree, as lines that go below the line's own
 * @ret_text: for free(); NULL where no sample had a call chain
 *
 * Return: 0 or -ENOMEM.
 */
int text_callers_format(const struct report *report,
			const struct vprof_profile_event *event,
			const struct vprof_profile_line *line, char **ret_text);

/** text_callers_are_there - whether any sample of the report had a call chain */
bool text_callers_are_there(const struct report *report);

#endif
