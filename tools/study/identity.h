/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a receiver is this machine, and by what profiles know it. */
#ifndef VPROF_TOOLS_STUDY_IDENTITY_H
#define VPROF_TOOLS_STUDY_IDENTITY_H

#include "study/session.h"

#include <stdbool.h>

enum { IDENTITY_UUID_LEN = 64 };

/**
 * struct identity - of a receiver
 * @is_here: this machine's own kernel receives
 * @uuid: Xen's or the firmware's; "": there is none
 */
struct identity {
	bool is_here;
	char uuid[IDENTITY_UUID_LEN];
};

/** identity_learn - ask both. Return: 0 or as session_run() */
int identity_learn(struct session *here, struct session *receiver,
		   struct identity *ret_identity, struct vprof_error *err);

#endif
