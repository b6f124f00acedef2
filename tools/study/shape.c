// SPDX-License-Identifier: GPL-2.0-only
/* The form of results.json as tables: read, written and freed by the same rows. */
#include "study/shape.h"

#include "study/results.h"

#include <math.h>
#include <stdlib.h>

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define SHAPE(type, rows)                                                     \
	{                                                                     \
		.size = sizeof(type), .fields = (rows), .nr_fields = NR(rows) \
	}

/* ---- profiles ---------------------------------------------------------- */

#define AT(member) offsetof(struct study_split, member)
static const struct shape_field split_fields[] = {
	{ "hypervisor", SHAPE_SHARE, AT(hypervisor), 0, NULL },
	{ "driver", SHAPE_SHARE, AT(driver), 0, NULL },
	{ "kernel", SHAPE_SHARE, AT(kernel), 0, NULL },
	{ "user", SHAPE_SHARE, AT(user), 0, NULL },
	{ "interrupts", SHAPE_SHARE, AT(interrupts), 0, NULL },
};
#undef AT
static const struct shape split = SHAPE(struct study_split, split_fields);

#define AT(member) offsetof(struct study_function, member)
static const struct shape_field function_fields[] = {
	{ "symbol", SHAPE_TEXT, AT(symbol), 0, NULL },
	{ "context", SHAPE_TEXT, AT(context), 0, NULL },
	{ "image", SHAPE_TEXT, AT(image), 0, NULL },
	{ "samples", SHAPE_NUMBER, AT(samples), 0, NULL },
	{ "share", SHAPE_SHARE, AT(share), 0, NULL },
};
#undef AT
static const struct shape function =
	SHAPE(struct study_function, function_fields);

#define AT(member) offsetof(struct study_profile, member)
static const struct shape_field profile_fields[] = {
	{ "store", SHAPE_TEXT, AT(store), 0, NULL },
	{ "no_profile", SHAPE_TEXT, AT(why), 0, NULL },
	{ "domain", SHAPE_TEXT, AT(domain), 0, NULL },
	{ "event", SHAPE_TEXT, AT(event), 0, NULL },
	{ "period", SHAPE_NUMBER, AT(period), 0, NULL },
	{ "samples", SHAPE_NUMBER, AT(samples), 0, NULL },
	{ "lost", SHAPE_NUMBER, AT(lost), 0, NULL },
	{ "own_share", SHAPE_SHARE, AT(own_share), 0, NULL },
	{ "split", SHAPE_PART, AT(split), 0, &split },
	{ "functions", SHAPE_LIST, AT(functions), AT(nr_functions), &function },
};
#undef AT
static const struct shape profile = SHAPE(struct study_profile, profile_fields);

/* ---- receive ----------------------------------------------------------- */

#define AT(member) offsetof(struct study_receive_run, member)
static const struct shape_field receive_run_fields[] = {
	{ "mbit_per_s", SHAPE_AMOUNT, AT(mbit_per_s), 0, NULL },
	{ "collapsed", SHAPE_NUMBER, AT(collapsed), 0, NULL },
	{ "pruned", SHAPE_NUMBER, AT(pruned), 0, NULL },
};
#undef AT
static const struct shape receive_run =
	SHAPE(struct study_receive_run, receive_run_fields);

#define AT(member) offsetof(struct study_sweep_row, member)
static const struct shape_field sweep_row_fields[] = {
	{ "scale", SHAPE_INTEGER, AT(scale), 0, NULL },
	{ "socket_buffer", SHAPE_NUMBER, AT(socket_buffer), 0, NULL },
	{ "receive_size", SHAPE_NUMBER, AT(receive_size), 0, NULL },
	{ "median", SHAPE_AMOUNT, AT(median), 0, NULL },
	{ "lowest", SHAPE_AMOUNT, AT(lowest), 0, NULL },
	{ "highest", SHAPE_AMOUNT, AT(highest), 0, NULL },
	{ "runs", SHAPE_LIST, AT(runs), AT(nr_runs), &receive_run },
};
#undef AT
static const struct shape sweep_row =
	SHAPE(struct study_sweep_row, sweep_row_fields);

#define AT(member) offsetof(struct study_point, member)
static const struct shape_field point_fields[] = {
	{ "scale", SHAPE_INTEGER, AT(scale), 0, NULL },
	{ "socket_buffer", SHAPE_NUMBER, AT(socket_buffer), 0, NULL },
	{ "receive_size", SHAPE_NUMBER, AT(receive_size), 0, NULL },
	{ "seconds", SHAPE_AMOUNT, AT(seconds), 0, NULL },
	{ "mbit_per_s", SHAPE_AMOUNT, AT(mbit_per_s), 0, NULL },
	{ "collapsed", SHAPE_NUMBER, AT(collapsed), 0, NULL },
	{ "pruned", SHAPE_NUMBER, AT(pruned), 0, NULL },
	{ NULL, SHAPE_PART, AT(profile), 0, &profile },
};
#undef AT
const struct shape shape_point = SHAPE(struct study_point, point_fields);

#define AT(index) ((index) * sizeof(struct study_point *))
static const struct shape_field points_fields[] = {
	{ "A", SHAPE_POINTER, AT(STUDY_POINT_A), 0, &shape_point },
	{ "B", SHAPE_POINTER, AT(STUDY_POINT_B), 0, &shape_point },
	{ "fixed", SHAPE_POINTER, AT(STUDY_POINT_FIXED), 0, &shape_point },
};
#undef AT
static const struct shape points =
	SHAPE(struct study_point *[STUDY_NR_POINTS], points_fields);

#define AT(member) offsetof(struct study_change, member)
static const struct shape_field change_fields[] = {
	{ "symbol", SHAPE_TEXT, AT(symbol), 0, NULL },
	{ "context", SHAPE_TEXT, AT(context), 0, NULL },
	{ "image", SHAPE_TEXT, AT(image), 0, NULL },
	{ "share_a", SHAPE_SHARE, AT(share_a), 0, NULL },
	{ "share_b", SHAPE_SHARE, AT(share_b), 0, NULL },
	{ "change", SHAPE_REAL, AT(change), 0, NULL },
	{ "z", SHAPE_REAL, AT(z), 0, NULL },
	{ "samples_a", SHAPE_NUMBER, AT(samples_a), 0, NULL },
	{ "samples_b", SHAPE_NUMBER, AT(samples_b), 0, NULL },
};
#undef AT
static const struct shape change = SHAPE(struct study_change, change_fields);

#define AT(member) offsetof(struct study_receive, member)
static const struct shape_field receiver_fields[] = {
	{ "name", SHAPE_TEXT, AT(receiver), 0, NULL },
	{ "kernel", SHAPE_TEXT, AT(receiver_kernel), 0, NULL },
	{ "is_mended", SHAPE_SWITCH, AT(is_mended), 0, NULL },
	{ "default_scale", SHAPE_INTEGER, AT(default_scale), 0, NULL },
	{ "fixed_scale", SHAPE_INTEGER, AT(fixed_scale), 0, NULL },
};
/* An object of its own, whose members are those of the part. */
static const struct shape receiver =
	SHAPE(struct study_receive, receiver_fields);

static const struct shape_field receive_fields[] = {
	{ "state", SHAPE_STATE, AT(state), 0, NULL },
	{ "why", SHAPE_TEXT, AT(why), 0, NULL },
	{ "at", SHAPE_TEXT, AT(at), 0, NULL },
	{ "receiver", SHAPE_PART, 0, 0, &receiver },
	{ "run_seconds", SHAPE_AMOUNT, AT(run_seconds), 0, NULL },
	{ "sweep", SHAPE_LIST, AT(sweep), AT(nr_sweep), &sweep_row },
	{ "points", SHAPE_PART, AT(points), 0, &points },
	{ "diff", SHAPE_LIST, AT(changes), AT(nr_changes), &change },
};
#undef AT
const struct shape shape_receive = SHAPE(struct study_receive, receive_fields);

/* ---- nics and web ------------------------------------------------------ */

#define AT(member) offsetof(struct study_system_run, member)
static const struct shape_field nics_run_fields[] = {
	{ "mbit_per_s", SHAPE_AMOUNT, AT(rate), 0, NULL },
};
static const struct shape_field web_run_fields[] = {
	{ "requests_per_s", SHAPE_AMOUNT, AT(rate), 0, NULL },
	{ "errors", SHAPE_NUMBER, AT(errors), 0, NULL },
};
#undef AT
static const struct shape nics_run =
	SHAPE(struct study_system_run, nics_run_fields);
static const struct shape web_run =
	SHAPE(struct study_system_run, web_run_fields);

#define AT(member) offsetof(struct study_system, member)
#define SYSTEM_FIELDS                                                          \
	{ "state", SHAPE_STATE, AT(state), 0, NULL },                          \
		{ "why", SHAPE_TEXT, AT(why), 0, NULL },                       \
		{ "at", SHAPE_TEXT, AT(at), 0, NULL },                         \
		{ "kernel", SHAPE_TEXT, AT(kernel), 0, NULL },                 \
		{ "hypervisor", SHAPE_TEXT, AT(hypervisor), 0, NULL },         \
		{ "cpus", SHAPE_NUMBER, AT(cpus), 0, NULL },                   \
		{ "server", SHAPE_TEXT, AT(server), 0, NULL },                 \
		{ "profiled_work", SHAPE_AMOUNT, AT(profiled_work), 0, NULL }, \
	{                                                                      \
		NULL, SHAPE_PART, AT(profile), 0, &profile                     \
	}
static const struct shape_field nics_system_fields[] = {
	SYSTEM_FIELDS,
	{ "interfaces", SHAPE_NUMBER, AT(interfaces), 0, NULL },
	{ "runs", SHAPE_LIST, AT(runs), AT(nr_runs), &nics_run },
};
static const struct shape_field web_system_fields[] = {
	SYSTEM_FIELDS,
	{ "load", SHAPE_TEXT, AT(load), 0, NULL },
	{ "runs", SHAPE_LIST, AT(runs), AT(nr_runs), &web_run },
};
#undef AT
static const struct shape nics_system =
	SHAPE(struct study_system, nics_system_fields);
const struct shape shape_web_system =
	SHAPE(struct study_system, web_system_fields);

#define AT(index) ((index) * sizeof(struct study_system *))
#define SYSTEMS(shape)                                               \
	{ "linux", SHAPE_POINTER, AT(STUDY_LINUX), 0, shape },       \
		{ "dom0", SHAPE_POINTER, AT(STUDY_DOM0), 0, shape }, \
		{ "guest", SHAPE_POINTER, AT(STUDY_GUEST), 0, shape },
static const struct shape_field nics_systems_fields[] = { SYSTEMS(
	&nics_system) };
static const struct shape_field web_systems_fields[] = { SYSTEMS(
	&shape_web_system) };
#undef AT
static const struct shape nics_systems =
	SHAPE(struct study_system *[STUDY_NR_SYSTEMS], nics_systems_fields);
static const struct shape web_systems =
	SHAPE(struct study_system *[STUDY_NR_SYSTEMS], web_systems_fields);

#define AT(member) offsetof(struct study_part, member)
static const struct shape_field nics_fields[] = {
	{ "state", SHAPE_STATE, AT(state), 0, NULL },
	{ "why", SHAPE_TEXT, AT(why), 0, NULL },
	{ "systems", SHAPE_PART, AT(systems), 0, &nics_systems },
};
static const struct shape_field web_fields[] = {
	{ "state", SHAPE_STATE, AT(state), 0, NULL },
	{ "why", SHAPE_TEXT, AT(why), 0, NULL },
	{ "systems", SHAPE_PART, AT(systems), 0, &web_systems },
};
#undef AT
static const struct shape nics = SHAPE(struct study_part, nics_fields);
static const struct shape web = SHAPE(struct study_part, web_fields);

/* ---- all of it --------------------------------------------------------- */

#define AT(member) offsetof(struct study_machine, member)
static const struct shape_field machine_fields[] = {
	{ "name", SHAPE_TEXT, AT(name), 0, NULL },
	{ "kernel", SHAPE_TEXT, AT(kernel), 0, NULL },
	{ "hypervisor", SHAPE_TEXT, AT(hypervisor), 0, NULL },
	{ "cpus", SHAPE_NUMBER, AT(cpus), 0, NULL },
};
#undef AT
static const struct shape machine = SHAPE(struct study_machine, machine_fields);

#define AT(member) offsetof(struct study_results, member)
static const struct shape_field results_fields[] = {
	{ "vprof", SHAPE_TEXT, AT(vprof), 0, NULL },
	{ "machine", SHAPE_PART, AT(machine), 0, &machine },
	{ "receive", SHAPE_POINTER, AT(receive), 0, &shape_receive },
	{ "nics", SHAPE_POINTER, AT(nics), 0, &nics },
	{ "web", SHAPE_POINTER, AT(web), 0, &web },
};
#undef AT
const struct shape shape_results = SHAPE(struct study_results, results_fields);

/* ---- what all shapes can ------------------------------------------------ */

void shape_set_nothing(const struct shape *shape, void *value)
{
	const struct shape_field *field;
	void *member;

	for (size_t i = 0; i < shape->nr_fields; i++) {
		field = &shape->fields[i];
		member = shape_member(value, field->offset);
		if (field->kind == SHAPE_REAL || field->kind == SHAPE_AMOUNT ||
		    field->kind == SHAPE_SHARE)
			*(double *)member = NAN;
		else if (field->kind == SHAPE_PART)
			shape_set_nothing(field->shape, member);
	}
}

static void destroy_list(const struct shape_field *field, void *value)
{
	void **list = shape_member(value, field->offset);
	size_t *nr = shape_member(value, field->nr_offset);

	for (size_t i = 0; i < *nr; i++)
		shape_destroy(field->shape,
			      shape_member(*list, i * field->shape->size));
	free(*list);
	*list = NULL;
	*nr = 0;
}

static void destroy_pointer(const struct shape_field *field, void **pointer)
{
	if (*pointer)
		shape_destroy(field->shape, *pointer);
	free(*pointer);
	*pointer = NULL;
}

void shape_destroy(const struct shape *shape, void *value)
{
	const struct shape_field *field;
	void *member;

	for (size_t i = 0; i < shape->nr_fields; i++) {
		field = &shape->fields[i];
		member = shape_member(value, field->offset);
		if (field->kind == SHAPE_LIST) {
			destroy_list(field, value);
		} else if (field->kind == SHAPE_POINTER) {
			destroy_pointer(field, member);
		} else if (field->kind == SHAPE_PART) {
			shape_destroy(field->shape, member);
		} else if (field->kind == SHAPE_TEXT) {
			free(*(char **)member);
			*(char **)member = NULL;
		}
	}
}
