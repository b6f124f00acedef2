/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The places of a row of samples, as JSON: {"PLACE":COUNT,"PLACE":[COUNT,WEIGHT]}
 * and nothing else. Written by store_rows.c; read here, from strangers too.
 */
#ifndef VPROF_PLACES_TEXT_H
#define VPROF_PLACES_TEXT_H

#include <stdint.h>

/** struct vprof_places_item - @weight 0: what is usual for the event */
struct vprof_places_item {
	uint64_t place;
	uint64_t count;
	uint64_t weight;
};

/** vprof_places_begin - move @text past the beginning; 0 or -EBADMSG */
int vprof_places_begin(const char **text);

/**
 * vprof_places_next - read an item and move @text past it
 *
 * Return: 1, 0 at the end, -EBADMSG: that is no such text.
 */
int vprof_places_next(const char **text, struct vprof_places_item *ret_item);

#endif
