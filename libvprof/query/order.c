// SPDX-License-Identifier: LGPL-2.1-or-later
/* What comes first where figures are equal: by what it is, so that every run says the same. */
#include "query/order.h"

#include <string.h>

int vprof_order_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

int vprof_order_lines(const struct vprof_profile_line *a,
		      const struct vprof_profile_line *b)
{
	int order;

	order = vprof_order_texts(a->symbol, b->symbol);
	if (!order)
		order = vprof_order_texts(a->image, b->image);
	if (!order)
		order = vprof_order_texts(a->process, b->process);
	if (!order)
		order = (a->offset > b->offset) - (a->offset < b->offset);
	return order;
}
