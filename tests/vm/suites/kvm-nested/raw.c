// SPDX-License-Identifier: GPL-2.0-only
/*
 * The records themselves: nested machines with Debian's kernel as domains of a
 * session. raw A B, the VMMs' process numbers. A's load is "spin" of
 * nested/load.c, B's is "random".
 */
#include "vms.h"

#include <stdio.h>
#include <stdlib.h>

enum { NR = 2, SPIN_FIRST = 0x10001000, SPIN_LAST = 0x10001fff };

static void begin(struct vm *vm, const char *name, const char *pid,
		  const struct session *host)
{
	vm->mode = name;
	vm->pid = atoi(pid);
	vm->seen.first = SPIN_FIRST;
	vm->seen.last = SPIN_LAST;
	vm_add(vm, host);
}

static void describe(const struct vm *vm)
{
	note("%s: %llu hypervisor, %llu kernel, %llu user, %llu in the loop",
	     vm->mode,
	     (unsigned long long)vm->seen.context[VPROF_CONTEXT_HYPERVISOR],
	     (unsigned long long)vm->seen.context[VPROF_CONTEXT_KERNEL],
	     (unsigned long long)vm->seen.context[VPROF_CONTEXT_USER],
	     (unsigned long long)vm->seen.in_place);
}

static void check_vm(const struct vm *vm, double time_share, double all)
{
	const struct seen *seen = &vm->seen;
	uint64_t hypervisor = seen->context[VPROF_CONTEXT_HYPERVISOR];
	double share = 100 * (double)vm_samples(vm) / all;

	note("%s: %.2f %% of the samples, %.2f %% of the time", vm->mode, share,
	     time_share);
	check(share - time_share < 2 && time_share - share < 2,
	      "records of %s: its share is its vCPU's CPU time", vm->mode);
	check(hypervisor && seen->host_ip == hypervisor,
	      "records of %s: the hypervisor's time is in the host's kernel",
	      vm->mode);
	check(seen->has_pid == vm_samples(vm),
	      "records of %s: each says vCPU 0", vm->mode);
	check(accounts_agree(&vm->domain, &vm->tally),
	      "records of %s: accounts agree", vm->mode);
}

int main(int argc, char **argv)
{
	static struct vm vms[NR], others;
	uint64_t ns[NR], all_ns, all, guest;
	struct session host;
	struct tally tally = {};
	unsigned int i, tick;

	if (argc != 1 + NR)
		return 2;
	open_with_guests(&host, &others, 0);
	begin(&vms[0], "a", argv[1], &host);
	begin(&vms[1], "b", argv[2], &host);
	session_start(&host);
	all_ns = now_ns();
	for (i = 0; i < NR; i++)
		ns[i] = vcpu_ns(vms[i].pid);
	for (tick = 0; tick < 30; tick++) {
		sleep_ms(50);
		session_drain(&host, &tally, NULL, NULL);
		vm_drain(&others);
		vm_drain(&vms[0]);
		vm_drain(&vms[1]);
	}
	for (i = 0; i < NR; i++)
		ns[i] = vcpu_ns(vms[i].pid) - ns[i];
	all_ns = now_ns() - all_ns;
	session_stop(&host);
	session_drain(&host, &tally, NULL, NULL);
	vm_drain(&others);
	vm_drain(&vms[0]);
	vm_drain(&vms[1]);

	guest = vm_guest_samples(&vms[0]) + vm_guest_samples(&vms[1]);
	all = tally.samples[0] + vm_samples(&others) + vm_samples(&vms[0]) +
	      vm_samples(&vms[1]);
	note("sampled guest %llu host %llu", (unsigned long long)guest,
	     (unsigned long long)(all - guest));
	describe(&vms[0]);
	describe(&vms[1]);
	check(vms[0].seen.context[VPROF_CONTEXT_USER] >
		      vm_guest_samples(&vms[0]) * 0.95,
	      "records of a: almost all of the guest is user");
	check(vms[0].seen.in_place >
		      vms[0].seen.context[VPROF_CONTEXT_USER] * 0.99,
	      "records of a: and in its loop");
	check(vms[1].seen.context[VPROF_CONTEXT_KERNEL] >
		      vm_guest_samples(&vms[1]) * 0.95,
	      "records of b: almost all of the guest is kernel");
	for (i = 0; i < NR; i++)
		check_vm(&vms[i], 100 * (double)ns[i] / (double)all_ns,
			 (double)all);
	check(!vm_samples(&others), "records: nothing is others'");
	check(accounts_agree(&host, &tally),
	      "records: the host's accounts agree");
	session_close(&host);
	return 0;
}
