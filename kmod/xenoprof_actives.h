/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domains that take part in our session by themselves, as the one that leads it
 * sees them.
 */
#ifndef VPROF_XENOPROF_ACTIVES_H
#define VPROF_XENOPROF_ACTIVES_H

#include <linux/types.h>

#include "xenoprof_agreement.h"

struct vprof_xenoprof_actives {
	unsigned int nr;
	u16 domids[XENOPROF_MAX_PASSIVE];
	char events[VPROF_XENOPROF_TEXT_MAX];
};

int vprof_xenoprof_active_check(const struct vprof_xenoprof_actives *actives,
				u16 domid);
int vprof_xenoprof_actives_invite(const struct vprof_xenoprof_actives *actives);
void vprof_xenoprof_actives_dismiss(
	const struct vprof_xenoprof_actives *actives);

#endif /* VPROF_XENOPROF_ACTIVES_H */
