/* SPDX-License-Identifier: GPL-2.0-only */
/* Records as the kernel writes them, for tests to put into rings. */
#ifndef TEST_PERF_RECORDS_H
#define TEST_PERF_RECORDS_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RECORD_INODE = 77,
	RECORD_MAP_NAME = 72, /* where a mapping's path begins */
};

struct record {
	uint8_t bytes[512];
	size_t size;
};

struct perf_event_header *header_of(struct record *record);

struct record record_type(uint32_t type, uint64_t time_ns);
struct record record_fork(uint32_t pid, uint32_t parent, uint64_t time_ns);
struct record record_exit(uint32_t pid, uint32_t tid, uint64_t time_ns);
struct record record_comm(uint32_t pid, const char *comm, bool is_exec,
			  uint64_t time_ns);
/* @build_id: 20 bytes, or NULL: an inode instead */
struct record record_map(uint32_t pid, uint64_t start, uint64_t length,
			 uint64_t pgoff, const char *path, const char *build_id,
			 uint64_t time_ns);
struct record record_lost(uint64_t count, uint64_t time_ns);

#endif
