/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's buffer in the module: asked for, mapped, read, accounted for. */
#ifndef LIBVPROF_KMOD_BUFFER_H
#define LIBVPROF_KMOD_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uapi/vprof.h>
#include <vprof/capture.h>
#include <vprof/error.h>

struct vprof_kmod_buffer;

/**
 * struct vprof_kmod_buffer_request - what to ask the module for
 * @fd: its session
 * @kind, @id: the domain
 * @flags: VPROF_DOMAIN_*
 * @lane_bytes: of slots, rounded down to what the module takes
 * @nr_events: of the session
 */
struct vprof_kmod_buffer_request {
	int fd;
	uint32_t kind;
	uint64_t id;
	uint32_t flags;
	size_t lane_bytes;
	unsigned int nr_events;
};

/**
 * vprof_kmod_buffer_new - add a domain to the session, map its buffer
 *
 * Return: 0 or what ADD_DOMAIN returns, with a sentence.
 */
int vprof_kmod_buffer_new(const struct vprof_kmod_buffer_request *request,
			  struct vprof_kmod_buffer **ret_buffer,
			  struct vprof_error *err);
/** vprof_kmod_buffer_free - unmap; the session keeps the domain. NULL is allowed */
void vprof_kmod_buffer_free(struct vprof_kmod_buffer *buffer);

/** vprof_kmod_buffer_get_index - the domain's in the session */
unsigned int
vprof_kmod_buffer_get_index(const struct vprof_kmod_buffer *buffer);

void vprof_kmod_buffer_mark(struct vprof_kmod_buffer *buffer);
size_t vprof_kmod_buffer_read(struct vprof_kmod_buffer *buffer,
			      const struct vprof_capture_handler *handler);

/**
 * vprof_kmod_buffer_get_accounts - of one event or all (~0u), one lane or all
 * @is_stopped: nothing is added any more; once all is read the module's own
 *              count of overflows is what was taken
 *
 * Return: 0 or a negative errno.
 */
int vprof_kmod_buffer_get_accounts(const struct vprof_kmod_buffer *buffer,
				   unsigned int event, unsigned int lane,
				   bool is_stopped,
				   struct vprof_accounts *ret_accounts);

#endif
