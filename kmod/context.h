/* SPDX-License-Identifier: GPL-2.0-only */
/* The contexts that an event is sampled in. */
#ifndef VPROF_CONTEXT_H
#define VPROF_CONTEXT_H

#include <linux/bits.h>
#include <linux/types.h>

#include <uapi/vprof.h>

/**
 * vprof_contexts_of() - The contexts that an event's flags leave
 * @flags: VPROF_EVENT_*
 *
 * Return: a bit for each, by enum vprof_context.
 */
static inline u8 vprof_contexts_of(u32 flags)
{
	u8 contexts = 0;

	if (!(flags & VPROF_EVENT_EXCLUDE_USER))
		contexts |= BIT(VPROF_CONTEXT_USER);
	if (!(flags & VPROF_EVENT_EXCLUDE_KERNEL))
		contexts |= BIT(VPROF_CONTEXT_KERNEL);
	if (!(flags & VPROF_EVENT_EXCLUDE_HYPERVISOR))
		contexts |= BIT(VPROF_CONTEXT_HYPERVISOR);
	return contexts;
}

#endif /* VPROF_CONTEXT_H */
