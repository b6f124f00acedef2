/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of samples, counted: sums, and the reasons why some were lost. */
#ifndef LIBVPROF_ACCOUNTS_H
#define LIBVPROF_ACCOUNTS_H

#include <vprof/capture.h>

/** vprof_accounts_add - add @more to @sum */
void vprof_accounts_add(struct vprof_accounts *sum,
			const struct vprof_accounts *more);
/** vprof_accounts_settle - make taken what delivered and lost add up to */
void vprof_accounts_settle(struct vprof_accounts *accounts);

#endif
