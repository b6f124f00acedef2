/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What comes first where figures are equal: by what it is, so that every run says the same. */
#ifndef VPROF_ORDER_H
#define VPROF_ORDER_H

#include <vprof/query.h>

/** vprof_order_texts - as strcmp(); NULL is "" */
int vprof_order_texts(const char *a, const char *b);

/** vprof_order_lines - by symbol, image, process, offset */
int vprof_order_lines(const struct vprof_profile_line *a,
		      const struct vprof_profile_line *b);

#endif
