// SPDX-License-Identifier: GPL-2.0-only
/* A session with guests, and what each of its domains was told, for the tests. */
#include "vms.h"
#include "vmm.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void sleep_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000l };

	nanosleep(&time, NULL);
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static uint64_t place(const char *mode)
{
	if (!strcmp(mode, "user"))
		return USER_ADDRESS;
	return strcmp(mode, "low") ? KERNEL_ADDRESS : LOW_ADDRESS;
}

void vm_start(struct vm *vm, const char *mode, unsigned int vcpu)
{
	char number[16];

	memset(vm, 0, sizeof(*vm));
	snprintf(number, sizeof(number), "%u", vcpu);
	vm->mode = mode;
	vm->seen.first = place(mode);
	vm->seen.last = place(mode) + LOOP_BYTES - 1;
	vm->seen.pid = vcpu;
	vm->pid = fork();
	if (vm->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execl("./vmm", "vmm", mode, number, NULL);
	_exit(127);
}

void vm_kill(struct vm *vm)
{
	kill(vm->pid, SIGKILL);
	waitpid(vm->pid, NULL, 0);
}

void vm_add(struct vm *vm, const struct session *host)
{
	session_add_domain(host, VPROF_DOMAIN_KVM, vm->pid, 16384, &vm->domain);
	session_map(&vm->domain);
}

static void look(const struct record *record, void *data)
{
	uint64_t head = record->slots[0].head, ip = record->slots[0].data;
	unsigned int context = VPROF_HEAD_GET(head, CONTEXT);
	unsigned int type = VPROF_HEAD_GET(head, TYPE);
	struct seen *seen = data;

	if (type != VPROF_RECORD_SAMPLE && type != VPROF_RECORD_CHAIN)
		return;
	seen->context[context % VPROF_NR_CONTEXTS]++;
	seen->has_pid += VPROF_HEAD_GET(head, PID) == seen->pid;
	if (context == VPROF_CONTEXT_HYPERVISOR)
		seen->host_ip += ip >= 0xffffffff80000000;
	else
		seen->in_place += ip >= seen->first && ip <= seen->last;
}

void vm_drain(struct vm *vm)
{
	session_drain(&vm->domain, &vm->tally, look, &vm->seen);
}

uint64_t vm_guest_samples(const struct vm *vm)
{
	return vm->seen.context[VPROF_CONTEXT_KERNEL] +
	       vm->seen.context[VPROF_CONTEXT_USER];
}

uint64_t vm_samples(const struct vm *vm)
{
	return vm_guest_samples(vm) +
	       vm->seen.context[VPROF_CONTEXT_HYPERVISOR];
}

static bool read_line(pid_t pid, const char *task, const char *name, char *line,
		      int size)
{
	char path[384];
	bool has_line;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/%s", pid, task, name);
	file = fopen(path, "r");
	if (!file)
		return false;
	has_line = fgets(line, size, file);
	fclose(file);
	return has_line;
}

uint64_t vcpu_ns(pid_t pid)
{
	uint64_t all = 0, vcpus = 0, ns;
	struct dirent *entry;
	char path[64], line[128];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    !read_line(pid, entry->d_name, "schedstat", line,
			       sizeof(line)))
			continue;
		ns = strtoull(line, NULL, 10);
		all += ns;
		if (read_line(pid, entry->d_name, "comm", line, sizeof(line)) &&
		    !strncmp(line, "CPU ", 4))
			vcpus += ns;
	}
	if (dir)
		closedir(dir);
	return vcpus ? vcpus : all;
}

void open_with_guests_every(unsigned int period, struct session *host,
			    struct vm *others, unsigned int flags)
{
	memset(others, 0, sizeof(*others));
	session_open(host);
	session_add_event(host, 0, 0, period, flags | VPROF_EVENT_GUESTS);
	session_add_host(host, 16384);
	session_map(host);
	session_add_domain(host, VPROF_DOMAIN_OTHERS, 0, 16384,
			   &others->domain);
	session_map(&others->domain);
}

void open_with_guests(struct session *host, struct vm *others,
		      unsigned int flags)
{
	open_with_guests_every(PERIOD, host, others, flags);
}
