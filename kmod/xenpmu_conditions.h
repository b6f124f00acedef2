/* SPDX-License-Identifier: GPL-2.0-only */
/* What has to be so for Xen's PMU to sample everybody, and what of it is not. */
#ifndef VPROF_XENPMU_CONDITIONS_H
#define VPROF_XENPMU_CONDITIONS_H

#include <linux/types.h>

int vprof_xenpmu_init(void);
void vprof_xenpmu_set_mode(void);
void vprof_xenpmu_reset_mode(void);
bool vprof_xenpmu_is_mode_set(void);
u32 vprof_xenpmu_unmet(void);

#endif /* VPROF_XENPMU_CONDITIONS_H */
