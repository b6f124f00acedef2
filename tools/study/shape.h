/* SPDX-License-Identifier: GPL-2.0-only */
/* The form of results.json as tables: read, written and freed by the same rows. */
#ifndef VPROF_TOOLS_STUDY_SHAPE_H
#define VPROF_TOOLS_STUDY_SHAPE_H

#include <stddef.h>

enum shape_kind {
	SHAPE_TEXT,    /* char * */
	SHAPE_NUMBER,  /* uint64_t */
	SHAPE_INTEGER, /* int64_t */
	SHAPE_REAL,    /* double; NAN: null */
	SHAPE_AMOUNT,  /* likewise, 0 or more */
	SHAPE_SHARE,   /* likewise, 0 to 1 */
	SHAPE_SWITCH,  /* bool */
	SHAPE_STATE,   /* enum study_state */
	SHAPE_PART, /* a struct in the struct, of @shape; no name: no object */
	SHAPE_POINTER, /* a struct on the heap, of @shape; NULL: not there */
	SHAPE_LIST, /* an array on the heap, of @shape; its length at @nr_offset */
};

/** struct shape_field - a member of an object, and where it is in the struct */
struct shape_field {
	const char *name;
	enum shape_kind kind;
	size_t offset;
	size_t nr_offset;
	const struct shape *shape;
};

/** struct shape - a struct of @size bytes */
struct shape {
	size_t size;
	const struct shape_field *fields;
	size_t nr_fields;
};

extern const struct shape shape_results;
extern const struct shape shape_receive;
extern const struct shape shape_point;
extern const struct shape shape_web_system;

/** shape_set_nothing - a zeroed struct gets its NANs */
void shape_set_nothing(const struct shape *shape, void *value);

/** shape_destroy - free what the struct refers to, not the struct */
void shape_destroy(const struct shape *shape, void *value);

static inline void *shape_member(const void *value, size_t offset)
{
	return (char *)value + offset;
}

#endif
