/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Xen's domains that sample themselves: which they are, and whom they keep waiting. */
#ifndef LIBVPROF_DOMAIN_ACTIVES_H
#define LIBVPROF_DOMAIN_ACTIVES_H

#include "record/domain_table.h"

/** vprof_domain_table_is_active - is it one that is to sample itself? */
bool vprof_domain_table_is_active(const struct vprof_domain_table *table,
				  const struct vprof_domain_info *info);

/** vprof_domain_table_check_actives - all that are to be active are there, and can be */
int vprof_domain_table_check_actives(const struct vprof_domain_table *table,
				     struct vprof_error *err);

/**
 * vprof_domain_table_explain_actives - why the capture did not start
 * @code: what that returned: -EAGAIN, -EXDEV, -ETIMEDOUT; others are left alone
 */
int vprof_domain_table_explain_actives(const struct vprof_domain_table *table,
				       int code, struct vprof_error *err);

#endif
