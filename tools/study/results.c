// SPDX-License-Identifier: GPL-2.0-only
/* Results of a study: made, named and freed. */
#include "study/results.h"

#include "study/shape.h"

#include <stdlib.h>

const char *study_state_name(enum study_state state)
{
	static const char *const names[STUDY_NR_STATES] = {
		[STUDY_DONE] = "done",
		[STUDY_INTERRUPTED] = "interrupted",
		[STUDY_NOT_POSSIBLE] = "not possible",
		[STUDY_FAILED] = "failed",
	};

	return names[state];
}

const char *study_system_text(enum study_system_name name)
{
	static const char *const names[STUDY_NR_SYSTEMS] = {
		[STUDY_LINUX] = "linux",
		[STUDY_DOM0] = "dom0",
		[STUDY_GUEST] = "guest",
	};

	return names[name];
}

static void *make(const struct shape *shape)
{
	void *value = calloc(1, shape->size);

	if (value)
		shape_set_nothing(shape, value);
	return value;
}

static void destroy(const struct shape *shape, void *value)
{
	if (value)
		shape_destroy(shape, value);
	free(value);
}

struct study_results *study_results_new(void)
{
	return make(&shape_results);
}

void study_results_free(struct study_results *results)
{
	destroy(&shape_results, results);
}

struct study_receive *study_receive_new(void)
{
	return make(&shape_receive);
}

void study_receive_free(struct study_receive *receive)
{
	destroy(&shape_receive, receive);
}

struct study_point *study_point_new(void)
{
	return make(&shape_point);
}

void study_point_free(struct study_point *point)
{
	destroy(&shape_point, point);
}

struct study_part *study_part_new(void)
{
	return calloc(1, sizeof(struct study_part));
}

struct study_system *study_system_new(void)
{
	return make(&shape_web_system);
}

/* Runs hold nothing that is to be freed, so it does for nics too. */
void study_system_free(struct study_system *system)
{
	destroy(&shape_web_system, system);
}
