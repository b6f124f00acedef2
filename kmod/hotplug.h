/* SPDX-License-Identifier: GPL-2.0-only */
/* Tells sessions which CPUs came online. */
#ifndef VPROF_HOTPLUG_H
#define VPROF_HOTPLUG_H

struct vprof_session;

int vprof_hotplug_init(void);
void vprof_hotplug_exit(void);
void vprof_hotplug_add(struct vprof_session *session);
void vprof_hotplug_remove(struct vprof_session *session);

#endif /* VPROF_HOTPLUG_H */
