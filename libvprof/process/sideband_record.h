/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says of processes: perf's records, checked and taken apart. */
#ifndef LIBVPROF_SIDEBAND_RECORD_H
#define LIBVPROF_SIDEBAND_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum vprof_sideband_type {
	VPROF_SIDEBAND_OTHER, /* nothing to us */
	VPROF_SIDEBAND_FORK,
	VPROF_SIDEBAND_EXEC,
	VPROF_SIDEBAND_COMM,
	VPROF_SIDEBAND_MAP,
	VPROF_SIDEBAND_EXIT,
	VPROF_SIDEBAND_LOST,
};

/**
 * struct vprof_sideband_record - one event
 * @time_ns: CLOCK_MONOTONIC
 * @parent: FORK: process that forked
 * @name: COMM and EXEC: comm; MAP: path; points into the record
 * @start: MAP: address; @length, @pgoff in bytes
 * @count: LOST: records the kernel had no room for
 */
struct vprof_sideband_record {
	enum vprof_sideband_type type;
	uint64_t time_ns;
	pid_t pid;
	pid_t tid;
	pid_t parent;
	const char *name;
	uint64_t start;
	uint64_t length;
	uint64_t pgoff;
	uint32_t major;
	uint32_t minor;
	uint64_t inode;
	uint8_t build_id_size;
	const uint8_t *build_id;
	uint64_t count;
};

/**
 * vprof_sideband_parse - check one record and take it apart
 * @bytes: a record as it lies in the ring, from its perf_event_header on
 * @size: bytes that may be read; the header's own size must not exceed it
 *
 * Expects sample_id_all with PERF_SAMPLE_TIME alone: a time at the very end.
 *
 * Return: the record's size, or -EINVAL when it makes no sense.
 */
ssize_t vprof_sideband_parse(const void *bytes, size_t size,
			     struct vprof_sideband_record *ret_record);

#endif
