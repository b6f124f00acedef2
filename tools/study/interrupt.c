// SPDX-License-Identifier: GPL-2.0-only
/* SIGINT, SIGTERM and SIGHUP: a study ends early, and in order. */
#include "study/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t caught;

static void remember(int number)
{
	caught = number;
}

/* No SA_RESTART: what waits is to look. */
void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = remember };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

bool interrupt_came(void)
{
	return caught;
}

const char *interrupt_name(void)
{
	switch (caught) {
	case SIGINT:
		return "SIGINT";
	case SIGTERM:
		return "SIGTERM";
	case SIGHUP:
		return "SIGHUP";
	}
	return "";
}
