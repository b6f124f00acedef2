// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who was started by whom; outlives the processes themselves. */
#include "process/lineage.h"

#include <stdlib.h>

enum { MAX_DEPTH = 1024 };

struct vprof_lineage {
	unsigned int nr_references;
	unsigned int depth;
	pid_t pid;
	struct vprof_lineage *parent;
};

static void attach(struct vprof_lineage *lineage, struct vprof_lineage *parent)
{
	if (!parent || parent->depth + 1 >= MAX_DEPTH)
		return;
	lineage->parent = vprof_lineage_get(parent);
	lineage->depth = parent->depth + 1;
}

struct vprof_lineage *vprof_lineage_new(pid_t pid, struct vprof_lineage *parent)
{
	struct vprof_lineage *lineage = calloc(1, sizeof(*lineage));

	if (!lineage)
		return NULL;
	lineage->nr_references = 1;
	lineage->pid = pid;
	attach(lineage, parent);
	return lineage;
}

struct vprof_lineage *vprof_lineage_get(struct vprof_lineage *lineage)
{
	lineage->nr_references++;
	return lineage;
}

void vprof_lineage_put(struct vprof_lineage *lineage)
{
	while (lineage && !--lineage->nr_references) {
		struct vprof_lineage *parent = lineage->parent;

		free(lineage);
		lineage = parent;
	}
}

void vprof_lineage_set_parent(struct vprof_lineage *lineage,
			      struct vprof_lineage *parent)
{
	const struct vprof_lineage *at;

	if (lineage->parent)
		return;
	for (at = parent; at; at = at->parent) {
		if (at == lineage)
			return;
	}
	attach(lineage, parent);
}

bool vprof_lineage_has(const struct vprof_lineage *lineage, pid_t pid)
{
	for (; lineage; lineage = lineage->parent) {
		if (lineage->pid == pid)
			return true;
	}
	return false;
}

void vprof_lineage_list(const struct vprof_lineage *lineage, pid_t *pids,
			unsigned int nr_pids)
{
	unsigned int i;

	for (i = 0; i < nr_pids; i++) {
		pids[i] = lineage ? lineage->pid : 0;
		lineage = lineage ? lineage->parent : NULL;
	}
}
