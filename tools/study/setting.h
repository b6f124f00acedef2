/* SPDX-License-Identifier: GPL-2.0-only */
/* Sysctls and offloads that a study changes: noted first, put back at the end. */
#ifndef VPROF_TOOLS_STUDY_SETTING_H
#define VPROF_TOOLS_STUDY_SETTING_H

#include "study/session.h"

#include <stddef.h>
#include <vprof/error.h>

struct setting;

/**
 * struct setting_list - what was changed, in that order; begins zeroed
 * @note_path: file that says how to put things back, should nobody live to do
 *             it; there as long as something is changed
 */
struct setting_list {
	struct setting *first;
	const char *note_path;
};

/**
 * setting_sysctl - give "net.ipv4.tcp_adv_win_scale" another value
 *
 * @session stays until setting_restore(). Its value is noted when it is changed
 * for the first time.
 *
 * Return: 0 (also: it had that value), or a negative errno.
 */
int setting_sysctl(struct setting_list *list, struct session *session,
		   const char *name, const char *value,
		   struct vprof_error *err);

/** setting_read_sysctl - @ret_value: for free() */
int setting_read_sysctl(struct session *session, const char *name,
			char **ret_value, struct vprof_error *err);

/**
 * setting_offload_off - switch an offload of an interface off
 * @feature: as ethtool -K has it: "gro"
 * @long_name: as ethtool -k has it: "generic-receive-offload"
 *
 * Return: 0 (also: it was off, or the interface has none), -EOPNOTSUPP it is on
 * and cannot be switched, -ENOENT there is no ethtool.
 */
int setting_offload_off(struct setting_list *list, struct session *session,
			const char *interface, const char *feature,
			const char *long_name, struct vprof_error *err);

/**
 * setting_restore - put back all that was changed, the last first, and forget it
 *
 * Says on standard error what was put back, and what could not be, with the
 * command that would.
 *
 * Return: how many could not be.
 */
unsigned int setting_restore(struct setting_list *list);

#endif
