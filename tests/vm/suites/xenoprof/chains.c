// SPDX-License-Identifier: GPL-2.0-only
/* Call chains as Xen takes them: chains G2, which runs loop by its known path. */
#include "domains.h"

#include <stdlib.h>

static void check_chains(const struct domain *domain, const char *name)
{
	note("%s: %llu chains, %llu in the loop, %llu of these with its path",
	     name, (unsigned long long)domain->chains,
	     (unsigned long long)domain->loop_chains,
	     (unsigned long long)domain->loop_paths);
	if (domain->loop_paths != domain->loop_chains)
		note("another: %llx %llx %llx %llx",
		     (unsigned long long)domain->strange[0],
		     (unsigned long long)domain->strange[1],
		     (unsigned long long)domain->strange[2],
		     (unsigned long long)domain->strange[3]);
	check(domain->loop_chains > 300, "%s: user code has chains", name);
	/* Where its stack page is not there yet, Xen can't walk. */
	check(domain->loop_paths >= domain->loop_chains * 99 / 100,
	      "%s: they are the known path", name);
}

int main(int argc, char **argv)
{
	struct domain *dom0, *g2;
	struct session session;

	if (argc != 2)
		return 2;
	session_open(&session);
	session_start_loop(&session);
	session_add_event_with(&session, 0x76, 1000000,
			       VPROF_EVENT_KERNEL_CHAIN |
				       VPROF_EVENT_USER_CHAIN);
	dom0 = session_add_domain(&session, VPROF_DOMAIN_HOST, 0, 65536);
	session_add_domain(&session, VPROF_DOMAIN_OTHERS, 0, 16384);
	g2 = session_add_domain(&session, VPROF_DOMAIN_XEN, atoi(argv[1]),
				65536);
	session_start(&session);
	session_read_for(&session, 5000);
	session_stop(&session);
	session_drain(&session);
	session_end_loop(&session);
	check_chains(dom0, "dom0");
	check_chains(g2, "g2");
	check(accounts_agree(&session),
	      "with chains, taken = delivered + lost");
	session_close(&session);
	return 0;
}
