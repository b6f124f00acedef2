/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of domains of a comparison: A, B and the change, one below the other. */
#ifndef VPROF_TOOLS_DIFF_TEXT_DOMAINS_H
#define VPROF_TOOLS_DIFF_TEXT_DOMAINS_H

#include "diff.h"

/**
 * diff_text_order_domains - numbers of those asked for that have samples, those
 *			     that are heaviest on either side first
 * @order: room for all domains
 *
 * Return: how many.
 */
size_t diff_text_order_domains(const struct diff_report *report,
			       const struct vprof_diff_event *event,
			       size_t *order);

int diff_text_print_domains(const struct diff_report *report,
			    const struct vprof_diff_event *event,
			    const size_t *order, size_t nr_domains, FILE *out);

#endif
