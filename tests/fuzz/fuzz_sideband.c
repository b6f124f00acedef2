// SPDX-License-Identifier: GPL-2.0-only
/* perf's records of processes: any ring gives a table that answers any question. */
#include "bytes_fd.h"

#include <linux/perf_event.h>
#include <string.h>

#include "process/process_table.h"
#include "process/sideband_ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { RING_BYTES = 16384 };

static struct vprof_process_table *table;

static bool is_gone(pid_t pid)
{
	return pid & 1;
}

static void check(pid_t pid, uint64_t time_ns)
{
	struct vprof_process *process =
		vprof_process_table_find(table, pid, time_ns);

	require(process && process->maps && process->program);
	require(memchr(process->program->comm, 0, VPROF_COMM_MAX) != NULL);
	require(process == vprof_process_table_find(table, pid, time_ns));
}

static void read_ring(struct vprof_sideband_ring *ring)
{
	uint64_t last_ns = 0;

	vprof_sideband_ring_begin(ring);
	while (ring->has_next) {
		last_ns = ring->next.time_ns;
		vprof_process_table_apply(table, &ring->next);
		check(ring->next.pid, last_ns);
		check(ring->next.pid, 0);
		vprof_sideband_ring_advance(ring);
	}
	vprof_sideband_ring_release(ring);
	require(ring->at == ring->head);
	vprof_process_table_forget(table, last_ns, is_gone);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct perf_event_mmap_page *map = calloc(1, page + RING_BYTES);
	uint8_t *data = (uint8_t *)map + page;
	struct vprof_sideband_ring ring;
	pid_t pid;

	size = size / 8 * 8;
	require(map && size <= RING_BYTES);
	require(!vprof_process_table_new(&table));
	require(!vprof_sideband_ring_init(&ring, map, RING_BYTES));
	memcpy(data, bytes, size);
	map->data_head = size;
	read_ring(&ring);
	/* and once more, so that it wraps around the end */
	map->data_head = size + RING_BYTES - 64;
	ring.at = RING_BYTES - 64;
	memcpy(data + RING_BYTES - 64, bytes, size < 64 ? size : 64);
	if (size > 64)
		memmove(data, bytes + 64, size - 64);
	read_ring(&ring);
	for (pid = 0; pid < 8; pid++)
		check(pid, pid);
	vprof_sideband_ring_fini(&ring);
	vprof_process_table_free(table);
	free(map);
	return 0;
}
