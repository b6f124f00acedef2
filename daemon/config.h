/* SPDX-License-Identifier: GPL-2.0-only */
/* What vprofd is to do: vprof.conf, read and checked. */
#ifndef VPROFD_CONFIG_H
#define VPROFD_CONFIG_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/domain.h>
#include <vprof/error.h>
#include <vprof/event.h>

#define VPROF_CONFIG_PATH "/etc/vprof.conf"

enum {
	VPROF_CONFIG_MAX_EVENTS = 32,
	VPROF_CONFIG_MAX_MAPS = 64,
	VPROF_CONFIG_FILE_MAX = 200,        /* a line is no longer */
	VPROF_CONFIG_MAX_BYTES = 64 * 1024, /* of the file */
	VPROF_CONFIG_SOCKET_MAX = 108,      /* sockaddr_un's */
	VPROF_CONFIG_GROUP_MAX = 33,
};

/** enum vprof_config_chains - in the order of the key's words */
enum vprof_config_chains {
	VPROF_CONFIG_CHAINS_OFF,
	VPROF_CONFIG_CHAINS_KERNEL,
	VPROF_CONFIG_CHAINS_USER,
	VPROF_CONFIG_CHAINS_ON,
};

/** struct vprof_config_event - an event as written; the sampler makes sense of it */
struct vprof_config_event {
	char text[VPROF_EVENT_NAME_MAX];
	unsigned int line;
};

/** struct vprof_config_map - names for a guest's kernel from a file */
struct vprof_config_map {
	char guest[VPROF_DOMAIN_TEXT_MAX];
	char file[VPROF_CONFIG_FILE_MAX];
	unsigned int line;
};

/**
 * struct vprof_config - every key of vprof.conf
 * @path: the file it was read from, "" when there was none
 * @capture: enum vprof_capture_kind
 * @chains: enum vprof_config_chains
 * @frequency: Hz per CPU; @period: counts per sample, 0: go by @frequency
 * @period_line: where @period was given; 0: it was not
 * @max_bytes: of the store; @max_age_ns: of what is in it
 * @xen_symbols: "": what the hypervisor's dom0 is told of them
 * @events: none: the library's default
 * @line: of those being read, the current one
 */
struct vprof_config {
	char path[PATH_MAX];
	uint64_t capture;
	uint64_t chains;
	uint64_t frequency;
	uint64_t period;
	unsigned int period_line;
	uint64_t slice_ns;
	uint64_t buffer_bytes;
	uint64_t max_bytes;
	uint64_t max_age_ns;
	char store[PATH_MAX];
	char socket[VPROF_CONFIG_SOCKET_MAX];
	char group[VPROF_CONFIG_GROUP_MAX];
	char xen_symbols[VPROF_CONFIG_FILE_MAX];
	unsigned int line;
	size_t nr_events;
	struct vprof_config_event events[VPROF_CONFIG_MAX_EVENTS];
	size_t nr_maps;
	struct vprof_config_map maps[VPROF_CONFIG_MAX_MAPS];
};

/**
 * vprof_config_parse - read the text of a vprof.conf
 * @path: its name, for sentences
 * @text: @size bytes; need not end in a zero
 * @ret_config: keys not given have their fallbacks
 *
 * Return: 0, or -EINVAL with a sentence that begins "PATH:LINE: ".
 */
int vprof_config_parse(const char *path, const char *text, size_t size,
		       struct vprof_config *ret_config,
		       struct vprof_error *err);

/**
 * vprof_config_load - read vprof.conf
 * @path: NULL: VPROF_CONFIG_PATH, which need not exist
 *
 * Return: 0, -EINVAL as above, -EFBIG not a configuration, or what opening and
 * reading it gave.
 */
int vprof_config_load(const char *path, struct vprof_config *ret_config,
		      struct vprof_error *err);

#endif
