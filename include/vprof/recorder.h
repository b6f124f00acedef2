/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From capture to store: reads samples, counts equal ones, writes slices. */
#ifndef VPROF_RECORDER_H
#define VPROF_RECORDER_H

#include <stdbool.h>
#include <stdint.h>
#include <vprof/capture.h>
#include <vprof/error.h>
#include <vprof/store.h>

struct vprof_recorder;

/**
 * struct vprof_guest_map - names for a guest's kernel from a file
 * @domain: the guest's name, uuid or id; NULL: every guest that has no map of
 *          its own
 * @file: its System.map, vmlinux, or a copy of its /proc/kallsyms
 * @modules: a copy of its /proc/modules, or NULL
 */
struct vprof_guest_map {
	const char *domain;
	const char *file;
	const char *modules;
};

/**
 * struct vprof_recorder_options - a recording
 * @size: sizeof
 * @capture: what to capture
 * @store_path: where the profile goes
 * @store: how the store is kept
 * @slice_ns: 0: one second
 * @command: shown in the report's head, or NULL
 * @maps: @nr_maps of them, until vprof_recorder_free(); guests without one are
 *        named from their memory
 * @xen_symbols: Xen's names: xen-syms, or a list as nm(1) writes it. NULL:
 *               /proc/xen/xensyms
 * @actives: names, uuids or ids of Xen domains that sample themselves, @nr_actives
 *           of them, until vprof_recorder_free()
 */
struct vprof_recorder_options {
	size_t size;
	struct vprof_capture_options capture;
	const char *store_path;
	struct vprof_store_options store;
	uint64_t slice_ns;
	const char *command;
	const struct vprof_guest_map *maps;
	size_t nr_maps;
	const char *xen_symbols;
	const char *const *actives;
	size_t nr_actives;
};

/**
 * struct vprof_recorder_status - how it goes
 * @samples: in the store or waiting for the slice's end
 * @outside: delivered, but of processes not asked for (-p, command)
 * @accounts: of all events
 * @process_events_lost: see vprof_processes_lost()
 */
struct vprof_recorder_status {
	uint64_t samples;
	uint64_t outside;
	uint64_t nr_processes;
	uint64_t store_bytes;
	uint64_t process_events_lost;
	struct vprof_accounts accounts;
};

int vprof_recorder_new(const struct vprof_recorder_options *options,
		       struct vprof_recorder **ret_recorder,
		       struct vprof_error *err);
/**
 * vprof_recorder_start - counters on
 *
 * -EAGAIN: domains that are to be active do not wait for it yet (the sentence
 * names them); it may be called again.
 */
int vprof_recorder_start(struct vprof_recorder *recorder,
			 struct vprof_error *err);

/** vprof_recorder_is_counting - see vprof_capture_is_counting() */
bool vprof_recorder_is_counting(struct vprof_recorder *recorder);

/** vprof_recorder_get_fd - an epoll descriptor for a main loop */
int vprof_recorder_get_fd(const struct vprof_recorder *recorder);

/**
 * vprof_recorder_run_once - read what waits, end a slice that is due
 *
 * Return: 0, or a negative errno (-ENOSPC: disk full; the recorder has stopped
 * the counters and kept what was written).
 */
int vprof_recorder_run_once(struct vprof_recorder *recorder,
			    struct vprof_error *err);

/** vprof_recorder_flush - end the open slice now, name what it holds, so that a report sees it */
int vprof_recorder_flush(struct vprof_recorder *recorder,
			 struct vprof_error *err);

const struct vprof_capture_info *
vprof_recorder_get_capture(const struct vprof_recorder *recorder);
/** vprof_recorder_get_accounts - of one event; -ENOENT past the last */
int vprof_recorder_get_accounts(struct vprof_recorder *recorder,
				unsigned int event,
				struct vprof_accounts *ret_accounts);

/**
 * struct vprof_recorder_domain - a domain of the recording
 * @name: "host", a guest's; "other guests": new ones, and those there is no
 *        buffer for
 * @accounts: of all events since it was added; where the capture does not tell
 *            domains apart in its accounts the host has all of them
 */
struct vprof_recorder_domain {
	const char *name;
	struct vprof_accounts accounts;
};
/** vprof_recorder_get_domain - the @index-th; -ENOENT past the last */
int vprof_recorder_get_domain(struct vprof_recorder *recorder,
			      unsigned int index,
			      struct vprof_recorder_domain *ret_domain);

void vprof_recorder_get_status(struct vprof_recorder *recorder,
			       struct vprof_recorder_status *ret_status);

/**
 * vprof_recorder_stop - sample no more, read what waits, end the open slice
 *
 * vprof_recorder_finish() does it too.
 */
int vprof_recorder_stop(struct vprof_recorder *recorder,
			struct vprof_error *err);

/**
 * vprof_recorder_look_on - after vprof_recorder_stop(): look on for names of guests' kernels
 *
 * They are looked for beside the recording, and vprof_recorder_finish() waits
 * for none of it.
 *
 * Return: 1: it goes on, ask again in a while; 0: it is over; or a negative
 * errno.
 */
int vprof_recorder_look_on(struct vprof_recorder *recorder);

/** vprof_recorder_finish - stop, drain, name places, close the store */
int vprof_recorder_finish(struct vprof_recorder *recorder,
			  struct vprof_error *err);
/** vprof_recorder_free - also without finish: the store keeps the ended slices */
void vprof_recorder_free(struct vprof_recorder *recorder);

#endif
