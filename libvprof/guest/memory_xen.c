// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The memory of a PV guest of Xen, read from dom0.
 *
 * Such a guest knows where its pages really are: its page tables hold machine
 * frames, which is also what is mapped here. What it takes for its physical
 * memory it has mapped in one piece; through that mapping it is read, from the
 * page tables that one of its vCPUs uses.
 */
#include <vprof/guest.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest/access.h"
#include "guest/xen_library.h"

enum {
	TABLE_ENTRIES = 512,
	LEVELS = 4,
	/* Of those with pages in them, 2 MiB each; and of each level above. */
	LAST_TABLES = 2048,
	UPPER_TABLES = 64,
	NEIGHBOURS = 64,
	BATCH = 512,
	CONTEXT_SIZE = 8192,
	CR3_AT =
		5008, /* vcpu_guest_context.ctrlreg[3], of xen/arch-x86/xen.h */
	PRESENT = 1 << 0,
	WRITABLE = 1 << 1,
	LARGE = 1 << 7,
	PATIENCE = 16, /* each page is mapped, and that undone, by hypercalls */
};

static const uint64_t direct_map = 0xffff888000000000ULL;
static const uint64_t address_bits = 0x000ffffffffff000ULL;
/* In what @translate returns: this is where it is, not where the guest thinks. */
static const uint64_t machine_bit = 1ULL << 62;

/* A page table of the guest's; @frame + 1, 0: none. */
struct table {
	uint64_t frame;
	uint64_t entries[TABLE_ENTRIES];
};

struct xen_guest {
	uint32_t domain;
	uint64_t root; /* frame of the top page table */
	struct vprof_xen_library library;
	void *foreign;
	void *ctrl;
	struct table last[LAST_TABLES];
	struct table upper[LEVELS - 1][UPPER_TABLES];
};

/* ---- pages ------------------------------------------------------------------------- */

/* What of each page from @offset on, for @size bytes; of pages that cannot be
 * mapped @ret_good is false and nothing is copied. */
static void copy_frames(const struct xen_guest *guest, const uint64_t *frames,
			size_t nr, size_t offset, size_t size, char *to,
			bool *ret_good)
{
	int errors[BATCH];
	char *pages = guest->library.map(guest->foreign, guest->domain,
					 PROT_READ, nr, frames, errors);
	size_t i;

	for (i = 0; i < nr; i++, to += size) {
		ret_good[i] = pages && !errors[i];
		if (ret_good[i])
			memcpy(to, pages + i * VPROF_GUEST_PAGE + offset, size);
	}
	if (pages)
		guest->library.unmap(guest->foreign, pages, nr);
}

/* ---- page tables --------------------------------------------------------------------- */

/* Tables that are to be mapped, in one go: that takes as long as for one. */
struct wanted {
	struct table *tables[BATCH];
	uint64_t frames[BATCH];
	size_t nr;
};

/* By what it maps: then neighbours never drive out each other. */
static struct table *get_slot(struct xen_guest *guest, int level,
			      uint64_t virtual)
{
	uint64_t number = virtual >> (21 + 9 * level);

	return level ? &guest->upper[level - 1][number % UPPER_TABLES]
		     : &guest->last[number % LAST_TABLES];
}

static void want(struct wanted *wanted, struct table *table, uint64_t frame)
{
	if (table->frame == frame + 1 || wanted->nr == BATCH)
		return;
	table->frame = frame + 1;
	wanted->tables[wanted->nr] = table;
	wanted->frames[wanted->nr++] = frame;
}

static void load(struct xen_guest *guest, const struct wanted *wanted)
{
	int errors[BATCH];
	char *pages;
	size_t i;

	if (!wanted->nr)
		return;
	pages = guest->library.map(guest->foreign, guest->domain, PROT_READ,
				   wanted->nr, wanted->frames, errors);
	for (i = 0; i < wanted->nr; i++) {
		struct table *table = wanted->tables[i];

		if (pages && !errors[i])
			memcpy(table->entries, pages + i * VPROF_GUEST_PAGE,
			       VPROF_GUEST_PAGE);
		else
			table->frame = 0;
	}
	if (pages)
		guest->library.unmap(guest->foreign, pages, wanted->nr);
}

static bool is_table(uint64_t entry)
{
	return entry & PRESENT && !(entry & LARGE);
}

/* Who looks at one looks at the next. @above: what has its frame in it. */
static void want_neighbours(struct xen_guest *guest, const uint64_t *above,
			    uint64_t virtual, struct wanted *wanted)
{
	uint64_t start = virtual & ~((NEIGHBOURS << 21) - 1ULL);
	uint64_t at;
	size_t i;

	for (i = 0; i < NEIGHBOURS; i++) {
		at = start + (i << 21);
		if (is_table(above[at >> 21 & (TABLE_ENTRIES - 1)]))
			want(wanted, get_slot(guest, 0, at),
			     (above[at >> 21 & (TABLE_ENTRIES - 1)] &
			      address_bits) /
				     VPROF_GUEST_PAGE);
	}
}

/* Return: its entries, or NULL. @above: as above; NULL: it comes alone. */
static const uint64_t *get_table(struct xen_guest *guest, int level,
				 uint64_t virtual, uint64_t frame,
				 const uint64_t *above)
{
	struct table *table = get_slot(guest, level, virtual);
	struct wanted wanted = { .nr = 0 };

	if (table->frame == frame + 1)
		return table->entries;
	want(&wanted, table, frame);
	if (!level && above)
		want_neighbours(guest, above, virtual, &wanted);
	load(guest, &wanted);
	return table->frame == frame + 1 ? table->entries : NULL;
}

/* @entry: of @virtual, at @shift or above, where it maps more; @rights: to it. */
struct way {
	uint64_t entry;
	uint64_t rights;
	int shift;
};

static bool walk(struct xen_guest *guest, uint64_t virtual, int last_shift,
		 struct way *ret_way)
{
	uint64_t frame = guest->root;
	struct way way = { .rights = WRITABLE };
	const uint64_t *table = NULL;

	for (way.shift = 39;; way.shift -= 9) {
		table = get_table(guest, (way.shift - 12) / 9, virtual, frame,
				  table);
		if (!table)
			return false;
		way.entry = table[virtual >> way.shift & (TABLE_ENTRIES - 1)];
		if (!(way.entry & PRESENT))
			return false;
		way.rights &= way.entry;
		if (way.shift == last_shift ||
		    (way.entry & LARGE && way.shift <= 30))
			break;
		frame = (way.entry & address_bits) / VPROF_GUEST_PAGE;
	}
	*ret_way = way;
	return true;
}

/* The machine address of a page of the guest's kernel, and VPROF_GUEST_WRITABLE;
 * UINT64_MAX: none. */
static uint64_t find_virtual(struct xen_guest *guest, uint64_t virtual)
{
	struct way way;
	uint64_t below;

	if (!walk(guest, virtual, 12, &way))
		return UINT64_MAX;
	below = (1ULL << way.shift) - 1;
	return (way.entry & address_bits & ~below) |
	       (virtual & below & ~(VPROF_GUEST_PAGE - 1ULL)) |
	       (way.rights ? VPROF_GUEST_WRITABLE : 0);
}

/* By its physical address; UINT64_MAX: there is none. */
static uint64_t get_virtual(uint64_t address)
{
	return address > address_bits ? UINT64_MAX
				      : direct_map + (address & address_bits);
}

/* The tables of pages that lie anywhere: those, and no neighbours. */
static void load_tables(struct xen_guest *guest, const uint64_t *addresses,
			size_t nr)
{
	struct wanted wanted = { .nr = 0 };
	uint64_t virtual;
	struct way way;
	size_t i;

	for (i = 0; i < nr; i++) {
		virtual = get_virtual(addresses[i]);
		if (virtual != UINT64_MAX && walk(guest, virtual, 21, &way) &&
		    is_table(way.entry))
			want(&wanted, get_slot(guest, 0, virtual),
			     (way.entry & address_bits) / VPROF_GUEST_PAGE);
	}
	load(guest, &wanted);
}

/* Where a page lies that is asked for by either kind of address. */
static uint64_t find_page(struct xen_guest *guest, uint64_t address)
{
	if (address & machine_bit)
		return address & address_bits;
	address = get_virtual(address);
	return address == UINT64_MAX ? address : find_virtual(guest, address);
}

/* ---- the memory's functions ---------------------------------------------------------- */

static size_t read_pages(void *data, const uint64_t *addresses, size_t nr,
			 void *pages)
{
	struct xen_guest *guest = data;
	uint64_t frames[BATCH];
	bool good[BATCH];
	size_t i;

	load_tables(guest, addresses, nr);
	for (i = 0; i < nr && i < BATCH; i++) {
		uint64_t page = find_page(guest, addresses[i]);

		if (page == UINT64_MAX)
			break;
		frames[i] = page / VPROF_GUEST_PAGE;
	}
	nr = i;
	if (!nr)
		return 0;
	copy_frames(guest, frames, nr, 0, VPROF_GUEST_PAGE, pages, good);
	for (i = 0; i < nr && good[i]; i++)
		;
	return i;
}

static int read_memory(void *data, uint64_t address, void *buffer, size_t size)
{
	char page[VPROF_GUEST_PAGE];
	char *to = buffer;

	while (size) {
		uint64_t offset = address % VPROF_GUEST_PAGE;
		uint64_t start[1] = { address - offset };
		size_t part = VPROF_GUEST_PAGE - offset;

		if (part > size)
			part = size;
		if (read_pages(data, start, 1, page) != 1)
			return -EFAULT;
		memcpy(to, page + offset, part);
		to += part;
		address += part;
		size -= part;
	}
	return 0;
}

static void read_some_heads(struct xen_guest *guest, uint64_t start, size_t nr,
			    char *heads)
{
	char found[BATCH * VPROF_GUEST_HEAD_SIZE];
	uint64_t frames[BATCH];
	size_t index[BATCH];
	bool good[BATCH];
	size_t nr_frames = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		uint64_t page = find_page(guest, start + i * VPROF_GUEST_PAGE);

		if (page == UINT64_MAX)
			continue;
		frames[nr_frames] = page / VPROF_GUEST_PAGE;
		index[nr_frames++] = i;
	}
	if (nr_frames)
		copy_frames(guest, frames, nr_frames, 0, VPROF_GUEST_HEAD_SIZE,
			    found, good);
	for (i = 0; i < nr_frames; i++) {
		if (good[i])
			memcpy(heads + index[i] * VPROF_GUEST_HEAD_SIZE,
			       found + i * VPROF_GUEST_HEAD_SIZE,
			       VPROF_GUEST_HEAD_SIZE);
	}
}

static void read_heads(void *data, uint64_t start, size_t nr, void *heads)
{
	char *to = heads;

	memset(heads, 0, nr * VPROF_GUEST_HEAD_SIZE);
	while (nr) {
		size_t some = nr < BATCH ? nr : BATCH;

		read_some_heads(data, start, some, to);
		start += some * VPROF_GUEST_PAGE;
		to += some * VPROF_GUEST_HEAD_SIZE;
		nr -= some;
	}
}

static int translate(void *data, uint64_t virtual, uint64_t *ret_address)
{
	uint64_t page = find_virtual(data, virtual);

	if (page == UINT64_MAX)
		return -EFAULT;
	*ret_address = page | machine_bit;
	return 0;
}

static void close_guest(void *data)
{
	struct xen_guest *guest = data;

	if (guest->ctrl)
		guest->library.close_ctrl(guest->ctrl);
	if (guest->foreign)
		guest->library.close_foreign(guest->foreign);
	vprof_xen_library_close(&guest->library);
	free(guest);
}

/* ---- the guest ------------------------------------------------------------------------ */

static int open_handles(struct xen_guest *guest)
{
	guest->foreign = guest->library.open_foreign(NULL, 0);
	if (!guest->foreign)
		return errno ? -errno : -EACCES;
	guest->ctrl = guest->library.open_ctrl(NULL, NULL, 0);
	if (!guest->ctrl)
		return errno ? -errno : -EACCES;
	return 0;
}

static int find_root(struct xen_guest *guest)
{
	char *context = calloc(1, CONTEXT_SIZE);
	uint64_t cr3;
	int ret = 0;

	if (!context)
		return -ENOMEM;
	if (guest->library.get_context(guest->ctrl, guest->domain, 0, context))
		ret = errno == ESRCH || errno == EINVAL ? -ESRCH : -errno;
	memcpy(&cr3, context + CR3_AT, sizeof(cr3));
	free(context);
	if (!ret && !cr3)
		ret = -ENOENT;
	guest->root = (cr3 & address_bits) / VPROF_GUEST_PAGE;
	return ret;
}

/* How much the guest has mapped in one piece, to 2 MiB. */
static uint64_t find_size(struct xen_guest *guest)
{
	const uint64_t *table;
	uint64_t size = 0;
	uint64_t at;
	struct way way;
	size_t i, j;

	for (i = 0; i < TABLE_ENTRIES; i++) {
		at = (uint64_t)i << 30;
		if (!walk(guest, direct_map + at, 30, &way))
			continue;
		table = get_table(guest, 1, direct_map + at,
				  (way.entry & address_bits) / VPROF_GUEST_PAGE,
				  NULL);
		for (j = 0; table && j < TABLE_ENTRIES; j++) {
			if (table[j] & PRESENT)
				size = at + ((j + 1ULL) << 21);
		}
	}
	return size;
}

static int explain(uint32_t domain, int code, struct vprof_error *err)
{
	switch (code) {
	case -ENOSYS:
		return vprof_error_set(
			err, code,
			"cannot read the memory of Xen's domain %u: libxenforeignmemory or libxenctrl is missing here (package xen-utils)",
			domain);
	case -EACCES:
	case -EPERM:
		return vprof_error_set(
			err, code,
			"may not read the memory of Xen's domain %u: run as root of dom0",
			domain);
	case -ESRCH:
		return vprof_error_set(
			err, code,
			"Xen has no domain %u, or it has no vCPU that runs",
			domain);
	case -ENOENT:
		return vprof_error_set(
			err, code,
			"domain %u of Xen is no 64-bit Linux that runs as a PV guest: give its map: --map NAME=FILE",
			domain);
	default:
		return vprof_error_set(
			err, code,
			"cannot read the memory of Xen's domain %u: %s", domain,
			strerror(-code));
	}
}

static int make_memory(struct xen_guest *guest, uint64_t size,
		       struct vprof_guest_memory **ret_memory)
{
	struct vprof_guest_memory *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return -ENOMEM;
	memory->read = read_memory;
	memory->read_heads = read_heads;
	memory->read_pages = read_pages;
	memory->translate = translate;
	memory->close = close_guest;
	memory->data = guest;
	memory->direct_map = direct_map;
	memory->patience = PATIENCE;
	memory->ranges[0].size = size;
	memory->nr_ranges = 1;
	snprintf(memory->about, sizeof(memory->about),
		 "the memory of Xen's domain %u", guest->domain);
	*ret_memory = memory;
	return 0;
}

static int open_guest(struct xen_guest *guest,
		      struct vprof_guest_memory **ret_memory)
{
	uint64_t size;
	int ret = vprof_xen_library_open(&guest->library);

	if (!ret)
		ret = open_handles(guest);
	if (!ret)
		ret = find_root(guest);
	if (ret)
		return ret;
	size = find_size(guest);
	return size ? make_memory(guest, size, ret_memory) : -ENOENT;
}

int vprof_guest_memory_open_xen(uint32_t domain,
				struct vprof_guest_memory **ret_memory,
				struct vprof_error *err)
{
	struct xen_guest *guest = calloc(1, sizeof(*guest));
	int ret;

	if (!guest)
		return vprof_error_set(err, -ENOMEM, "no memory");
	guest->domain = domain;
	ret = open_guest(guest, ret_memory);
	if (!ret)
		return 0;
	close_guest(guest);
	return explain(domain, ret, err);
}
