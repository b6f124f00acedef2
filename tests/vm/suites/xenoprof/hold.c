// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session that runs for MS, or until it is killed: hold MS PERIOD DOMID...
 * Prints what it took and lost of each domain, and why.
 */
#include "domains.h"

#include <stdio.h>
#include <stdlib.h>

static void print_account(const struct session *session,
			  const struct domain *domain)
{
	struct vprof_stats stats = session_stats(session, domain, 0);

	printf("dom%llu taken %llu delivered %llu lost %llu hypervisor %llu\n",
	       domain->uapi.id, stats.taken, stats.delivered,
	       (unsigned long long)stats_lost(&stats),
	       stats.lost[VPROF_LOST_HYPERVISOR]);
}

int main(int argc, char **argv)
{
	struct session session;
	int i;

	if (argc < 3 || argc > 6)
		return 2;
	session_open(&session);
	session_add_event(&session, 0x76, atoi(argv[2]));
	session_add_domain(&session, VPROF_DOMAIN_HOST, 0, 16384);
	session_add_domain(&session, VPROF_DOMAIN_OTHERS, 0, 256);
	for (i = 3; i < argc; i++)
		session_add_domain(&session, VPROF_DOMAIN_XEN, atoi(argv[i]),
				   16384);
	session_start(&session);
	puts("started");
	fflush(stdout);
	session_read_for(&session, atoi(argv[1]));
	session_stop(&session);
	session_drain(&session);
	for (i = 0; i < session.nr_domains; i++)
		if (session.domains[i].uapi.kind != VPROF_DOMAIN_OTHERS)
			print_account(&session, &session.domains[i]);
	check(accounts_agree(&session), "taken = delivered + lost");
	session_close(&session);
	return 0;
}
