/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between kernels, all of them: 6.1 (bookworm) to 6.12 (trixie). */
#ifndef VPROF_COMPAT_H
#define VPROF_COMPAT_H

#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set,
				vm_flags_t clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

/* A page that is in memory now, of any process; its mmap lock is held. */
static inline long vprof_get_page(struct mm_struct *mm, unsigned long address,
				  struct page **ret_page)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	return get_user_pages_remote(mm, address, 1, FOLL_NOFAULT, ret_page,
				     NULL, NULL);
#else
	return get_user_pages_remote(mm, address, 1, FOLL_NOFAULT, ret_page,
				     NULL);
#endif
}

#endif /* VPROF_COMPAT_H */
