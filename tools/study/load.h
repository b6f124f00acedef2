/* SPDX-License-Identifier: GPL-2.0-only */
/* A network load that a receiver is put under by a sender outside it. */
#ifndef VPROF_TOOLS_STUDY_LOAD_H
#define VPROF_TOOLS_STUDY_LOAD_H

#include "study/results.h"
#include "study/session.h"

#include <stddef.h>
#include <vprof/error.h>

enum { LOAD_MAX_INTERFACES = 16 };

/**
 * struct load - one that is being applied
 * @receiver: a shell at who serves; @sender: one at who asks
 * @addresses: the receiver's, one of each interface, as the sender reaches them
 */
struct load {
	const struct load_ops *ops;
	struct session *receiver;
	struct session *sender;
	const char *const *addresses;
	size_t nr_addresses;
};

/** struct load_result - @work: megabits, or requests, of @run */
struct load_result {
	struct study_system_run run;
	double work;
};

/**
 * struct load_ops - a kind of load
 * @name: "nics"; @unit: of its rate, "Mbit/s"
 * @begin: start what serves at the receiver, and say in @system what it is;
 *         -ENOENT: a program is missing, the sentence says which
 * @make_command: a shell command for the sender, which puts the receiver under
 *                load for @seconds and leaves what it measured in the directory
 *                $vprof_load; for free(), NULL: no memory
 * @read: what it measured
 * @end: end what begin() started, also when it failed
 */
struct load_ops {
	const char *name;
	const char *unit;
	int (*begin)(struct load *load, struct study_system *system,
		     struct vprof_error *err);
	char *(*make_command)(const struct load *load, unsigned int seconds);
	int (*read)(const struct load *load, struct load_result *ret_result,
		    struct vprof_error *err);
	void (*end)(struct load *load);
};

/** load_nics - iperf3, to all interfaces at once */
extern const struct load_ops load_nics;

/** load_web - wrk asks nginx at the first address for a small file */
extern const struct load_ops load_web;

#endif
