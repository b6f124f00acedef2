// SPDX-License-Identifier: GPL-2.0-only
/* Figures of the published study of Xen's receive path. */
#include "study/published.h"

#include <math.h>

const struct published_row published_split[PUBLISHED_NR_SPLIT] = {
	[PUBLISHED_KERNEL] = { "kernel", 0.60, 0.84 },
	[PUBLISHED_DRIVER] = { "network driver", 0.10, 0.05 },
	[PUBLISHED_HYPERVISOR] = { "Xen", 0.30, 0.11 },
};

const struct published_row published_functions[] = {
	{ "skb_copy_bits", 0.0015, 0.28 },
	{ "skbuff_ctor", NAN, 0.09 },
	{ "tcp_collapse", 0.0005, 0.03 },
	{ "other routines", 0.998, 0.60 },
};

const size_t published_nr_functions =
	sizeof(published_functions) / sizeof(published_functions[0]);
