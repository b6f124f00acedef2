// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The memory of a PV guest of Xen, read from dom0.
 *
 * Such a guest knows where its pages really are: its page tables hold machine
 * frames, which is also what is mapped here. What it takes for its physical
 * memory it has mapped in one piece; through that mapping it is read, from the
 * page tables that one of its vCPUs uses.
 *
 * libxenforeignmemory and libxenctrl are loaded when they are needed, so that one
 * package runs with and without Xen.
 */
#include <vprof/guest.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest/access.h"

enum {
	TABLE_ENTRIES = 512,
	LEVELS = 4,
	CACHED_TABLES = 64, /* of each level */
	BATCH = 512,
	CONTEXT_SIZE = 8192,
	CR3_AT =
		5008, /* vcpu_guest_context.ctrlreg[3], of xen/arch-x86/xen.h */
	NEWEST_MINOR = 30, /* of Xen 4, whose libxenctrl is named with it */
	OLDEST_MINOR = 14,
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
	void *foreign_library;
	void *ctrl_library;
	void *foreign;
	void *ctrl;
	void *(*open_foreign)(void *logger, unsigned int flags);
	int (*close_foreign)(void *foreign);
	void *(*map)(void *foreign, uint32_t domain, int prot, size_t nr,
		     const uint64_t *frames, int *errors);
	int (*unmap)(void *foreign, void *pages, size_t nr);
	void *(*open_ctrl)(void *logger, void *build_logger,
			   unsigned int flags);
	int (*close_ctrl)(void *ctrl);
	int (*get_context)(void *ctrl, uint32_t domain, uint32_t vcpu,
			   void *context);
	struct table tables[LEVELS][CACHED_TABLES];
};

/* ---- pages ------------------------------------------------------------------------- */

/* What of each page from @offset on, for @size bytes; of pages that cannot be
 * mapped @ret_good is false and nothing is copied. */
static void copy_frames(const struct xen_guest *guest, const uint64_t *frames,
			size_t nr, size_t offset, size_t size, char *to,
			bool *ret_good)
{
	int errors[BATCH];
	char *pages = guest->map(guest->foreign, guest->domain, PROT_READ, nr,
				 frames, errors);
	size_t i;

	for (i = 0; i < nr; i++, to += size) {
		ret_good[i] = pages && !errors[i];
		if (ret_good[i])
			memcpy(to, pages + i * VPROF_GUEST_PAGE + offset, size);
	}
	if (pages)
		guest->unmap(guest->foreign, pages, nr);
}

/*
 * Return: its entries, or NULL. Good until the next call. To map a page takes
 * long: a table must not drive out the one that leads to it.
 */
static const uint64_t *get_table(struct xen_guest *guest, int level,
				 uint64_t frame)
{
	struct table *table = &guest->tables[level][frame % CACHED_TABLES];
	bool is_good;

	if (table->frame == frame + 1)
		return table->entries;
	table->frame = 0;
	copy_frames(guest, &frame, 1, 0, VPROF_GUEST_PAGE,
		    (char *)table->entries, &is_good);
	if (!is_good)
		return NULL;
	table->frame = frame + 1;
	return table->entries;
}

/* The machine address of a page of the guest's kernel, and VPROF_GUEST_WRITABLE;
 * UINT64_MAX: none. */
static uint64_t walk(struct xen_guest *guest, uint64_t virtual)
{
	uint64_t at = guest->root * VPROF_GUEST_PAGE;
	uint64_t rights = WRITABLE;
	const uint64_t *table;
	uint64_t below;
	int shift;

	for (shift = 39;; shift -= 9) {
		table = get_table(guest, (shift - 12) / 9,
				  at / VPROF_GUEST_PAGE);
		if (!table)
			return UINT64_MAX;
		at = table[virtual >> shift & (TABLE_ENTRIES - 1)];
		if (!(at & PRESENT))
			return UINT64_MAX;
		rights &= at;
		if (shift == 12 || (at & LARGE && shift <= 30))
			break;
		at &= address_bits;
	}
	below = (1ULL << shift) - 1;
	return (at & address_bits & ~below) |
	       (virtual & below & ~(VPROF_GUEST_PAGE - 1ULL)) |
	       (rights ? VPROF_GUEST_WRITABLE : 0);
}

/* Where a page lies that is asked for by either kind of address. */
static uint64_t find_page(struct xen_guest *guest, uint64_t address)
{
	if (address & machine_bit)
		return address & address_bits;
	if (address > address_bits)
		return UINT64_MAX;
	return walk(guest, direct_map + (address & address_bits));
}

/* ---- the memory's functions ---------------------------------------------------------- */

static size_t read_pages(void *data, const uint64_t *addresses, size_t nr,
			 void *pages)
{
	struct xen_guest *guest = data;
	uint64_t frames[BATCH];
	bool good[BATCH];
	size_t i;

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
	uint64_t page = walk(data, virtual);

	if (page == UINT64_MAX)
		return -EFAULT;
	*ret_address = page | machine_bit;
	return 0;
}

/* ---- the libraries ------------------------------------------------------------------- */

/* dlsym() gives data pointers; POSIX says that they hold functions too. */
static int find(void *library, const char *name, void *ret_function)
{
	void *symbol = dlsym(library, name);

	memcpy(ret_function, &symbol, sizeof(symbol));
	return symbol ? 0 : -ENOSYS;
}

static int open_ctrl_library(struct xen_guest *guest)
{
	char name[32];
	int minor;

	for (minor = NEWEST_MINOR; minor >= OLDEST_MINOR; minor--) {
		snprintf(name, sizeof(name), "libxenctrl.so.4.%d", minor);
		guest->ctrl_library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
		if (guest->ctrl_library)
			return 0;
	}
	return -ENOSYS;
}

static int open_libraries(struct xen_guest *guest)
{
	void *library =
		dlopen("libxenforeignmemory.so.1", RTLD_NOW | RTLD_LOCAL);

	guest->foreign_library = library;
	if (!library || open_ctrl_library(guest) ||
	    find(library, "xenforeignmemory_open", &guest->open_foreign) ||
	    find(library, "xenforeignmemory_close", &guest->close_foreign) ||
	    find(library, "xenforeignmemory_map", &guest->map) ||
	    find(library, "xenforeignmemory_unmap", &guest->unmap))
		return -ENOSYS;
	library = guest->ctrl_library;
	if (find(library, "xc_interface_open", &guest->open_ctrl) ||
	    find(library, "xc_interface_close", &guest->close_ctrl) ||
	    find(library, "xc_vcpu_getcontext", &guest->get_context))
		return -ENOSYS;
	return 0;
}

static void close_guest(void *data)
{
	struct xen_guest *guest = data;

	if (guest->ctrl)
		guest->close_ctrl(guest->ctrl);
	if (guest->foreign)
		guest->close_foreign(guest->foreign);
	if (guest->ctrl_library)
		dlclose(guest->ctrl_library);
	if (guest->foreign_library)
		dlclose(guest->foreign_library);
	free(guest);
}

/* ---- the guest ------------------------------------------------------------------------ */

static int open_handles(struct xen_guest *guest)
{
	guest->foreign = guest->open_foreign(NULL, 0);
	if (!guest->foreign)
		return errno ? -errno : -EACCES;
	guest->ctrl = guest->open_ctrl(NULL, NULL, 0);
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
	if (guest->get_context(guest->ctrl, guest->domain, 0, context))
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
	const uint64_t *top = get_table(guest, 3, guest->root);
	uint64_t size = 0;
	uint64_t thirds[TABLE_ENTRIES];
	const uint64_t *table;
	size_t i, j;

	if (!top || !(top[direct_map >> 39 & 511] & PRESENT))
		return 0;
	table = get_table(guest, 2,
			  (top[direct_map >> 39 & 511] & address_bits) /
				  VPROF_GUEST_PAGE);
	if (!table)
		return 0;
	memcpy(thirds, table, sizeof(thirds));
	for (i = 0; i < TABLE_ENTRIES; i++) {
		if (!(thirds[i] & PRESENT))
			continue;
		table = get_table(guest, 1,
				  (thirds[i] & address_bits) /
					  VPROF_GUEST_PAGE);
		for (j = 0; table && j < TABLE_ENTRIES; j++) {
			if (table[j] & PRESENT)
				size = ((uint64_t)i << 30) + ((j + 1ULL) << 21);
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
	int ret = open_libraries(guest);

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
