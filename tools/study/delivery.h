/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of a profile's functions deliver interrupts, real and virtual ones. */
#ifndef VPROF_TOOLS_STUDY_DELIVERY_H
#define VPROF_TOOLS_STUDY_DELIVERY_H

#include "study/results.h"

/**
 * delivery_share - what was spent on getting interrupts to their handlers
 *
 * Native: the entry, the controller, the core that finds the handler; on Xen also
 * event channels, in the hypervisor and in the domain, and the way back. What
 * handlers do is not in it. By the functions' names.
 *
 * Return: 0 to 1, of the domain's samples.
 */
double delivery_share(const struct study_profile *profile);

#endif
