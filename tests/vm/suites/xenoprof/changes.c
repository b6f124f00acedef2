// SPDX-License-Identifier: GPL-2.0-only
/* A guest added and removed while its session runs: changes G2, which loops. */
#include "domains.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void start(struct session *session, unsigned int nr_slots)
{
	session_open(session);
	session_add_event(session, 0x76, 200000);
	session_add_domain(session, VPROF_DOMAIN_HOST, 0, nr_slots);
	session_add_domain(session, VPROF_DOMAIN_OTHERS, 0, 16384);
	session_start(session);
}

static void add_and_remove(unsigned int domid)
{
	struct vprof_domain_ref ref = { .size = sizeof(ref) };
	struct domain *g2, *others;
	struct session session;
	uint64_t before;

	start(&session, 16384);
	others = &session.domains[1];
	session_read_for(&session, 1000);
	check(!others->samples[0], "a guest that is not added has no samples");
	g2 = session_add_domain(&session, VPROF_DOMAIN_XEN, domid, 16384);
	session_read_for(&session, 3000);
	check(g2->user_in_loop > 100 && !g2->user_elsewhere,
	      "a guest added while the session runs is sampled");
	ref.index = g2->index;
	must(!ioctl(session.fd, VPROF_IOC_REMOVE_DOMAIN, &ref),
	     "REMOVE_DOMAIN");
	session_drain(&session);
	before = g2->samples[0];
	session_read_for(&session, 2000);
	check(g2->samples[0] == before, "once removed, it takes no samples");
	check(others->user_in_loop > 100 && domid < 8 &&
		      others->of_pid[domid] == others->samples[0],
	      "what still comes of it is OTHERS', with its domid");
	g2 = session_add_domain(&session, VPROF_DOMAIN_XEN, domid, 16384);
	session_read_for(&session, 2000);
	check(g2->user_in_loop > 100, "added again, it is sampled again");
	session_stop(&session);
	session_drain(&session);
	/* It has the index of the removed one, whose accounts went with it. */
	check(g2->index == (int)ref.index, "it has its index again");
	session.domains[2] = session.domains[3];
	session.nr_domains = 3;
	check(accounts_agree(&session),
	      "taken = delivered + lost, after all that");
	session_close(&session);
}

/* Two lanes too small, and nobody who reads. */
static void lose(unsigned int domid)
{
	struct vprof_stats stats;
	struct session session;
	struct domain *g2;

	session_open(&session);
	session_add_event(&session, 0x76, 50000);
	session_add_domain(&session, VPROF_DOMAIN_HOST, 0, 256);
	session_add_domain(&session, VPROF_DOMAIN_OTHERS, 0, 256);
	g2 = session_add_domain(&session, VPROF_DOMAIN_XEN, domid, 256);
	session_start(&session);
	sleep(3);
	session_stop(&session);
	stats = session_stats(&session, g2, 0);
	check(stats.lost[VPROF_LOST_FULL] > 0 &&
		      stats.taken == stats.delivered + stats_lost(&stats),
	      "without a reader: %llu taken, %llu delivered, the rest lost",
	      stats.taken, stats.delivered);
	session_close(&session);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	add_and_remove(atoi(argv[1]));
	lose(atoi(argv[1]));
	return 0;
}
