/* SPDX-License-Identifier: GPL-2.0-only */
/* What systemd is told: sd_notify(3)'s protocol, a datagram each. */
#ifndef VPROFD_NOTIFY_H
#define VPROFD_NOTIFY_H

#include <stdint.h>

/**
 * vprof_notify - send assignments ("READY=1\nSTATUS=...") to the manager
 *
 * Return: 1 sent, 0 nobody asked for it (no NOTIFY_SOCKET), or a negative errno.
 */
int vprof_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** vprof_notify_watchdog_ms - how often WATCHDOG=1 is due; 0: not wanted */
unsigned int vprof_notify_watchdog_ms(void);

#endif
