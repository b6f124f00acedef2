/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Figures of the published study of Xen's receive path, which this one stands
 * beside. They are its only ones that are known; shown, they are marked published.
 */
#ifndef VPROF_TOOLS_STUDY_PUBLISHED_H
#define VPROF_TOOLS_STUDY_PUBLISHED_H

#include <stddef.h>

/** struct published_row - shares at A and B, 0 to 1; NAN: absent */
struct published_row {
	const char *name;
	double a;
	double b;
};

enum published_split_row {
	PUBLISHED_KERNEL,
	PUBLISHED_DRIVER,
	PUBLISHED_HYPERVISOR,
	PUBLISHED_NR_SPLIT
};

/** published_split - where the time goes, as its first table has it */
extern const struct published_row published_split[PUBLISHED_NR_SPLIT];

/** published_functions - its second table; the last row is all other functions */
extern const struct published_row published_functions[];
extern const size_t published_nr_functions;

/** Texts, as it says it. */
#define PUBLISHED_MORE "roughly 40 % more time in kernel routines"
#define PUBLISHED_CAUSE "one 4 KiB page per 1500-byte packet"

/* Receiving over four interfaces, dom0 to Linux. */
#define PUBLISHED_NICS_DOM0 0.75

/* A web server to Linux: "less than", and in its second figure "about". */
#define PUBLISHED_WEB_BELOW 0.80
#define PUBLISHED_WEB_SECOND 0.34

#endif
