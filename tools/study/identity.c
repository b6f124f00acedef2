// SPDX-License-Identifier: GPL-2.0-only
/* Whether a receiver is this machine, and by what profiles know it. */
#include "study/identity.h"

#include <string.h>

enum { BOOT_ID_LEN = 64 };

static const char boot_id[] = "cat /proc/sys/kernel/random/boot_id";
static const char uuid[] = "cat /sys/hypervisor/uuid 2>/dev/null || "
			   "cat /sys/class/dmi/id/product_uuid 2>/dev/null";

int identity_learn(struct session *here, struct session *receiver,
		   struct identity *ret_identity, struct vprof_error *err)
{
	char ours[BOOT_ID_LEN], its[BOOT_ID_LEN];
	int ret;

	ret = session_ask_line(here, boot_id, ours, sizeof(ours), err);
	if (!ret)
		ret = session_ask_line(receiver, boot_id, its, sizeof(its),
				       err);
	if (!ret)
		ret = session_ask_line(receiver, uuid, ret_identity->uuid,
				       sizeof(ret_identity->uuid), err);
	if (!ret)
		ret_identity->is_here = *its && !strcmp(ours, its);
	return ret;
}
