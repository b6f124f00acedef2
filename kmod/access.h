/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may open a session. */
#ifndef VPROF_ACCESS_H
#define VPROF_ACCESS_H

int vprof_access_check(void);

#endif /* VPROF_ACCESS_H */
