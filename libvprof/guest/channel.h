/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between the sandboxed child and us: it asks for pages of the guest, we put
 * them where both see them. One request, one answer, each one datagram.
 */
#ifndef LIBVPROF_GUEST_CHANNEL_H
#define LIBVPROF_GUEST_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

#include "guest/access.h"

enum vprof_guest_request_type {
	VPROF_GUEST_ASK_PAGES,
	VPROF_GUEST_ASK_HEADS,
	VPROF_GUEST_ASK_TRANSLATION,
};

/**
 * struct vprof_guest_request - the child's
 * @nr: pages, heads, or pages to translate
 * @addresses: of each page; [0] only for the others
 */
struct vprof_guest_request {
	uint32_t type;
	uint32_t nr;
	uint64_t addresses[VPROF_GUEST_BATCH_PAGES];
};

/** struct vprof_guest_answer - ours; @status: as the access's functions return */
struct vprof_guest_answer {
	int64_t status;
};

/** Where pages, heads and translations are put: enough for the most of each. */
enum { VPROF_GUEST_WINDOW_SIZE = 1 << 20 };

/**
 * vprof_guest_channel_serve - do what a request asks for
 * @request: not trusted, @size bytes of it
 * @window: VPROF_GUEST_WINDOW_SIZE bytes, written only
 *
 * Return: 0, or -EBADMSG: no request that the child of ours would make.
 */
int vprof_guest_channel_serve(const struct vprof_guest_access *memory,
			      const void *request, size_t size, void *window,
			      struct vprof_guest_answer *ret_answer);

/** struct vprof_guest_channel - the child's end */
struct vprof_guest_channel {
	int fd;
	const void *window;
};

/**
 * vprof_guest_channel_access - reach memory through a channel
 * @memory: the other side's: for its ranges, and whether it translates
 */
void vprof_guest_channel_access(struct vprof_guest_channel *channel,
				const struct vprof_guest_access *memory,
				struct vprof_guest_access *ret_access);

#endif
