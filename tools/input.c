// SPDX-License-Identifier: GPL-2.0-only
/* Which profile is read where none is named; vprofd's is brought up to date first. */
#include "input.h"

#include <err.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <vprof/control.h>
#include <vprof/store.h>

enum { FLUSH_TIMEOUT_MS = 2000 };

#define RECORDED_STORE "vprof.store"

/*
 * Without a daemon, or without leave to talk to it, what is on disk has to do.
 */
static bool flush_daemon(void)
{
	return !vprof_control_ask(NULL, VPROF_CONTROL_FLUSH, FLUSH_TIMEOUT_MS,
				  NULL, NULL);
}

void input_flush(const char *path)
{
	if (!strcmp(path, VPROF_STORE_ROLLING_PATH))
		flush_daemon();
}

const char *input_find(bool *ret_is_running)
{
	*ret_is_running = false;
	if (!access(RECORDED_STORE, F_OK))
		return RECORDED_STORE;
	*ret_is_running = flush_daemon();
	if (!access(VPROF_STORE_ROLLING_PATH, F_OK) || errno != ENOENT)
		return VPROF_STORE_ROLLING_PATH;
	warnx("no profile yet: vprofd is not running. Start it (sudo systemctl "
	      "start vprofd) or record one: vprof-record -- COMMAND");
	return NULL;
}
