// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests of KVM as domains of a session, whose truth is known: the loops of
 * vmm.c, which need no system to boot.
 *
 *	guests exact		where virtual time is instructions
 *	guests churn ROUNDS	guests that come and go, KVM that comes and goes
 */
#include "vms.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { USER, KERNEL, CPUID, LOW, NR_VMS };

static const char *const modes[NR_VMS] = { "user", "kernel", "cpuid", "low" };

/* What the hardware says: cycles in guests, and in the host. */
struct truth {
	int guest_fd, host_fd;
	uint64_t guest, host;
};

static int open_cycles(bool is_guest)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.exclude_host = is_guest,
		.exclude_guest = !is_guest,
		.disabled = 1,
	};

	return syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);
}

static void truth_start(struct truth *truth)
{
	truth->guest_fd = open_cycles(true);
	truth->host_fd = open_cycles(false);
	ioctl(truth->guest_fd, PERF_EVENT_IOC_ENABLE, 0);
	ioctl(truth->host_fd, PERF_EVENT_IOC_ENABLE, 0);
}

static void truth_stop(struct truth *truth)
{
	ioctl(truth->guest_fd, PERF_EVENT_IOC_DISABLE, 0);
	ioctl(truth->host_fd, PERF_EVENT_IOC_DISABLE, 0);
	if (read(truth->guest_fd, &truth->guest, 8) != 8 ||
	    read(truth->host_fd, &truth->host, 8) != 8)
		check(false, "cycles are counted by perf");
	close(truth->guest_fd);
	close(truth->host_fd);
}

static pid_t start_burner(void)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			burn_ms(1000);
	return pid;
}

static double points(double part, double whole)
{
	return whole ? 100 * part / whole : 0;
}

static bool is_near(double a, double b, double by)
{
	return a - b < by && b - a < by;
}

static bool is_all(uint64_t part, uint64_t whole)
{
	return whole > 20 && part == whole;
}

static void check_contexts(const struct vm *vm, unsigned int own_context)
{
	const struct seen *seen = &vm->seen;
	uint64_t hypervisor = seen->context[VPROF_CONTEXT_HYPERVISOR];

	note("%s: %llu hypervisor, %llu kernel, %llu user, %llu in place",
	     vm->mode, (unsigned long long)hypervisor,
	     (unsigned long long)seen->context[VPROF_CONTEXT_KERNEL],
	     (unsigned long long)seen->context[VPROF_CONTEXT_USER],
	     (unsigned long long)seen->in_place);
	check(is_all(seen->context[own_context], vm_guest_samples(vm)),
	      "%s: the guest's samples are in its context", vm->mode);
	check(is_all(seen->in_place, vm_guest_samples(vm)),
	      "%s: and in its loop", vm->mode);
	/* A loop may have none; "cpuid" is checked to have most of its there. */
	check(seen->host_ip == hypervisor,
	      "%s: the hypervisor's samples are in the host's kernel",
	      vm->mode);
	check(seen->has_pid == vm_samples(vm),
	      "%s: each says the vCPU's number", vm->mode);
	check(accounts_agree(&vm->domain, &vm->tally), "%s: accounts agree",
	      vm->mode);
}

struct of_process {
	uint64_t pid, user, all;
};

static void count_process(const struct record *record, void *data)
{
	uint64_t head = record->slots[0].head;
	struct of_process *process = data;

	if (VPROF_HEAD_GET(head, TYPE) != VPROF_RECORD_SAMPLE ||
	    VPROF_HEAD_GET(head, PID) != process->pid)
		return;
	process->all++;
	process->user += VPROF_HEAD_GET(head, CONTEXT) == VPROF_CONTEXT_USER;
}

static void check_times(const struct vm *vms, const uint64_t *ns,
			uint64_t samples, uint64_t all_ns)
{
	unsigned int i;

	for (i = 0; i < NR_VMS; i++) {
		double share = points(vm_samples(&vms[i]), samples);
		double truth = points(ns[i], all_ns);

		note("%s: %.2f %% of the samples, %.2f %% of the time",
		     vms[i].mode, share, truth);
		check(is_near(share, truth, 2),
		      "%s: its share is its vCPU's CPU time", vms[i].mode);
	}
}

/*
 * What a sample costs comes right after an overflow, so no overflow finds it:
 * the way out of the guest, the NMI and the way back are the host's cycles, but
 * nobody's samples. That much a guest's sample may cost, and no more.
 */
static void check_truth(const struct vm *vms, uint64_t samples,
			const struct truth *truth)
{
	uint64_t guest = 0, all = truth->guest + truth->host;
	double cost;
	unsigned int i;

	for (i = 0; i < NR_VMS; i++)
		guest += vm_guest_samples(&vms[i]);
	cost = ((double)guest * PERIOD - (double)truth->guest) / (double)guest;
	note("in guests: %.2f %% of the samples, %.2f %% of the cycles",
	     points(guest, samples), points(truth->guest, all));
	note("a sample in a guest costs %.0f cycles", cost);
	check(cost > 1000 && cost < 10000,
	      "the guests' samples are the guests' cycles");
	check(is_near(100, points(samples * PERIOD, all), 1),
	      "all samples are all cycles");
}

static void sample_for(unsigned int ms, struct session *host,
		       struct tally *tally, struct of_process *burner,
		       struct vm *others, struct vm *vms, unsigned int nr)
{
	unsigned int i;

	for (;; ms -= 50) {
		session_drain(host, tally, count_process, burner);
		vm_drain(others);
		for (i = 0; i < nr; i++)
			vm_drain(&vms[i]);
		if (!ms)
			return;
		sleep_ms(50);
	}
}

static void shares(unsigned int flags)
{
	static const unsigned int contexts[NR_VMS] = { VPROF_CONTEXT_USER,
						       VPROF_CONTEXT_KERNEL,
						       VPROF_CONTEXT_KERNEL,
						       VPROF_CONTEXT_KERNEL };
	static struct vm vms[NR_VMS], others;
	static struct tally tally;
	struct of_process burner = { .pid = start_burner() };
	uint64_t ns[NR_VMS], all_ns, samples;
	struct session host;
	struct truth truth;
	unsigned int i;

	memset(&tally, 0, sizeof(tally));
	for (i = 0; i < NR_VMS; i++)
		vm_start(&vms[i], modes[i], 3 + i);
	sleep_ms(500);
	open_with_guests(&host, &others, flags);
	for (i = 0; i < NR_VMS; i++)
		vm_add(&vms[i], &host);
	session_start(&host);
	truth_start(&truth);
	all_ns = now_ns();
	for (i = 0; i < NR_VMS; i++)
		ns[i] = vcpu_ns(vms[i].pid);
	sample_for(1200, &host, &tally, &burner, &others, vms, NR_VMS);
	for (i = 0; i < NR_VMS; i++)
		ns[i] = vcpu_ns(vms[i].pid) - ns[i];
	all_ns = now_ns() - all_ns;
	truth_stop(&truth);
	session_stop(&host);
	sample_for(0, &host, &tally, &burner, &others, vms, NR_VMS);

	samples = tally.samples[0] + vm_samples(&others);
	for (i = 0; i < NR_VMS; i++)
		samples += vm_samples(&vms[i]);
	for (i = 0; i < NR_VMS; i++)
		check_contexts(&vms[i], contexts[i]);
	check(vms[CPUID].seen.context[VPROF_CONTEXT_HYPERVISOR] >
		      vm_samples(&vms[CPUID]) / 2,
	      "cpuid: exits are the hypervisor's time");
	check(vms[USER].seen.in_place > vm_samples(&vms[USER]) / 10 * 9,
	      "user: a loop is the guest's time");
	if (!(flags & VPROF_EVENT_KERNEL_CHAIN))
		check(burner.user > burner.all / 10 * 9 && burner.all > 100,
		      "the host's own load is the host's");
	check(vm_samples(&others) == 0, "nothing is others'");
	check(accounts_agree(&host, &tally), "host: accounts agree");
	check_times(vms, ns, samples, all_ns);
	check_truth(vms, samples, &truth);
	for (i = 0; i < NR_VMS; i++) {
		vm_kill(&vms[i]);
		session_unmap(&vms[i].domain);
	}
	session_unmap(&others.domain);
	session_close(&host);
	kill(burner.pid, SIGKILL);
	waitpid(burner.pid, NULL, 0);
}

/* What /proc/PID/stat has: its state comes first, its CPU as the 39th field. */
static void note_process(pid_t pid)
{
	char path[64], line[512] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return;
	if (fgets(line, sizeof(line), file))
		note("stat: %s", strtok(line, "\n"));
	fclose(file);
}

/* Wait until it has so many samples more. */
static bool gets_samples(struct vm *vm, unsigned int nr)
{
	uint64_t begin = vm_samples(vm);
	unsigned int tries;

	for (tries = 0; tries < 400; tries++) {
		vm_drain(vm);
		if (vm_samples(vm) >= begin + nr)
			return true;
		sleep_ms(25);
	}
	note("%s: %llu samples more in 10 s, process %d ran for %llu ns",
	     vm->mode, (unsigned long long)(vm_samples(vm) - begin), vm->pid,
	     (unsigned long long)vcpu_ns(vm->pid));
	note_process(vm->pid);
	return false;
}

/* A guest that nobody has added is others', by its process, and later no more. */
static void latecomer(void)
{
	static struct vm vm, others;
	struct vprof_domain too_large = {
		.size = sizeof(too_large),
		.kind = VPROF_DOMAIN_KVM,
		.id = 1,
		.nr_slots = VPROF_MAX_LANE_SLOTS,
	};
	struct session host;
	struct tally tally = {};
	uint64_t before;

	vm_start(&vm, "user", 7);
	open_with_guests(&host, &others, 0);
	others.seen = vm.seen;
	others.seen.pid = vm.pid;
	session_start(&host);
	check(gets_samples(&others, 50) &&
		      others.seen.has_pid == vm_samples(&others),
	      "an unknown guest is others', by its process");
	check(others.seen.in_place > 40, "with its own ip");
	vm_add(&vm, &host);
	check(gets_samples(&vm, 50), "added while running, it has samples");
	vm_drain(&others);
	before = vm_samples(&others);
	check(gets_samples(&vm, 50), "and more");
	vm_drain(&others);
	check(vm_samples(&others) == before, "then others have no more of it");
	session_remove_domain(&vm.domain);
	vm_drain(&vm);
	check(accounts_agree(&vm.domain, &vm.tally),
	      "removed: accounts agree at once");
	check(ioctl(host.fd, VPROF_IOC_ADD_DOMAIN, &too_large) < 0 &&
		      errno == ENOMEM,
	      "another's buffer is too large: ENOMEM");
	check(accounts_agree(&vm.domain, &vm.tally),
	      "and the removed one's accounts are there still");
	before = vm_samples(&vm);
	check(gets_samples(&others, 50), "removed, it is others' again");
	vm_drain(&vm);
	check(vm_samples(&vm) == before, "and has no more of its own");
	session_stop(&host);
	session_drain(&host, &tally, NULL, NULL);
	vm_drain(&others);
	check(accounts_agree(&others.domain, &others.tally),
	      "others: accounts agree");
	check(accounts_agree(&host, &tally), "host: accounts agree");
	vm_kill(&vm);
	session_close(&host);
}

static void refusals(void)
{
	struct session host, xen;
	struct vprof_domain request = {
		.size = sizeof(request),
		.kind = VPROF_DOMAIN_XEN,
		.id = 1,
		.nr_slots = 1024,
	};

	session_open(&host);
	session_add_event(&host, 0, 0, PERIOD, VPROF_EVENT_GUESTS);
	session_add_host(&host, 1024);
	check(ioctl(host.fd, VPROF_IOC_START) < 0 && errno == EINVAL,
	      "guests without others: START says EINVAL");
	check(ioctl(host.fd, VPROF_IOC_ADD_DOMAIN, &request) < 0 &&
		      errno == EOPNOTSUPP,
	      "a domain of Xen's: EOPNOTSUPP");
	request.kind = VPROF_DOMAIN_KVM;
	session_add_domain(&host, VPROF_DOMAIN_KVM, 1, 1024, &xen);
	check(ioctl(host.fd, VPROF_IOC_ADD_DOMAIN, &request) < 0 &&
		      errno == EEXIST,
	      "a guest twice: EEXIST");
	session_close(&host);
}

/* Without the flag the event does not count in guests. */
static void without_guests(void)
{
	struct session host;
	struct tally tally = {};
	struct of_process process = {};
	struct vm vm;

	vm_start(&vm, "user", 0);
	process.pid = vm.pid;
	sleep_ms(300);
	session_open(&host);
	session_add_event(&host, 0, 0, PERIOD, 0);
	session_add_host(&host, 16384);
	session_map(&host);
	session_start(&host);
	sleep_ms(500);
	session_stop(&host);
	session_drain(&host, &tally, count_process, &process);
	note("without guests: %llu samples of the VMM",
	     (unsigned long long)process.all);
	check(process.all < 500 * 1000000ull / PERIOD / 5,
	      "an event without guests does not count in them");
	check(accounts_agree(&host, &tally), "without guests: accounts agree");
	session_close(&host);
	vm_kill(&vm);
}

static bool is_right(const struct vm *vm)
{
	const struct seen *seen = &vm->seen;
	unsigned int own = strcmp(vm->mode, "user") ? VPROF_CONTEXT_KERNEL
						    : VPROF_CONTEXT_USER;

	if (seen->has_pid == vm_samples(vm) &&
	    seen->context[own] == vm_guest_samples(vm) &&
	    seen->in_place == vm_guest_samples(vm))
		return true;
	note("%s: %llu samples, %llu of its vCPU, %llu guest, %llu in place",
	     vm->mode, (unsigned long long)vm_samples(vm),
	     (unsigned long long)seen->has_pid,
	     (unsigned long long)vm_guest_samples(vm),
	     (unsigned long long)seen->in_place);
	return false;
}

/* One that lives until it was sampled, or less. Returns what went wrong. */
static unsigned int one_life(const struct session *host, unsigned int round)
{
	unsigned int nr_bad = 0;
	struct vm vm;

	vm_start(&vm, modes[round % NR_VMS], round % 16);
	vm_add(&vm, host);
	if (round % 5)
		nr_bad += !gets_samples(&vm, 5);
	vm_kill(&vm);
	if (round % 2)
		session_remove_domain(&vm.domain);
	else
		sleep_ms(1);
	vm_drain(&vm);
	nr_bad += !is_right(&vm);
	if (!(round % 2))
		session_remove_domain(&vm.domain);
	vm_drain(&vm);
	nr_bad += !accounts_agree(&vm.domain, &vm.tally);
	session_unmap(&vm.domain);
	if (nr_bad)
		note("life %u, %s, vCPU %u: %u things wrong", round, vm.mode,
		     round % 16, nr_bad);
	return nr_bad;
}

static bool runs(const char *command)
{
	int status = system(command);

	if (status)
		note("%s: status %d", command, status);
	return !status;
}

static void churn(unsigned int rounds)
{
	static struct vm others, steady;
	struct session host;
	struct tally tally = {};
	unsigned int i, nr_bad = 0;

	open_with_guests_every(PERIOD_REAL_TIME, &host, &others, 0);
	session_start(&host);
	vm_start(&steady, "user", 100);
	vm_add(&steady, &host);
	for (i = 0; i < rounds; i++) {
		nr_bad += one_life(&host, i);
		session_drain(&host, &tally, NULL, NULL);
		vm_drain(&others);
		vm_drain(&steady);
	}
	check(!nr_bad, "%u guests that come and go are sampled right", rounds);
	check(is_right(&steady), "one that stays is sampled right meanwhile");
	vm_kill(&steady);
	for (i = 0, nr_bad = 0; i < rounds; i++) {
		nr_bad += !runs("modprobe -r kvm_amd");
		if (!access("/sys/module/kvm", F_OK)) {
			note("round %u: kvm has not gone", i);
			nr_bad++;
		}
		nr_bad += !runs("modprobe kvm_amd");
		nr_bad += one_life(&host, 1 + 5 * i);
		session_drain(&host, &tally, NULL, NULL);
		vm_drain(&others);
	}
	check(!nr_bad, "kvm comes and goes %u times while sampling", rounds);
	session_stop(&host);
	session_drain(&host, &tally, NULL, NULL);
	vm_drain(&others);
	vm_drain(&steady);
	check(accounts_agree(&host, &tally),
	      "churn: the host's accounts agree");
	check(accounts_agree(&others.domain, &others.tally),
	      "churn: others' accounts agree");
	check(accounts_agree(&steady.domain, &steady.tally),
	      "churn: the steady guest's accounts agree");
	session_close(&host);
}

int main(int argc, char **argv)
{
	struct vprof_info info = { .size = sizeof(info) };
	struct session session;

	if (argc > 2 && !strcmp(argv[1], "churn")) {
		churn(atoi(argv[2]));
		return 0;
	}
	session_open(&session);
	check(!ioctl(session.fd, VPROF_IOC_INFO, &info) &&
		      info.features & VPROF_FEATURE_KVM,
	      "INFO says that guests of KVM can be sampled");
	session_close(&session);
	refusals();
	without_guests();
	latecomer();
	shares(0);
	shares(VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_USER_CHAIN);
	return 0;
}
