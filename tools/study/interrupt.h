/* SPDX-License-Identifier: GPL-2.0-only */
/* SIGINT, SIGTERM and SIGHUP: a study ends early, and in order. */
#ifndef VPROF_TOOLS_STUDY_INTERRUPT_H
#define VPROF_TOOLS_STUDY_INTERRUPT_H

#include <stdbool.h>

/** interrupt_catch - from now on they are only remembered */
void interrupt_catch(void);

/** interrupt_came - has one come? */
bool interrupt_came(void);

/** interrupt_name - "SIGINT"; "": none came */
const char *interrupt_name(void);

#endif
