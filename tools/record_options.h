/* SPDX-License-Identifier: GPL-2.0-only */
/* vprof-record's command line. */
#ifndef VPROF_TOOLS_RECORD_OPTIONS_H
#define VPROF_TOOLS_RECORD_OPTIONS_H

#include "option.h"
#include "workload.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <vprof/capture.h>
#include <vprof/domain.h>
#include <vprof/event.h>
#include <vprof/recorder.h>

enum { RECORD_MAX_EVENTS = 32 };

/**
 * struct record_options - what is to be done
 * @actives: Xen domains that sample themselves
 * @wait_ns: how long to wait for them, or as one of them for dom0
 * @event_texts, @map_texts, @period, @frequency, @pid_number, @capture_name, @buffer_kb: as
 *     written; what they mean is in the members after them
 * @guest_kallsyms, @guest_modules: of guests that have no map of their own, as
 *     perf kvm has them
 * @command: argv of the command, or NULL
 * @pid: the process, 0: none
 */
struct record_options {
	struct option_list event_texts;
	struct option_list map_texts;
	struct option_list actives;
	uint64_t wait_ns;
	uint64_t period;
	uint64_t frequency;
	uint64_t pid_number;
	uint64_t buffer_kb;
	uint64_t duration_ns;
	uint64_t slice_ns;
	const char *capture_name;
	const char *guest_kallsyms;
	const char *guest_modules;
	const char *xen_symbols;
	const char *output;
	bool is_whole_machine;
	bool has_chain;
	bool has_guest_chain;
	bool is_quiet;
	struct workload_user user;

	struct vprof_event_spec events[RECORD_MAX_EVENTS];
	unsigned int nr_events;
	struct vprof_guest_map maps[OPTION_LIST_MAX + 1];
	char map_domains[OPTION_LIST_MAX][VPROF_DOMAIN_TEXT_MAX];
	size_t nr_maps;
	enum vprof_capture_kind capture;
	char **command;
	pid_t pid;
};

/**
 * record_options_parse - take in the command line
 *
 * Return: -1: go on; else what main returns, and everything was said.
 */
int record_options_parse(int argc, char **argv, struct record_options *options);

#endif
