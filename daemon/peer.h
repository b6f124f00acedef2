/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is at the other end of a unix socket, by the kernel's word. */
#ifndef VPROFD_PEER_H
#define VPROFD_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { VPROF_PEER_MAX_GROUPS = 256 };

/**
 * struct vprof_peer - credentials at the time of connecting
 * @groups: supplementary ones; none where there are more than fit
 */
struct vprof_peer {
	uid_t uid;
	gid_t gid;
	size_t nr_groups;
	gid_t groups[VPROF_PEER_MAX_GROUPS];
};

/** vprof_peer_read - 0 or a negative errno */
int vprof_peer_read(int fd, struct vprof_peer *ret_peer);
bool vprof_peer_is_root(const struct vprof_peer *peer);
bool vprof_peer_is_member(const struct vprof_peer *peer, gid_t gid);

#endif
