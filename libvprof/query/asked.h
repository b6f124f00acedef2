/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking for things by name, and the list of what there is instead. */
#ifndef VPROF_ASKED_H
#define VPROF_ASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** vprof_is_asked_for - is @asked a domain's name, its kind ("host") or number? */
bool vprof_is_asked_for(const char *asked, const char *name, const char *kind,
			uint64_t number);

enum { VPROF_ASKED_LIST_MAX = 384 };

/**
 * struct vprof_asked_list - names for a sentence; all 0 is an empty one
 * @max_length: 0: what there is room for
 */
struct vprof_asked_list {
	char text[VPROF_ASKED_LIST_MAX];
	size_t length;
	size_t max_length;
	bool is_full;
};

/**
 * vprof_asked_list_add - add a name; past the room for them the list ends in "..."
 * @number: shown after it unless 0
 */
void vprof_asked_list_add(struct vprof_asked_list *list, const char *name,
			  uint64_t number);

#endif
