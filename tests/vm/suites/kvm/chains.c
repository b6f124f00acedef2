// SPDX-License-Identifier: GPL-2.0-only
/*
 * Call chains of guests' kernels: a known call path is found as it is, and
 * whatever a guest's frame pointer says, samples keep coming and are accounted
 * for.
 *
 *	chains exact		where virtual time is instructions
 *	chains churn ROUNDS	sessions and guests that end in the middle of it
 */
#include "vmm.h"
#include "vms.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	FLAGS = VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_GUEST_CHAIN,
	ENOUGH = 50,
};

/* What each mode's chain is: nr of the addresses, then cut short or not. */
static const struct expected {
	const char *mode;
	unsigned int nr;
	bool is_cut;
} rows[] = {
	{ "chain", CHAIN_LENGTH, false },
	{ "spaces", 1, false },
	{ "no-frame", 0, false },
	{ "itself", 1, true },
	{ "below", 1, true },
	{ "then-unmapped", 1, true },
	{ "unmapped", 0, true },
	{ "noncanonical", 0, true },
	{ "user-address", 0, true },
	{ "unaligned", 0, true },
	{ "tables-loop", 0, true },
	{ "tables-nowhere", 0, true },
	{ "untouched", 0, true },
	{ "registers-loop", VPROF_MAX_CHAIN, true },
	{ "user", 0, false },
	{ "low", 0, true },
};

enum { NR_ROWS = sizeof(rows) / sizeof(rows[0]) };

struct chains {
	const struct expected *expected;
	uint64_t nr_guest, nr_right, nr_host, nr_flat;
	uint64_t nr_one, nr_other; /* of the mode "spaces" */
	/* Cut short at once: it could not wait, or its thread has left KVM. */
	uint64_t nr_left;
	uint64_t odd_nr; /* of one that is not right */
	uint64_t odd_word;
};

static bool is_in(uint64_t ip, uint64_t loop)
{
	return ip - KERNEL_ADDRESS - loop < SPACE_LOOP_BYTES;
}

/* The caller that the address space of the loop has; between them, one of both. */
static bool is_of_space(uint64_t ip, uint64_t caller)
{
	if (is_in(ip, ONE_LOOP))
		return caller == RETURN_ADDRESS;
	if (is_in(ip, OTHER_LOOP))
		return caller == OTHER_RETURN;
	return caller == RETURN_ADDRESS || caller == OTHER_RETURN;
}

static bool is_right(const struct chains *chains, uint64_t ip,
		     const uint64_t *words)
{
	static const uint64_t returns[CHAIN_LENGTH] = CHAIN_RETURNS;
	unsigned int nr = words[0] >> VPROF_CHAIN_KERNEL_SHIFT &
			  VPROF_CHAIN_COUNT_MASK;
	unsigned int i;

	if (nr != chains->expected->nr ||
	    words[0] >> VPROF_CHAIN_USER_SHIFT & VPROF_CHAIN_COUNT_MASK ||
	    !(words[0] & VPROF_CHAIN_KERNEL_CUT) == chains->expected->is_cut)
		return false;
	if (!strcmp(chains->expected->mode, "spaces"))
		return is_of_space(ip, words[1]);
	for (i = 0; i < nr; i++)
		if (words[1 + i] != (strcmp(chains->expected->mode, "chain")
					     ? RETURN_ADDRESS
					     : KERNEL_ADDRESS + returns[i]))
			return false;
	return true;
}

static void look_at_guest(struct chains *chains, uint64_t ip,
			  const uint64_t *words)
{
	chains->nr_guest++;
	chains->nr_one += is_in(ip, ONE_LOOP);
	chains->nr_other += is_in(ip, OTHER_LOOP);
	if (is_right(chains, ip, words)) {
		chains->nr_right++;
		return;
	}
	if (words[0] == VPROF_CHAIN_KERNEL_CUT)
		chains->nr_left++;
	chains->odd_nr = words[0];
	chains->odd_word = words[1];
}

static void look(const struct record *record, void *data)
{
	const uint64_t *words = (const uint64_t *)&record->slots[1];
	uint64_t head = record->slots[0].head;
	struct chains *chains = data;

	if (VPROF_HEAD_GET(head, TYPE) == VPROF_RECORD_SAMPLE)
		chains->nr_flat++;
	if (VPROF_HEAD_GET(head, TYPE) != VPROF_RECORD_CHAIN)
		return;
	if (VPROF_HEAD_GET(head, CONTEXT) == VPROF_CONTEXT_HYPERVISOR) {
		chains->nr_host++;
		return;
	}
	look_at_guest(chains, record->slots[0].data, words);
}

static void drain(struct vm *vm, struct chains *chains)
{
	session_drain(&vm->domain, &vm->tally, look, chains);
}

static void check_row(const struct vm *vm, const struct chains *chains)
{
	const char *mode = chains->expected->mode;

	note("%s: %llu guest chains, %llu right, %llu of the host", mode,
	     (unsigned long long)chains->nr_guest,
	     (unsigned long long)chains->nr_right,
	     (unsigned long long)chains->nr_host);
	if (chains->nr_right < chains->nr_guest)
		note("%s: one begins with %#llx, %#llx", mode,
		     (unsigned long long)chains->odd_nr,
		     (unsigned long long)chains->odd_word);
	check(chains->nr_guest > ENOUGH && chains->nr_right == chains->nr_guest,
	      "%s: %u addresses%s, in every sample", mode, chains->expected->nr,
	      chains->expected->is_cut ? ", cut short" : "");
	if (!strcmp(mode, "spaces"))
		check(chains->nr_one > ENOUGH && chains->nr_other > ENOUGH,
		      "spaces: %llu in one address space, %llu in the other",
		      (unsigned long long)chains->nr_one,
		      (unsigned long long)chains->nr_other);
	check(!chains->nr_flat, "%s: no sample is without its chain's record",
	      mode);
	check(accounts_agree(&vm->domain, &vm->tally), "%s: accounts agree",
	      mode);
}

/* A few at once: their threads are preempted, and take turns. */
static void some_rows(unsigned int first, unsigned int nr, unsigned int flags)
{
	static struct vm vms[MAX_VMS], others;
	struct chains chains[MAX_VMS] = {};
	struct session host;
	struct tally tally = {};
	unsigned int i, tick;

	for (i = 0; i < nr; i++) {
		chains[i].expected = &rows[first + i];
		vm_start(&vms[i], rows[first + i].mode, i);
	}
	sleep_ms(300);
	open_with_guests(&host, &others, flags);
	for (i = 0; i < nr; i++)
		vm_add(&vms[i], &host);
	session_start(&host);
	for (tick = 0; tick < 8; tick++) {
		sleep_ms(50);
		session_drain(&host, &tally, NULL, NULL);
		for (i = 0; i < nr; i++)
			drain(&vms[i], &chains[i]);
	}
	session_stop(&host);
	session_drain(&host, &tally, NULL, NULL);
	for (i = 0; i < nr; i++) {
		drain(&vms[i], &chains[i]);
		check_row(&vms[i], &chains[i]);
		vm_kill(&vms[i]);
		session_unmap(&vms[i].domain);
	}
	check(accounts_agree(&host, &tally), "host: accounts agree");
	session_unmap(&others.domain);
	session_close(&host);
}

/* Nobody has added it: others'. */
static void others_have_them_too(void)
{
	static struct vm vm, others;
	struct chains chains = { .expected = &rows[0] };
	struct session host;
	struct tally tally = {};

	vm_start(&vm, "chain", 0);
	sleep_ms(300);
	open_with_guests(&host, &others, FLAGS);
	session_start(&host);
	sleep_ms(200);
	session_stop(&host);
	session_drain(&host, &tally, NULL, NULL);
	drain(&others, &chains);
	check(chains.nr_guest > ENOUGH && chains.nr_right == chains.nr_guest,
	      "others: a guest that nobody has added has its chains");
	check(accounts_agree(&others.domain, &others.tally),
	      "others: accounts agree");
	vm_kill(&vm);
	session_unmap(&others.domain);
	session_close(&host);
}

/* By frequency, each sample stands for a period that a record says. */
static void by_frequency(void)
{
	static struct vm vm, others;
	struct chains chains = { .expected = &rows[0] };
	struct session host;
	struct tally tally = {};

	vm_start(&vm, "chain", 0);
	sleep_ms(300);
	memset(&others, 0, sizeof(others));
	session_open(&host);
	session_add_event(&host, 0, 0, 4000,
			  FLAGS | VPROF_EVENT_GUESTS | VPROF_EVENT_FREQUENCY);
	session_add_host(&host, 16384);
	session_map(&host);
	session_add_domain(&host, VPROF_DOMAIN_OTHERS, 0, 16384,
			   &others.domain);
	session_map(&others.domain);
	vm_add(&vm, &host);
	session_start(&host);
	sleep_ms(400);
	session_stop(&host);
	session_drain(&host, &tally, NULL, NULL);
	drain(&vm, &chains);
	note("frequency: %llu samples, %llu periods",
	     (unsigned long long)chains.nr_guest,
	     (unsigned long long)vm.tally.periods);
	check(chains.nr_guest > ENOUGH && chains.nr_right == chains.nr_guest &&
		      vm.tally.periods >= chains.nr_guest,
	      "by frequency: each chain with its period");
	check(accounts_agree(&vm.domain, &vm.tally),
	      "by frequency: accounts agree");
	vm_kill(&vm);
	session_unmap(&vm.domain);
	session_unmap(&others.domain);
	session_close(&host);
}

static bool is_refused(unsigned int flags)
{
	struct vprof_event event = {
		.size = sizeof(event),
		.flags = flags,
		.period = PERIOD,
	};
	struct session session;
	bool is_refused;

	session_open(&session);
	is_refused = ioctl(session.fd, VPROF_IOC_ADD_EVENT, &event) < 0 &&
		     errno == EINVAL;
	session_close(&session);
	return is_refused;
}

static void refusals(void)
{
	struct vprof_info info = { .size = sizeof(info) };
	struct session session;

	session_open(&session);
	check(!ioctl(session.fd, VPROF_IOC_INFO, &info) &&
		      info.features & VPROF_FEATURE_GUEST_CHAIN,
	      "INFO says that there are chains of guests");
	session_close(&session);
	check(is_refused(VPROF_EVENT_GUEST_CHAIN | VPROF_EVENT_KERNEL_CHAIN),
	      "chains of guests without guests: EINVAL");
	check(is_refused(VPROF_EVENT_GUEST_CHAIN | VPROF_EVENT_GUESTS),
	      "chains of guests without the kernel's: EINVAL");
}

/*
 * A session that ends, is stopped and started, or loses its guest while samples
 * wait for their chains. Returns what went wrong.
 */
static unsigned int one_session(struct vm *vm, unsigned int round,
				struct chains *sum)
{
	static struct vm others;
	struct chains chains = { .expected = &rows[0] };
	struct session host;
	struct tally tally = {};
	unsigned int nr_bad;

	open_with_guests(&host, &others, FLAGS);
	vm_add(vm, &host);
	memset(&vm->tally, 0, sizeof(vm->tally));
	session_start(&host);
	sleep_ms(1 + round % 7);
	if (round % 3 == 1) {
		session_stop(&host);
		session_start(&host);
		sleep_ms(3);
	}
	if (round % 4 == 2) {
		session_remove_domain(&vm->domain);
		sleep_ms(2);
	}
	if (round % 5 == 3)
		vm_kill(vm);
	session_stop(&host);
	session_drain(&host, &tally, NULL, NULL);
	drain(vm, &chains);
	drain(&others, &chains);
	nr_bad = !accounts_agree(&vm->domain, &vm->tally);
	nr_bad += !accounts_agree(&others.domain, &others.tally);
	nr_bad += !accounts_agree(&host, &tally);
	nr_bad += chains.nr_right + chains.nr_left != chains.nr_guest;
	if (nr_bad)
		note("round %u: %llu guest chains, %llu right, odd %#llx",
		     round, (unsigned long long)chains.nr_guest,
		     (unsigned long long)chains.nr_right,
		     (unsigned long long)chains.odd_nr);
	sum->nr_guest += chains.nr_guest;
	sum->nr_left += chains.nr_left;
	session_unmap(&vm->domain);
	session_unmap(&others.domain);
	session_close(&host);
	return nr_bad;
}

static void churn(unsigned int rounds)
{
	static struct vm vm, beside;
	struct chains sum = {};
	unsigned int i, nr_bad = 0;

	vm_start(&beside, "chain", 1);
	vm_start(&vm, "chain", 0);
	sleep_ms(500);
	for (i = 0; i < rounds; i++) {
		nr_bad += one_session(&vm, i, &sum);
		if (i % 5 == 3) {
			vm_start(&vm, "chain", 0);
			sleep_ms(200);
		}
	}
	check(!nr_bad, "%u sessions end while samples wait for chains", rounds);
	note("%llu of %llu guest samples could not wait for their chains",
	     (unsigned long long)sum.nr_left, (unsigned long long)sum.nr_guest);
	check(sum.nr_guest > rounds && sum.nr_left < sum.nr_guest / 3,
	      "churn: most samples have their chains");
	vm_kill(&vm);
	vm_kill(&beside);
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc > 2 && !strcmp(argv[1], "churn")) {
		churn(atoi(argv[2]));
		return 0;
	}
	refusals();
	for (i = 0; i < NR_ROWS; i += MAX_VMS)
		some_rows(i, NR_ROWS - i < MAX_VMS ? NR_ROWS - i : MAX_VMS,
			  FLAGS);
	others_have_them_too();
	by_frequency();
	return 0;
}
