/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs, as execvp() finds them. */
#ifndef VPROF_TOOLS_PROGRAM_H
#define VPROF_TOOLS_PROGRAM_H

#include <stdbool.h>

/** program_exists - a path, or a name to be found in $PATH, that can be run */
bool program_exists(const char *name);

#endif
