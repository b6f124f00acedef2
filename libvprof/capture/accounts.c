// SPDX-License-Identifier: LGPL-2.1-or-later
/* What became of samples, counted: sums, and the reasons why some were lost. */
#include "capture/accounts.h"

static const char *const loss_names[] = {
	[VPROF_LOSS_FULL] = "buffer full",
	[VPROF_LOSS_BAD_TAIL] = "reader's position out of range",
	[VPROF_LOSS_NESTED] = "interrupts nested too deeply",
	[VPROF_LOSS_STOPPING] = "while stopping",
	[VPROF_LOSS_HYPERVISOR] = "hypervisor's buffer full",
	[VPROF_LOSS_THROTTLED] = "throttled by the kernel",
	[VPROF_LOSS_MALFORMED] = "malformed record",
	[VPROF_LOSS_NOT_STORED] = "could not be stored",
	[VPROF_LOSS_OTHER] = "for a reason this vprof does not know",
};

_Static_assert(sizeof(loss_names) / sizeof(loss_names[0]) == VPROF_NR_LOSSES,
	       "a name for each loss");

const char *vprof_loss_name(enum vprof_loss loss)
{
	return (unsigned int)loss < VPROF_NR_LOSSES ? loss_names[loss] : "?";
}

void vprof_accounts_add(struct vprof_accounts *sum,
			const struct vprof_accounts *more)
{
	sum->taken += more->taken;
	sum->delivered += more->delivered;
	for (size_t i = 0; i < VPROF_NR_LOSSES; i++)
		sum->lost[i] += more->lost[i];
}

void vprof_accounts_settle(struct vprof_accounts *accounts)
{
	accounts->taken = accounts->delivered;
	for (size_t i = 0; i < VPROF_NR_LOSSES; i++)
		accounts->taken += accounts->lost[i];
}
