/* SPDX-License-Identifier: GPL-2.0-only */
/* Which profile is read where none is named; vprofd's is brought up to date first. */
#ifndef VPROF_TOOLS_INPUT_H
#define VPROF_TOOLS_INPUT_H

#include <stdbool.h>

/** input_flush - if that is vprofd's store: it writes now what it holds back */
void input_flush(const char *path);

/**
 * input_find - the recording that lies here, else vprofd's store
 * @ret_is_running: it is vprofd's, and vprofd runs
 *
 * Return: NULL: there is neither; a sentence has said so.
 */
const char *input_find(bool *ret_is_running);

#endif
