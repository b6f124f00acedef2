/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the library: the ways to name an event, each a file. */
#ifndef LIBVPROF_EVENT_H
#define LIBVPROF_EVENT_H

#include <stddef.h>
#include <vprof/event.h>

typedef int vprof_event_fn(void *data, const struct vprof_event_info *info);

/*
 * Each fills in the name, type and config of @spec from a name without
 * modifiers and period; -ENOENT when it knows no such event.
 */

/** vprof_event_find_pfm - a libpfm4 name, unit masks included: "DTLB_MISS:ALL" */
int vprof_event_find_pfm(const char *name, struct vprof_event_spec *spec,
			 struct vprof_error *err);

/** vprof_event_find_sysfs - "PMU/term=value,.../", the kernel's own form */
int vprof_event_find_sysfs(const char *name, struct vprof_event_spec *spec,
			   struct vprof_error *err);

/** vprof_event_for_each_pfm - libpfm4's events of this machine's CPU */
int vprof_event_for_each_pfm(vprof_event_fn *fn, void *data);

/** struct vprof_event_alias - an event that every machine's kernel knows by this name */
struct vprof_event_alias {
	const char *name;
	uint32_t type;
	uint64_t config;
	const char *description;
};

/** vprof_event_get_alias - the @index-th, or NULL past the last */
const struct vprof_event_alias *vprof_event_get_alias(size_t index);

#endif
