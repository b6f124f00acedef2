// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel says of processes: perf's records, checked and taken apart. */
#include "process/sideband_record.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>

#include <vprof/image.h>

/* The records' fixed parts, as <linux/perf_event.h> describes them. */
struct task_body {
	uint32_t pid, ppid;
	uint32_t tid, ptid;
	uint64_t time;
};

struct comm_body {
	uint32_t pid, tid;
};

struct lost_body {
	uint64_t id;
	uint64_t lost;
};

struct mmap2_body {
	uint32_t pid, tid;
	uint64_t addr;
	uint64_t len;
	uint64_t pgoff;
	union {
		struct {
			uint32_t major;
			uint32_t minor;
			uint64_t inode;
			uint64_t generation;
		};
		struct {
			uint8_t build_id_size;
			uint8_t reserved[3];
			uint8_t build_id[20];
		};
	};
	uint32_t prot, flags;
};

/* A record's payload between header and trailing time. */
struct body {
	const uint8_t *bytes;
	size_t size;
	uint16_t misc;
};

static bool has_text(const struct body *body, size_t at)
{
	return body->size > at &&
	       memchr(body->bytes + at, '\0', body->size - at);
}

static int parse_task(const struct body *body,
		      struct vprof_sideband_record *record)
{
	struct task_body task;

	memcpy(&task, body->bytes, sizeof(task));
	record->pid = task.pid;
	record->tid = task.tid;
	record->parent = task.ppid;
	return 0;
}

static int parse_comm(const struct body *body,
		      struct vprof_sideband_record *record)
{
	struct comm_body comm;

	if (!has_text(body, sizeof(comm)))
		return -EINVAL;
	memcpy(&comm, body->bytes, sizeof(comm));
	record->pid = comm.pid;
	record->tid = comm.tid;
	record->name = (const char *)body->bytes + sizeof(comm);
	if (body->misc & PERF_RECORD_MISC_COMM_EXEC)
		record->type = VPROF_SIDEBAND_EXEC;
	return 0;
}

static int parse_lost(const struct body *body,
		      struct vprof_sideband_record *record)
{
	struct lost_body lost;

	memcpy(&lost, body->bytes, sizeof(lost));
	record->count = lost.lost;
	return 0;
}

static int parse_mmap2(const struct body *body,
		       struct vprof_sideband_record *record)
{
	struct mmap2_body map;

	if (!has_text(body, sizeof(map)))
		return -EINVAL;
	memcpy(&map, body->bytes, sizeof(map));
	if (!map.len || map.addr + map.len < map.addr)
		return -EINVAL;
	record->pid = map.pid;
	record->tid = map.tid;
	record->start = map.addr;
	record->length = map.len;
	record->pgoff = map.pgoff;
	record->name = (const char *)body->bytes + sizeof(map);
	if (!(body->misc & PERF_RECORD_MISC_MMAP_BUILD_ID)) {
		record->major = map.major;
		record->minor = map.minor;
		record->inode = map.inode;
		return 0;
	}
	if (map.build_id_size > VPROF_BUILD_ID_MAX)
		return -EINVAL;
	record->build_id_size = map.build_id_size;
	record->build_id = body->bytes + offsetof(struct mmap2_body, build_id);
	return 0;
}

static const struct kind {
	enum vprof_sideband_type type;
	size_t min_size;
	int (*parse)(const struct body *body,
		     struct vprof_sideband_record *record);
} kinds[] = {
	[PERF_RECORD_FORK] = { VPROF_SIDEBAND_FORK, sizeof(struct task_body),
			       parse_task },
	[PERF_RECORD_EXIT] = { VPROF_SIDEBAND_EXIT, sizeof(struct task_body),
			       parse_task },
	[PERF_RECORD_COMM] = { VPROF_SIDEBAND_COMM, sizeof(struct comm_body),
			       parse_comm },
	[PERF_RECORD_LOST] = { VPROF_SIDEBAND_LOST, sizeof(struct lost_body),
			       parse_lost },
	[PERF_RECORD_MMAP2] = { VPROF_SIDEBAND_MAP, sizeof(struct mmap2_body),
				parse_mmap2 },
};

ssize_t vprof_sideband_parse(const void *bytes, size_t size,
			     struct vprof_sideband_record *ret_record)
{
	struct vprof_sideband_record record = { .type = VPROF_SIDEBAND_OTHER };
	struct perf_event_header header;
	const struct kind *kind;
	struct body body;

	if (size < sizeof(header))
		return -EINVAL;
	memcpy(&header, bytes, sizeof(header));
	if (header.size < sizeof(header) + sizeof(record.time_ns) ||
	    header.size > size)
		return -EINVAL;
	body.bytes = (const uint8_t *)bytes + sizeof(header);
	body.size = header.size - sizeof(header) - sizeof(record.time_ns);
	body.misc = header.misc;
	memcpy(&record.time_ns, body.bytes + body.size, sizeof(record.time_ns));

	if (header.type < sizeof(kinds) / sizeof(kinds[0]) &&
	    kinds[header.type].parse) {
		kind = &kinds[header.type];
		record.type = kind->type;
		if (body.size < kind->min_size || kind->parse(&body, &record))
			return -EINVAL;
	}
	*ret_record = record;
	return header.size;
}
