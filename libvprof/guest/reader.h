/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a guest's memory by the addresses of its kernel. All of this runs in
 * the sandboxed child: no allocation, no system call but by the access.
 */
#ifndef LIBVPROF_GUEST_READER_H
#define LIBVPROF_GUEST_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/access.h"
#include "guest/result.h"

enum {
	VPROF_GUEST_CACHE_SETS = 128, /* of pages: a page goes to one set */
	VPROF_GUEST_CACHE_WAYS = 8,   /* in each */
	VPROF_GUEST_RUNS = 32,
	VPROF_GUEST_BTF_MAX = 16 << 20,
	VPROF_GUEST_SEEN = 8192,
	VPROF_GUEST_DATA_PAGES = 16 << 10, /* more than Debian's kernels have */
};

/**
 * struct vprof_guest_paging - from the kernel's addresses to physical ones
 * @image_start: its own code and data, mapped in one piece
 * @image_size: 0: nothing is known yet
 * @phys_base: what the kernel calls so: physical = virtual - @image_start + it
 * @root: virtual address of its top page table; 0: none
 * @encryption_mask: bits of an entry that are no address
 */
struct vprof_guest_paging {
	uint64_t image_start;
	uint64_t image_size;
	uint64_t phys_base;
	uint64_t root;
	uint64_t encryption_mask;
	bool has_5_levels;
};

/**
 * struct vprof_guest_leads - pages that the kernel's data points to
 * @image: of a part of the image's pages, what the access translated
 * @data: pages of the kernel's data, @nr_data of them; @data_pages: some, read
 * @waiting: physical, @nr of them not looked at yet
 * @seen: by their number: the latest that waited, + 1
 */
struct vprof_guest_leads {
	uint64_t image[VPROF_GUEST_BATCH_TRANSLATIONS];
	uint64_t waiting[VPROF_GUEST_BATCH_PAGES];
	size_t nr;
	size_t nr_looked_at;
	uint64_t data[VPROF_GUEST_DATA_PAGES];
	size_t nr_data;
	uint64_t seen[VPROF_GUEST_SEEN];
	uint8_t data_pages[VPROF_GUEST_BATCH_PAGES][VPROF_GUEST_PAGE];
	uint8_t pages[VPROF_GUEST_BATCH_PAGES][VPROF_GUEST_PAGE];
};

/**
 * struct vprof_guest_run - pages that follow each other, as the access translated them
 * @start: virtual address, + 1; 0: there are none
 */
struct vprof_guest_run {
	uint64_t start;
	uint64_t pages[VPROF_GUEST_BATCH_TRANSLATIONS];
};

/**
 * struct vprof_guest_reader - one look at a guest
 * @error: of the access: nothing can be read any more
 * @cached: address + 1; 0: none. Who reads two tables side by side, page for
 *          page, must not have them drive out each other
 * @next_way: of a set, where the next page goes
 * @btf: room for a copy of the guest's types
 */
struct vprof_guest_reader {
	const struct vprof_guest_access *access;
	struct vprof_guest_result *result;
	struct vprof_guest_paging paging;
	uint64_t kernel_address;
	const uint64_t *old_notes;
	size_t nr_old_notes;
	int error;
	char detail[VPROF_GUEST_DETAIL_MAX + 1];
	uint64_t last_virtual;
	uint64_t last_address;
	bool has_last;
	struct vprof_guest_run runs[VPROF_GUEST_RUNS];
	uint64_t cached[VPROF_GUEST_CACHE_SETS][VPROF_GUEST_CACHE_WAYS];
	uint8_t next_way[VPROF_GUEST_CACHE_SETS];
	uint8_t cache[VPROF_GUEST_CACHE_SETS][VPROF_GUEST_CACHE_WAYS]
		     [VPROF_GUEST_PAGE];
	uint8_t batch[VPROF_GUEST_BATCH_PAGES][VPROF_GUEST_PAGE];
	struct vprof_guest_leads leads;
	uint8_t heads[VPROF_GUEST_BATCH_HEADS][VPROF_GUEST_HEAD_SIZE];
	uint8_t btf[VPROF_GUEST_BTF_MAX];
};

/** vprof_guest_fail - keep the detail of a fault; Return: @fault */
enum vprof_guest_fault vprof_guest_fail(struct vprof_guest_reader *reader,
					enum vprof_guest_fault fault,
					const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** vprof_guest_set_paging - how addresses are translated from now on */
void vprof_guest_set_paging(struct vprof_guest_reader *reader,
			    const struct vprof_guest_paging *paging);

/** vprof_guest_translate - of a virtual address; -EFAULT */
int vprof_guest_translate(struct vprof_guest_reader *reader, uint64_t virtual,
			  uint64_t *ret_address);

/** vprof_guest_read_physical - within @reader's ranges or not; -EFAULT, -EIO */
int vprof_guest_read_physical(struct vprof_guest_reader *reader,
			      uint64_t address, void *to, size_t size);

/** vprof_guest_read - by virtual address; -EFAULT, -EIO */
int vprof_guest_read(struct vprof_guest_reader *reader, uint64_t virtual,
		     void *to, size_t size);

/** vprof_guest_prefetch - @size bytes from @virtual on will be read soon */
void vprof_guest_prefetch(struct vprof_guest_reader *reader, uint64_t virtual,
			  uint64_t size);

/** vprof_guest_read_name - a string, cut at @size - 1 bytes, made printable */
int vprof_guest_read_name(struct vprof_guest_reader *reader, uint64_t virtual,
			  char *to, size_t size);

/** vprof_guest_make_printable - what is not becomes '?' */
void vprof_guest_make_printable(char *text, size_t length);

/**
 * struct vprof_guest_stream - bytes from a virtual address on, one after another
 * @ahead: as many will be read, from @at on
 */
struct vprof_guest_stream {
	struct vprof_guest_reader *reader;
	uint64_t at;
	uint64_t ahead;
	size_t next; /* in @page */
	size_t end;
	uint8_t page[VPROF_GUEST_PAGE];
};

/** vprof_guest_stream_init - @size: bytes that are going to be read; UINT64_MAX: many */
void vprof_guest_stream_init(struct vprof_guest_stream *stream,
			     struct vprof_guest_reader *reader,
			     uint64_t virtual, uint64_t size);
/** vprof_guest_stream_fill - the next page; -EFAULT, -EIO */
int vprof_guest_stream_fill(struct vprof_guest_stream *stream);

/** vprof_guest_stream_byte - the next, or a negative errno */
static inline int vprof_guest_stream_byte(struct vprof_guest_stream *stream)
{
	int ret;

	if (stream->next == stream->end) {
		ret = vprof_guest_stream_fill(stream);
		if (ret)
			return ret;
	}
	return stream->page[stream->next++];
}

/** vprof_guest_stream_read - the next @size bytes; -EFAULT, -EIO */
int vprof_guest_stream_read(struct vprof_guest_stream *stream, void *to,
			    size_t size);

#endif
