/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The samples of one store, added to the query's lines. */
#ifndef VPROF_QUERY_SCAN_H
#define VPROF_QUERY_SCAN_H

struct vprof_input;

/** vprof_input_scan - read the samples of the slices, add them to the query's lines */
int vprof_input_scan(struct vprof_input *input);

#endif
