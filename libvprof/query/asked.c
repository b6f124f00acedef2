// SPDX-License-Identifier: LGPL-2.1-or-later
/* Asking for things by name, and the list of what there is instead. */
#include "query/asked.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool vprof_is_asked_for(const char *asked, const char *name, const char *kind,
			uint64_t number)
{
	unsigned long long value;
	char *end;

	if (!strcmp(asked, name) || !strcmp(asked, kind))
		return true;
	errno = 0;
	value = strtoull(asked, &end, 10);
	return *asked >= '0' && *asked <= '9' && !*end && !errno &&
	       value == number;
}

enum { ROOM_FOR_DOTS = 8 };

void vprof_asked_list_add(struct vprof_asked_list *list, const char *name,
			  uint64_t number)
{
	size_t max = list->max_length ? list->max_length : sizeof(list->text);
	char item[VPROF_ASKED_LIST_MAX];
	int length;

	if (list->is_full)
		return;
	if (number)
		length = snprintf(item, sizeof(item), "%s (%" PRIu64 ")", name,
				  number);
	else
		length = snprintf(item, sizeof(item), "%s", name);
	if (length < 0 || list->length + (size_t)length + ROOM_FOR_DOTS > max) {
		list->is_full = true;
		strcpy(item, "...");
	}
	length = snprintf(list->text + list->length,
			  sizeof(list->text) - list->length, "%s%s",
			  list->length ? ", " : "", item);
	list->length += (size_t)length;
}
