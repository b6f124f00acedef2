// SPDX-License-Identifier: GPL-2.0-only
/* A line's callers as a tree of text. */
#include "text_callers.h"

#include "escape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	INDENT = 9,
	STEP = 4,
	BELOW_NAME = 8, /* a prefix and this is where a name begins */
	PREFIX_MAX = 400,
};

/*
 * One tree being written. @prefix is what stands before each line: a bar for
 * every branch that goes on below.
 */
struct tree {
	const struct report *report;
	const struct vprof_profile_event *event;
	FILE *out;
	char prefix[PREFIX_MAX];
	size_t length;
};

static double get_share(const struct tree *tree,
			const struct vprof_caller *caller)
{
	return column_share(caller->weight, tree->event->all_weight);
}

static bool is_shown(const struct tree *tree, const struct vprof_caller *caller)
{
	return caller && get_share(tree, caller) >= tree->report->least_share;
}

static void print_name(struct tree *tree, const struct vprof_caller *caller)
{
	char scratch[COLUMN_SCRATCH];
	const char *name = caller->symbol;
	char *escaped;

	if (!name)
		name = column_format_place(caller->image, caller->offset,
					   scratch);
	escaped = escape_for_terminal(name);
	fprintf(tree->out, "%s%s\n", escaped ? escaped : "?",
		caller->context == VPROF_SAMPLE_KERNEL ? "  [k]" : "");
	free(escaped);
}

static void print_prefix(struct tree *tree)
{
	fprintf(tree->out, "%.*s", (int)tree->length, tree->prefix);
}

/* Callers that are alone follow straight below, without a branch. */
static const struct vprof_caller *
print_straight(struct tree *tree, const struct vprof_caller *caller)
{
	while (caller->callers && !caller->callers->next &&
	       caller->callers->weight == caller->weight) {
		caller = caller->callers;
		print_prefix(tree);
		fprintf(tree->out, "%*s", BELOW_NAME, "");
		print_name(tree, caller);
	}
	return caller;
}

static void print_branches(struct tree *tree,
			   const struct vprof_caller *callers)
{
	const struct vprof_caller *end;
	size_t length = tree->length;
	bool is_last;

	for (; is_shown(tree, callers); callers = callers->next) {
		is_last = !is_shown(tree, callers->next);
		print_prefix(tree);
		fprintf(tree->out, "%s %5.2f%%  ", is_last ? "`--" : "|--",
			100 * get_share(tree, callers));
		print_name(tree, callers);
		/* Deeper than that stands no further to the right. */
		if (length + STEP < PREFIX_MAX) {
			memcpy(tree->prefix + length, is_last ? "    " : "|   ",
			       STEP);
			tree->length = length + STEP;
		}
		end = print_straight(tree, callers);
		print_branches(tree, end->callers);
		tree->length = length;
	}
}

int text_callers_format(const struct report *report,
			const struct vprof_profile_event *event,
			const struct vprof_profile_line *line, char **ret_text)
{
	struct tree tree = { .report = report, .event = event };
	struct vprof_caller *callers;
	char *text = NULL;
	size_t size;
	int ret;

	ret = vprof_query_get_callers(report->query, line, &callers);
	if (ret)
		return ret;
	if (!callers) {
		*ret_text = NULL;
		return 0;
	}
	tree.out = open_memstream(&text, &size);
	if (!tree.out) {
		vprof_caller_free(callers);
		return -ENOMEM;
	}
	memset(tree.prefix, ' ', INDENT);
	tree.length = INDENT;
	print_branches(&tree, callers);
	vprof_caller_free(callers);
	if (fclose(tree.out)) {
		free(text);
		return -ENOMEM;
	}
	*ret_text = text;
	return 0;
}

bool text_callers_are_there(const struct report *report)
{
	const struct vprof_profile *profile = report->profile;
	const struct vprof_profile_event *event = profile->events;
	struct vprof_caller *callers = NULL;

	for (; event < profile->events + profile->nr_events; event++)
		for (size_t i = 0; i < event->nr_lines; i++)
			if (vprof_query_get_callers(report->query,
						    &event->lines[i],
						    &callers) ||
			    callers) {
				vprof_caller_free(callers);
				return true;
			}
	return false;
}
