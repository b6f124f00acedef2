// SPDX-License-Identifier: GPL-2.0-only
/* Who is at the other end of a unix socket, by the kernel's word. */
#include "peer.h"

#include <errno.h>
#include <sys/socket.h>

int vprof_peer_read(int fd, struct vprof_peer *ret_peer)
{
	struct vprof_peer *peer = ret_peer;
	struct ucred credentials;
	socklen_t size = sizeof(credentials);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
		return -errno;
	peer->uid = credentials.uid;
	peer->gid = credentials.gid;
	size = sizeof(peer->groups);
	/* ERANGE: more groups than that; such a user counts by uid and gid */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &size) < 0)
		size = 0;
	peer->nr_groups = size / sizeof(peer->groups[0]);
	return 0;
}

bool vprof_peer_is_root(const struct vprof_peer *peer)
{
	return peer->uid == 0;
}

bool vprof_peer_is_member(const struct vprof_peer *peer, gid_t gid)
{
	size_t i;

	if (peer->gid == gid)
		return true;
	for (i = 0; i < peer->nr_groups; i++)
		if (peer->groups[i] == gid)
			return true;
	return false;
}
