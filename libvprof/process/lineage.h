/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who was started by whom; outlives the processes themselves. */
#ifndef LIBVPROF_LINEAGE_H
#define LIBVPROF_LINEAGE_H

#include <stdbool.h>
#include <sys/types.h>

struct vprof_lineage;

/**
 * vprof_lineage_new - @pid, started by @parent
 * @parent: NULL: nobody known
 *
 * A line of more than a thousand generations begins anew.
 *
 * Return: with a reference for the caller, or NULL (no memory).
 */
struct vprof_lineage *vprof_lineage_new(pid_t pid,
					struct vprof_lineage *parent);
struct vprof_lineage *vprof_lineage_get(struct vprof_lineage *lineage);
void vprof_lineage_put(struct vprof_lineage *lineage);

/** vprof_lineage_set_parent - say it later; ignored where it makes a circle */
void vprof_lineage_set_parent(struct vprof_lineage *lineage,
			      struct vprof_lineage *parent);

/** vprof_lineage_has - is it @pid, or was it started below @pid? */
bool vprof_lineage_has(const struct vprof_lineage *lineage, pid_t pid);

/** vprof_lineage_list - itself and its nearest ancestors; unused places 0 */
void vprof_lineage_list(const struct vprof_lineage *lineage, pid_t *pids,
			unsigned int nr_pids);

#endif
