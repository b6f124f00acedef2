/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of Xen's own libraries it takes to read a guest's memory. */
#ifndef LIBVPROF_GUEST_XEN_LIBRARY_H
#define LIBVPROF_GUEST_XEN_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct vprof_xen_library - functions of libxenforeignmemory and libxenctrl
 * @open_foreign, @close_foreign, @map, @unmap: xenforeignmemory_...
 * @open_ctrl, @close_ctrl: xc_interface_...
 * @get_context: xc_vcpu_getcontext
 */
struct vprof_xen_library {
	void *foreign_library;
	void *ctrl_library;
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
};

/**
 * vprof_xen_library_open - load them, now that they are needed
 *
 * One package then runs with and without Xen.
 *
 * Return: 0, or -ENOSYS: not all are there. In both cases to be closed.
 */
int vprof_xen_library_open(struct vprof_xen_library *ret_library);
void vprof_xen_library_close(struct vprof_xen_library *library);

#endif
