/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One store's tables, taken into memory. */
#ifndef VPROF_QUERY_LOAD_H
#define VPROF_QUERY_LOAD_H

struct vprof_input;

/** vprof_input_load - read all tables but the samples */
int vprof_input_load(struct vprof_input *input);

#endif
