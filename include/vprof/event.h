/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What to count: event names as people write them, and what the kernel takes. */
#ifndef VPROF_EVENT_H
#define VPROF_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <vprof/error.h>

enum { VPROF_EVENT_NAME_MAX = 128 };

/**
 * struct vprof_event_spec - one event to sample
 * @name: as shown to people, canonical: "CPU_CLK_UNHALTED", "DTLB_MISS:ALL:u"
 * @unit: what one count is: "cycles", "ns" (cpu-clock), "events"
 * @type: perf_event_attr.type; config, config1, config2 likewise
 * @period: counts per sample, or Hz where @is_frequency
 * @exclude_user: do not count in user mode; @exclude_kernel likewise
 */
struct vprof_event_spec {
	char name[VPROF_EVENT_NAME_MAX];
	const char *unit;
	uint32_t type;
	uint64_t config;
	uint64_t config1;
	uint64_t config2;
	uint64_t period;
	bool is_frequency;
	bool exclude_user;
	bool exclude_kernel;
	bool exclude_hypervisor;
};

/**
 * struct vprof_event_defaults - what holds where the text does not say
 * @period: 0: the library's own default for that event
 * @is_frequency: @period is in Hz
 */
struct vprof_event_defaults {
	uint64_t period;
	bool is_frequency;
};

/**
 * vprof_event_parse - read an event as a person writes it
 * @text: EVENT[:UNIT_MASK...][:u|k|h...][@PERIOD]; EVENT is a libpfm4 name, a
 *        raw code rNNNN, a sysfs form PMU/term=value,.../ , "cpu-clock", or a
 *        perf alias (cycles, instructions, ...)
 * @defaults: may be NULL
 * @ret_spec: written on success only
 * @err: on failure a sentence, with the nearest names where the name is unknown
 *
 * Return: 0, -ENOENT unknown event or unit mask, -EINVAL bad syntax or period
 * too short for the event, -EOPNOTSUPP this machine cannot sample it.
 */
int vprof_event_parse(const char *text,
		      const struct vprof_event_defaults *defaults,
		      struct vprof_event_spec *ret_spec,
		      struct vprof_error *err);

/**
 * vprof_event_default - the event sampled when nobody names one
 *
 * Unhalted cycles where there is a PMU, else cpu-clock.
 */
int vprof_event_default(const struct vprof_event_defaults *defaults,
			struct vprof_event_spec *ret_spec,
			struct vprof_error *err);

/**
 * struct vprof_event_info - one line of "what this machine can count"
 */
struct vprof_event_info {
	const char *name;
	const char *pmu;
	const char *description;
	bool is_unit_mask;
};

/** vprof_event_for_each - list events; stops when @fn returns non-zero, and returns that */
int vprof_event_for_each(int (*fn)(void *data,
				   const struct vprof_event_info *info),
			 void *data);

#endif
