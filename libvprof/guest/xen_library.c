// SPDX-License-Identifier: LGPL-2.1-or-later
/* What of Xen's own libraries it takes to read a guest's memory. */
#include "guest/xen_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	NEWEST_MINOR = 30, /* of Xen 4, whose libxenctrl is named with it */
	OLDEST_MINOR = 14,
};

/* dlsym() gives data pointers; POSIX says that they hold functions too. */
static int find(void *library, const char *name, void *ret_function)
{
	void *symbol = dlsym(library, name);

	memcpy(ret_function, &symbol, sizeof(symbol));
	return symbol ? 0 : -ENOSYS;
}

static int open_ctrl_library(struct vprof_xen_library *library)
{
	char name[32];
	int minor;

	for (minor = NEWEST_MINOR; minor >= OLDEST_MINOR; minor--) {
		snprintf(name, sizeof(name), "libxenctrl.so.4.%d", minor);
		library->ctrl_library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
		if (library->ctrl_library)
			return 0;
	}
	return -ENOSYS;
}

int vprof_xen_library_open(struct vprof_xen_library *library)
{
	void *foreign;
	void *ctrl;

	memset(library, 0, sizeof(*library));
	foreign = dlopen("libxenforeignmemory.so.1", RTLD_NOW | RTLD_LOCAL);
	library->foreign_library = foreign;
	if (!foreign || open_ctrl_library(library) ||
	    find(foreign, "xenforeignmemory_open", &library->open_foreign) ||
	    find(foreign, "xenforeignmemory_close", &library->close_foreign) ||
	    find(foreign, "xenforeignmemory_map", &library->map) ||
	    find(foreign, "xenforeignmemory_unmap", &library->unmap))
		return -ENOSYS;
	ctrl = library->ctrl_library;
	if (find(ctrl, "xc_interface_open", &library->open_ctrl) ||
	    find(ctrl, "xc_interface_close", &library->close_ctrl) ||
	    find(ctrl, "xc_vcpu_getcontext", &library->get_context))
		return -ENOSYS;
	return 0;
}

void vprof_xen_library_close(struct vprof_xen_library *library)
{
	if (library->ctrl_library)
		dlclose(library->ctrl_library);
	if (library->foreign_library)
		dlclose(library->foreign_library);
}
