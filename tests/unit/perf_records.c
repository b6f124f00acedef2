// SPDX-License-Identifier: GPL-2.0-only
/* Records as the kernel writes them, for tests to put into rings. */
#include "perf_records.h"

#include <string.h>

struct perf_event_header *header_of(struct record *record)
{
	return (struct perf_event_header *)record->bytes;
}

static void add(struct record *record, const void *bytes, size_t size)
{
	memcpy(record->bytes + record->size, bytes, size);
	record->size += size;
}

static void add_u32(struct record *record, uint32_t number)
{
	add(record, &number, sizeof(number));
}

static void add_u64(struct record *record, uint64_t number)
{
	add(record, &number, sizeof(number));
}

/* With its end, and up to the next multiple of 8. */
static void add_text(struct record *record, const char *text)
{
	size_t size = (strlen(text) + 8) / 8 * 8;

	memcpy(record->bytes + record->size, text, strlen(text));
	record->size += size;
}

static struct record begin(uint32_t type, uint16_t misc)
{
	struct record record = { .size = sizeof(struct perf_event_header) };

	header_of(&record)->type = type;
	header_of(&record)->misc = misc;
	return record;
}

static struct record end(struct record record, uint64_t time_ns)
{
	add_u64(&record, time_ns);
	header_of(&record)->size = record.size;
	return record;
}

struct record record_type(uint32_t type, uint64_t time_ns)
{
	return end(begin(type, 0), time_ns);
}

static struct record task(uint32_t type, uint32_t pid, uint32_t parent,
			  uint32_t tid, uint64_t time_ns)
{
	struct record record = begin(type, 0);

	add_u32(&record, pid);
	add_u32(&record, parent);
	add_u32(&record, tid);
	add_u32(&record, parent);
	add_u64(&record, time_ns);
	return end(record, time_ns);
}

struct record record_fork(uint32_t pid, uint32_t parent, uint64_t time_ns)
{
	return task(PERF_RECORD_FORK, pid, parent, pid, time_ns);
}

struct record record_exit(uint32_t pid, uint32_t tid, uint64_t time_ns)
{
	return task(PERF_RECORD_EXIT, pid, 1, tid, time_ns);
}

struct record record_comm(uint32_t pid, const char *comm, bool is_exec,
			  uint64_t time_ns)
{
	struct record record = begin(PERF_RECORD_COMM,
				     is_exec ? PERF_RECORD_MISC_COMM_EXEC : 0);

	add_u32(&record, pid);
	add_u32(&record, pid);
	add_text(&record, comm);
	return end(record, time_ns);
}

struct record record_map(uint32_t pid, uint64_t start, uint64_t length,
			 uint64_t pgoff, const char *path, const char *build_id,
			 uint64_t time_ns)
{
	struct record record =
		begin(PERF_RECORD_MMAP2,
		      build_id ? PERF_RECORD_MISC_MMAP_BUILD_ID : 0);

	add_u32(&record, pid);
	add_u32(&record, pid);
	add_u64(&record, start);
	add_u64(&record, length);
	add_u64(&record, pgoff);
	add_u32(&record, build_id ? 20 : 8);
	if (build_id) {
		add(&record, build_id, 20);
	} else {
		add_u32(&record, 1);
		add_u64(&record, RECORD_INODE);
		add_u64(&record, 0);
	}
	add_u32(&record, 5);
	add_u32(&record, 2);
	add_text(&record, path);
	return end(record, time_ns);
}

struct record record_lost(uint64_t count, uint64_t time_ns)
{
	struct record record = begin(PERF_RECORD_LOST, 0);

	add_u64(&record, 1);
	add_u64(&record, count);
	return end(record, time_ns);
}
