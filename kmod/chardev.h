/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/vprof. */
#ifndef VPROF_CHARDEV_H
#define VPROF_CHARDEV_H

int vprof_chardev_init(void);
void vprof_chardev_exit(void);

#endif /* VPROF_CHARDEV_H */
