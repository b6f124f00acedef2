// SPDX-License-Identifier: GPL-2.0-only
/* Carries the structs of ioctls from user space and back. */
#include "request.h"

#include <linux/errno.h>
#include <linux/ioctl.h>
#include <linux/uaccess.h>

/**
 * vprof_request_fetch() - Copy a struct that begins with its size
 * @request: where to
 * @bytes: its sizeof, here
 * @cmd: the ioctl's number, as the caller was compiled
 * @from: the caller's
 *
 * The size in the ioctl's number is the caller's sizeof, as is the struct's
 * first member; the first one says which of "too new" and "wrong" to answer.
 *
 * Return: 0, -EFAULT, -EINVAL, -E2BIG.
 */
long vprof_request_fetch(void *request, size_t bytes, unsigned int cmd,
			 const void __user *from)
{
	u32 size;

	if (get_user(size, (const u32 __user *)from))
		return -EFAULT;
	if (size != _IOC_SIZE(cmd))
		return -EINVAL;
	if (size > bytes)
		return -E2BIG;
	if (size < bytes)
		return -EINVAL;
	if (copy_from_user(request, from, bytes))
		return -EFAULT;
	/* It may have changed since get_user. */
	return *(u32 *)request == bytes ? 0 : -EINVAL;
}

/**
 * vprof_request_give_back() - Copy a struct to the caller
 * @to: the caller's
 * @reply: ours
 * @bytes: of it
 *
 * Return: 0 or -EFAULT.
 */
long vprof_request_give_back(void __user *to, const void *reply, size_t bytes)
{
	return copy_to_user(to, reply, bytes) ? -EFAULT : 0;
}

/**
 * vprof_request_without_size() - An ioctl's number without the caller's sizeof
 * @cmd: the number
 *
 * Return: it, or @cmd where it has no struct.
 */
unsigned int vprof_request_without_size(unsigned int cmd)
{
	if (_IOC_DIR(cmd) == _IOC_NONE)
		return cmd;
	return cmd & ~(_IOC_SIZEMASK << _IOC_SIZESHIFT);
}
