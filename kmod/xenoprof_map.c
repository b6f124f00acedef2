// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps machine frames that Xen shares with a PV dom0.
 *
 * The frames are not in dom0's memory map, so nothing of Linux's maps them. An
 * area of dom0's own pages gets its page table entries changed, and changed back
 * before it is freed.
 */
#include "xenoprof_map.h"

#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>
#include <xen/interface/xen.h>

/* Its own function: tests make it fail. */
static noinline int set_xen_entry(const struct vprof_xenoprof_map *map,
				  unsigned int page, pte_t entry)
{
	unsigned long address = (unsigned long)map->address + page * PAGE_SIZE;

	return HYPERVISOR_update_va_mapping(address, entry,
					    UVMF_TLB_FLUSH | UVMF_ALL);
}

/**
 * vprof_xenoprof_map() - Map frames
 * @map: where they are mapped is written
 * @mfn: the first one
 * @nr_pages: how many, at most XENOPROF_MAX_PAGES
 *
 * Return: 0, -ENOMEM, or what Xen says.
 */
int vprof_xenoprof_map(struct vprof_xenoprof_map *map, u64 mfn,
		       unsigned int nr_pages)
{
	unsigned int i;
	int err;

	map->address = vzalloc(nr_pages * PAGE_SIZE);
	if (!map->address)
		return -ENOMEM;
	map->nr_pages = nr_pages;
	for (i = 0; i < nr_pages; i++)
		map->pages[i] = vmalloc_to_page(map->address + i * PAGE_SIZE);
	for (i = 0; i < nr_pages; i++) {
		err = set_xen_entry(map, i, mfn_pte(mfn + i, PAGE_KERNEL));
		if (err) {
			vprof_xenoprof_unmap(map);
			return err;
		}
	}
	return 0;
}

static int give_back(const struct vprof_xenoprof_map *map, unsigned int page)
{
	return set_xen_entry(map, page, mk_pte(map->pages[page], PAGE_KERNEL));
}

/**
 * vprof_xenoprof_unmap() - Give back what vprof_xenoprof_map() made
 * @map: that, or zeroed
 *
 * Tried twice: what stays mapped Xen gives to no session again. If an entry can't
 * be put back, the area stays: its frames are not ours to free.
 */
void vprof_xenoprof_unmap(struct vprof_xenoprof_map *map)
{
	unsigned int i, nr_kept = 0;

	if (!map->address)
		return;
	for (i = 0; i < map->nr_pages; i++)
		nr_kept += give_back(map, i) && give_back(map, i);
	if (nr_kept) {
		pr_err("vprof: Xen does not let go of a buffer\n");
		return;
	}
	vfree(map->address);
	map->address = NULL;
}
