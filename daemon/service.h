/* SPDX-License-Identifier: GPL-2.0-only */
/* vprofd as a whole: sampler, control socket, signals, what systemd hears. */
#ifndef VPROFD_SERVICE_H
#define VPROFD_SERVICE_H

#include <vprof/error.h>

struct vprof_config;
struct vprof_service;

/**
 * vprof_service_new - open the control socket, give up privileges, sample
 * @config_path: to read again on SIGHUP; may be NULL
 * @config: as read from there
 *
 * Return: 0, also where the disk is full: it then waits for room. Else what
 * there is to mend first.
 */
int vprof_service_new(const char *config_path,
		      const struct vprof_config *config,
		      struct vprof_service **ret_service,
		      struct vprof_error *err);

/** vprof_service_run - until SIGTERM or SIGINT; 0 or a negative errno */
int vprof_service_run(struct vprof_service *service);

/** vprof_service_free - end the slice, close the store, hang up */
void vprof_service_free(struct vprof_service *service);

#endif
