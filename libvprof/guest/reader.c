// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reading a guest's memory by the addresses of its kernel. */
#include "guest/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PAGE_MASK = VPROF_GUEST_PAGE - 1 };

enum vprof_guest_fault vprof_guest_fail(struct vprof_guest_reader *reader,
					enum vprof_guest_fault fault,
					const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reader->detail, sizeof(reader->detail), format, args);
	va_end(args);
	return fault;
}

void vprof_guest_make_printable(char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			text[i] = '?';
	}
}

/* ---- pages --------------------------------------------------------------------- */

static size_t get_set(uint64_t page)
{
	return page / VPROF_GUEST_PAGE % VPROF_GUEST_CACHE_SETS;
}

/* Good until the next page is fetched; NULL: it is not here. */
static const uint8_t *find_cached(const struct vprof_guest_reader *reader,
				  uint64_t page)
{
	size_t set = get_set(page);
	size_t way;

	for (way = 0; way < VPROF_GUEST_CACHE_WAYS; way++)
		if (reader->cached[set][way] == page + 1)
			return reader->cache[set][way];
	return NULL;
}

static void keep_page(struct vprof_guest_reader *reader, uint64_t page,
		      const uint8_t *bytes)
{
	size_t set = get_set(page);
	size_t way = reader->next_way[set]++ % VPROF_GUEST_CACHE_WAYS;

	memcpy(reader->cache[set][way], bytes, VPROF_GUEST_PAGE);
	reader->cached[set][way] = page + 1;
}

/* Return: how many of @pages, from the first on, are in the cache now. */
static int fetch(struct vprof_guest_reader *reader, const uint64_t *pages,
		 size_t nr)
{
	int got;
	int i;

	if (reader->error)
		return reader->error;
	got = reader->access->pages(reader->access->data, pages, nr,
				    reader->batch);
	if (got < 0) {
		reader->error = got;
		return got;
	}
	if ((size_t)got > nr)
		got = nr;
	for (i = 0; i < got; i++)
		keep_page(reader, pages[i], reader->batch[i]);
	return got;
}

/* Good until the next call. */
static const uint8_t *get_page(struct vprof_guest_reader *reader, uint64_t page)
{
	const uint8_t *bytes = find_cached(reader, page);

	if (bytes)
		return bytes;
	return fetch(reader, &page, 1) == 1 ? find_cached(reader, page) : NULL;
}

static size_t rest_of_page(uint64_t address, size_t size)
{
	size_t rest = VPROF_GUEST_PAGE - (address & PAGE_MASK);

	return size < rest ? size : rest;
}

int vprof_guest_read_physical(struct vprof_guest_reader *reader,
			      uint64_t address, void *to, size_t size)
{
	while (size) {
		size_t part = rest_of_page(address, size);
		const uint8_t *page =
			get_page(reader, address & ~(uint64_t)PAGE_MASK);

		if (!page)
			return reader->error ? reader->error : -EFAULT;
		memcpy(to, page + (address & PAGE_MASK), part);
		to = (char *)to + part;
		address += part;
		size -= part;
	}
	return 0;
}

/* ---- page tables ----------------------------------------------------------------- */

enum { PRESENT = 1 << 0, LARGE = 1 << 7 };

static const uint64_t address_bits = 0x000ffffffffff000ULL;

void vprof_guest_set_paging(struct vprof_guest_reader *reader,
			    const struct vprof_guest_paging *paging)
{
	reader->paging = *paging;
	reader->has_last = false;
}

static bool is_of_image(const struct vprof_guest_paging *paging,
			uint64_t virtual)
{
	return virtual - paging->image_start < paging->image_size;
}

/* From a table of the top level down to the page. */
static int walk(struct vprof_guest_reader *reader, uint64_t virtual,
		uint64_t *ret_address)
{
	const struct vprof_guest_paging *paging = &reader->paging;
	uint64_t table = paging->root - paging->image_start + paging->phys_base;
	int shift = paging->has_5_levels ? 48 : 39;
	uint64_t entry;
	uint64_t below;
	int ret;

	if (!is_of_image(paging, paging->root))
		return -EFAULT;
	for (;; shift -= 9) {
		ret = vprof_guest_read_physical(
			reader, table + 8 * (virtual >> shift & 511), &entry,
			sizeof(entry));
		if (ret)
			return ret;
		if (!(entry & PRESENT))
			return -EFAULT;
		table = entry & address_bits & ~paging->encryption_mask;
		if (shift == 12 || (entry & LARGE && shift <= 30))
			break;
	}
	below = (1ULL << shift) - 1;
	*ret_address = (table & ~below) | (virtual & below);
	return 0;
}

/* Neighbours are asked for together, and mostly needed too. */
static int load_run(struct vprof_guest_reader *reader,
		    struct vprof_guest_run *run, uint64_t start)
{
	const struct vprof_guest_access *access = reader->access;

	run->start = 0;
	reader->error = access->translate(access->data, start,
					  VPROF_GUEST_BATCH_TRANSLATIONS,
					  run->pages);
	if (!reader->error)
		run->start = start + 1;
	return reader->error;
}

static int translate_by_access(struct vprof_guest_reader *reader,
			       uint64_t virtual, uint64_t *ret_address)
{
	const uint64_t size = VPROF_GUEST_BATCH_TRANSLATIONS * VPROF_GUEST_PAGE;
	struct vprof_guest_run *run =
		&reader->runs[virtual / size % VPROF_GUEST_RUNS];
	uint64_t start = virtual & ~(size - 1);
	uint64_t address;
	int ret;

	if (run->start != start + 1) {
		ret = load_run(reader, run, start);
		if (ret)
			return ret;
	}
	address = run->pages[(virtual - start) / VPROF_GUEST_PAGE];
	if (address == VPROF_GUEST_NOWHERE)
		return -EFAULT;
	*ret_address = address & ~(uint64_t)PAGE_MASK;
	return 0;
}

static int translate_page(struct vprof_guest_reader *reader, uint64_t virtual,
			  uint64_t *ret_address)
{
	if (reader->error)
		return reader->error;
	if (reader->access->translate)
		return translate_by_access(reader, virtual, ret_address);
	if (is_of_image(&reader->paging, virtual)) {
		*ret_address = virtual - reader->paging.image_start +
			       reader->paging.phys_base;
		return 0;
	}
	return walk(reader, virtual, ret_address);
}

int vprof_guest_translate(struct vprof_guest_reader *reader, uint64_t virtual,
			  uint64_t *ret_address)
{
	uint64_t page = virtual & ~(uint64_t)PAGE_MASK;
	uint64_t address;
	int ret;

	if (!reader->has_last || reader->last_virtual != page) {
		ret = translate_page(reader, page, &address);
		if (ret)
			return ret;
		reader->last_virtual = page;
		reader->last_address = address;
		reader->has_last = true;
	}
	*ret_address = reader->last_address + (virtual & PAGE_MASK);
	return 0;
}

/* ---- by virtual address ------------------------------------------------------------ */

/* Those of a batch that are not there yet, fetched in one go. What fails will
 * fail again, in the reading. */
void vprof_guest_prefetch(struct vprof_guest_reader *reader, uint64_t virtual,
			  uint64_t size)
{
	const uint64_t max = VPROF_GUEST_BATCH_PAGES * VPROF_GUEST_PAGE;
	uint64_t pages[VPROF_GUEST_BATCH_PAGES];
	uint64_t at = virtual & ~(uint64_t)PAGE_MASK;
	size_t nr = 0;
	uint64_t page;

	if (size > max - (virtual & PAGE_MASK))
		size = max - (virtual & PAGE_MASK);
	size += virtual & PAGE_MASK;
	for (; size; at += VPROF_GUEST_PAGE) {
		if (vprof_guest_translate(reader, at, &page))
			break;
		if (!find_cached(reader, page))
			pages[nr++] = page;
		size -= size < VPROF_GUEST_PAGE ? size : VPROF_GUEST_PAGE;
	}
	if (nr > 1)
		fetch(reader, pages, nr);
}

int vprof_guest_read(struct vprof_guest_reader *reader, uint64_t virtual,
		     void *to, size_t size)
{
	uint64_t address;
	int ret;

	while (size) {
		size_t part = rest_of_page(virtual, size);

		ret = vprof_guest_translate(reader, virtual, &address);
		if (!ret && size > part &&
		    !find_cached(reader, address & ~(uint64_t)PAGE_MASK))
			vprof_guest_prefetch(reader, virtual, size);
		if (!ret)
			ret = vprof_guest_read_physical(reader, address, to,
							part);
		if (ret)
			return ret;
		to = (char *)to + part;
		virtual += part;
		size -= part;
	}
	return 0;
}

int vprof_guest_read_name(struct vprof_guest_reader *reader, uint64_t virtual,
			  char *to, size_t size)
{
	size_t length = 0;
	size_t part;
	char *end;
	int ret;

	while (length < size - 1) {
		part = rest_of_page(virtual, size - 1 - length);
		ret = vprof_guest_read(reader, virtual, to + length, part);
		if (ret)
			return ret;
		end = memchr(to + length, '\0', part);
		if (end) {
			length = end - to;
			break;
		}
		length += part;
		virtual += part;
	}
	to[length] = '\0';
	vprof_guest_make_printable(to, length);
	return 0;
}

/* ---- streams ------------------------------------------------------------------------ */

void vprof_guest_stream_init(struct vprof_guest_stream *stream,
			     struct vprof_guest_reader *reader,
			     uint64_t virtual, uint64_t size)
{
	stream->reader = reader;
	stream->at = virtual;
	stream->ahead = size;
	stream->next = 0;
	stream->end = 0;
}

int vprof_guest_stream_fill(struct vprof_guest_stream *stream)
{
	size_t size = rest_of_page(stream->at, VPROF_GUEST_PAGE);
	uint64_t address;
	int ret;

	ret = vprof_guest_translate(stream->reader, stream->at, &address);
	if (ret)
		return ret;
	if (!find_cached(stream->reader, address & ~(uint64_t)PAGE_MASK))
		vprof_guest_prefetch(stream->reader, stream->at, stream->ahead);
	ret = vprof_guest_read_physical(stream->reader, address, stream->page,
					size);
	if (ret)
		return ret;
	stream->next = 0;
	stream->end = size;
	stream->at += size;
	stream->ahead -= size < stream->ahead ? size : stream->ahead;
	return 0;
}

int vprof_guest_stream_read(struct vprof_guest_stream *stream, void *to,
			    size_t size)
{
	uint8_t *bytes = to;

	while (size--) {
		int byte = vprof_guest_stream_byte(stream);

		if (byte < 0)
			return byte;
		*bytes++ = byte;
	}
	return 0;
}
