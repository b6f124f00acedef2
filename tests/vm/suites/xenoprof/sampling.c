// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is sampled of dom0 and three guests: sampling MS G1 G2 G3, as domids, of
 * which g1 receives from dom0, g2 runs loop, g3 is idle. Prints each domain's
 * counts as "mine ...", to be held against Xen's.
 */
#include "cpu_time.h"
#include "domains.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum { HYPERVISOR, KERNEL, USER };

static void print_counts(const struct domain *domain)
{
	note("dom%llu: hypervisor %llu kernel %llu user %llu, events %llu and %llu",
	     domain->uapi.id, (unsigned long long)domain->context[HYPERVISOR],
	     (unsigned long long)domain->context[KERNEL],
	     (unsigned long long)domain->context[USER],
	     (unsigned long long)domain->samples[0],
	     (unsigned long long)domain->samples[1]);
	printf("mine dom%llu hypervisor %llu kernel %llu user %llu\n",
	       domain->uapi.id, (unsigned long long)domain->context[HYPERVISOR],
	       (unsigned long long)domain->context[KERNEL],
	       (unsigned long long)domain->context[USER]);
}

static void check_info(int fd)
{
	struct vprof_info info = { .size = sizeof(info) };

	must(ioctl(fd, VPROF_IOC_INFO, &info) == 0, "INFO");
	check(!strcmp(info.source, "xenoprof"), "the source is xenoprof (%s)",
	      info.source);
	check(!strcmp(info.pmu, "x86-64/family10"),
	      "the PMU is Xen's name (%s)", info.pmu);
	check(info.features & VPROF_FEATURE_XEN &&
		      info.features & VPROF_FEATURE_HW_PMU,
	      "features say Xen domains and a PMU");
}

static void check_contexts(const struct domain *host, const struct domain *g1,
			   const struct domain *g2)
{
	check(host->context[HYPERVISOR] && host->context[KERNEL] &&
		      host->context[USER],
	      "dom0 has samples in all contexts");
	check(g1->context[HYPERVISOR] && g1->context[KERNEL],
	      "g1, which receives, has samples in Xen and its kernel");
	check(g2->context[HYPERVISOR] && g2->context[KERNEL] &&
		      g2->context[USER],
	      "g2, which runs a loop, has samples in all contexts");
	check(!host->hypervisor_low && !g1->hypervisor_low &&
		      !g2->hypervisor_low,
	      "each hypervisor sample is at an address of Xen's");
}

static void check_loops(const struct domain *host, const struct domain *g2)
{
	uint64_t all = g2->context[HYPERVISOR] + g2->context[KERNEL] +
		       g2->context[USER];

	check(g2->user_in_loop > 100 && !g2->user_elsewhere,
	      "each of g2's %llu user samples is in its loop",
	      (unsigned long long)g2->user_in_loop);
	note("g2: %.1f %% of its cycles in the loop",
	     100.0 * g2->cycles_in_loop / g2->samples[0]);
	check(g2->context[USER] > g2->context[KERNEL],
	      "g2 has more samples in its loop than in its kernel");
	check(host->loop_of_pid > 100 && !host->loop_of_others,
	      "of dom0's %llu samples in the loop none is another process's",
	      (unsigned long long)host->loop_of_pid);
	check(host->loop_of_unknown * 50 <= host->loop_of_pid,
	      "one in fifty at most has no process (%llu)",
	      (unsigned long long)host->loop_of_unknown);
	check(!host->hypervisor_with_pid,
	      "no process is said for dom0's samples in Xen");
	check(g2->of_pid[0] == all, "g2's samples are its vCPU 0's");
}

/* The domains that have CPU time: all but OTHERS. sign: -1 begins, 1 ends. */
static void add_cpu_time(const struct session *session, uint64_t *times,
			 int sign)
{
	int i;

	for (i = 0; i < session->nr_domains; i++)
		if (session->domains[i].uapi.kind != VPROF_DOMAIN_OTHERS)
			times[i] +=
				sign * cpu_time_of(session->domains[i].uapi.id);
}

/* Cycles not halted are CPU time: their shares are those that Xen counted. */
static void check_shares(const struct session *session, const uint64_t *times)
{
	double share, true_share, worst = 0;
	uint64_t all = 0, all_time = 0;
	int i;

	for (i = 0; i < session->nr_domains; i++) {
		all += session->domains[i].samples[0];
		all_time += times[i];
	}
	for (i = 0; i < session->nr_domains; i++) {
		share = 100.0 * session->domains[i].samples[0] / all;
		true_share = 100.0 * times[i] / all_time;
		if (session->domains[i].uapi.kind != VPROF_DOMAIN_OTHERS)
			note("dom%llu: %.2f %% of samples, %.2f %% of CPU time",
			     session->domains[i].uapi.id, share, true_share);
		share -= true_share;
		if (share < 0)
			share = -share;
		if (share > worst)
			worst = share;
	}
	/* The emulated counters' interrupts come late, by up to tens of us. */
	check(worst <= 2,
	      "each domain's share is that of its CPU time, within 2 points (%.2f)",
	      worst);
}

int main(int argc, char **argv)
{
	uint64_t times[MAX_TEST_DOMAINS] = { 0 };
	struct domain *host, *g1, *g2, *g3, *others;
	struct session session;
	int i;

	if (argc != 5)
		return 2;
	session_open(&session);
	check_info(session.fd);
	session_add_event(&session, 0x76, 1000000); /* cycles */
	session_add_event(&session, 0x746, 20000);  /* DTLB misses */
	host = session_add_domain(&session, VPROF_DOMAIN_HOST, 0, 16384);
	others = session_add_domain(&session, VPROF_DOMAIN_OTHERS, 0, 256);
	g1 = session_add_domain(&session, VPROF_DOMAIN_XEN, atoi(argv[2]),
				16384);
	g2 = session_add_domain(&session, VPROF_DOMAIN_XEN, atoi(argv[3]),
				16384);
	g3 = session_add_domain(&session, VPROF_DOMAIN_XEN, atoi(argv[4]),
				16384);
	session_start_loop(&session);
	add_cpu_time(&session, times, 0);
	session_start(&session);
	add_cpu_time(&session, times, -1);
	session_read_for(&session, atoi(argv[1]));
	add_cpu_time(&session, times, 1);
	session_stop(&session);
	session_drain(&session);
	session_end_loop(&session);
	for (i = 0; i < session.nr_domains; i++)
		if (&session.domains[i] != others)
			print_counts(&session.domains[i]);
	check_contexts(host, g1, g2);
	check_loops(host, g2);
	check_shares(&session, times);
	check((g3->samples[0] + g3->samples[1]) * 10 <
		      g2->samples[0] + g2->samples[1],
	      "g3, which is idle, has less than a tenth of g2's samples");
	check(host->samples[1] && g1->samples[1],
	      "the second event is sampled too");
	check(!others->samples[0] && !others->samples[1],
	      "nothing is anybody else's");
	check(accounts_agree(&session),
	      "taken = delivered + lost, per domain and event");
	for (i = 0; i < session.nr_domains; i++)
		check(!session.domains[i].lost[0] &&
			      !session.domains[i].lost[1],
		      "no loss in dom%llu, kind %u", session.domains[i].uapi.id,
		      session.domains[i].uapi.kind);
	session_close(&session);
	return 0;
}
