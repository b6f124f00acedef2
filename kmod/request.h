/* SPDX-License-Identifier: GPL-2.0-only */
/* The structs of ioctls, from user space and back. */
#ifndef VPROF_REQUEST_H
#define VPROF_REQUEST_H

#include <linux/types.h>

long vprof_request_fetch(void *request, size_t bytes, unsigned int cmd,
			 const void __user *from);
long vprof_request_give_back(void __user *to, const void *reply, size_t bytes);
unsigned int vprof_request_without_size(unsigned int cmd);

#endif /* VPROF_REQUEST_H */
