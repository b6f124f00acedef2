// SPDX-License-Identifier: LGPL-2.1-or-later
/* The places of a row of samples, as JSON. */
#include "store/places_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

static bool skip(const char **text, char character)
{
	if (**text != character)
		return false;
	(*text)++;
	return true;
}

/* At most 19 digits, which always fit. */
static bool read_number(const char **text, uint64_t *ret_number)
{
	const char *at = *text;
	uint64_t number = 0;

	while (*at >= '0' && *at <= '9' && at - *text < 19)
		number = number * 10 + (uint64_t)(*at++ - '0');
	if (at == *text)
		return false;
	*text = at;
	*ret_number = number;
	return true;
}

int vprof_places_begin(const char **text)
{
	return *text && skip(text, '{') ? 0 : -EBADMSG;
}

static bool read_value(const char **text, struct vprof_places_item *item)
{
	item->weight = 0;
	if (!skip(text, '['))
		return read_number(text, &item->count);
	return read_number(text, &item->count) && skip(text, ',') &&
	       read_number(text, &item->weight) && skip(text, ']');
}

int vprof_places_next(const char **text, struct vprof_places_item *ret_item)
{
	struct vprof_places_item item;

	if (**text == '}')
		return (*text)[1] ? -EBADMSG : 0;
	if (!skip(text, '"') || !read_number(text, &item.place) ||
	    !skip(text, '"') || !skip(text, ':') || !read_value(text, &item))
		return -EBADMSG;
	/* A comma, unless that was the last. */
	if (**text != '}' && (!skip(text, ',') || **text != '"'))
		return -EBADMSG;
	*ret_item = item;
	return 1;
}
