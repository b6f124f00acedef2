// SPDX-License-Identifier: GPL-2.0-only
/* The module's set-up under injected faults: the operations of fail_nth here. */
#include "fail_nth.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "uapi/vprof.h"

/* How far a session goes; each step is an operation that has those before done. */
enum step { OPEN, INFO, ADD_EVENT, ADD_DOMAIN, MMAP, START, ALL };

struct state {
	int fd;
	enum step step;
	struct vprof_domain domain;
	void *producers, *consumers;
};

static int fault_or(long result)
{
	return result < 0 ? -errno : 0;
}

static int add_event(struct state *state, unsigned int flags)
{
	struct vprof_event event = {
		.size = sizeof(event),
		.type = 0, /* cycles; without a PMU the clock */
		.period = 1000000,
		.flags = flags,
	};
	int err = fault_or(ioctl(state->fd, VPROF_IOC_ADD_EVENT, &event));

	if (err != -ENOENT)
		return err;
	event.type = 1;
	return fault_or(ioctl(state->fd, VPROF_IOC_ADD_EVENT, &event));
}

static int add_domain(struct state *state)
{
	state->domain = (struct vprof_domain){
		.size = sizeof(state->domain),
		.nr_slots = 1024,
	};
	return fault_or(ioctl(state->fd, VPROF_IOC_ADD_DOMAIN, &state->domain));
}

static int map_both(struct state *state)
{
	const struct vprof_domain *domain = &state->domain;

	state->producers = mmap(NULL, domain->mmap_bytes, PROT_READ, MAP_SHARED,
				state->fd, domain->mmap_offset);
	if (state->producers == MAP_FAILED)
		return -errno;
	state->consumers = mmap(NULL, domain->consumer_bytes,
				PROT_READ | PROT_WRITE, MAP_SHARED, state->fd,
				domain->consumer_offset);
	if (state->consumers == MAP_FAILED)
		return -errno;
	return 0;
}

static int get_info(struct state *state)
{
	struct vprof_info info = { .size = sizeof(info) };

	return fault_or(ioctl(state->fd, VPROF_IOC_INFO, &info));
}

static int do_step(struct state *state, enum step step)
{
	switch (step) {
	case OPEN:
		state->fd = open(VPROF_DEVICE_PATH, O_RDWR | O_CLOEXEC);
		return fault_or(state->fd);
	case INFO:
		return get_info(state);
	case ADD_EVENT:
		return add_event(state, VPROF_EVENT_KERNEL_CHAIN);
	case ADD_DOMAIN:
		return add_domain(state);
	case MMAP:
		return map_both(state);
	case START:
		return fault_or(ioctl(state->fd, VPROF_IOC_START));
	default:
		return fault_or(ioctl(state->fd, VPROF_IOC_STOP));
	}
}

static int prepare_to(struct state *state, enum step end)
{
	enum step step;
	int err;

	state->fd = -1;
	state->step = end;
	state->producers = state->consumers = MAP_FAILED;
	for (step = OPEN; step < end; step++) {
		err = do_step(state, step);
		if (err)
			return err;
	}
	return 0;
}

static int prepare_open(void *state, char *const *args)
{
	(void)args;
	return prepare_to(state, OPEN);
}

static int prepare_info(void *state, char *const *args)
{
	(void)args;
	return prepare_to(state, INFO);
}

static int prepare_add_event(void *state, char *const *args)
{
	(void)args;
	return prepare_to(state, ADD_EVENT);
}

static int prepare_add_domain(void *state, char *const *args)
{
	(void)args;
	return prepare_to(state, ADD_DOMAIN);
}

static int prepare_mmap(void *state, char *const *args)
{
	(void)args;
	return prepare_to(state, MMAP);
}

static int prepare_start(void *state, char *const *args)
{
	(void)args;
	return prepare_to(state, START);
}

static int run_step(void *data)
{
	struct state *state = data;

	return do_step(state, state->step);
}

/* From open to STOP. */
static int run_all(void *data)
{
	struct state *state = data;
	enum step step;
	int err;

	for (step = OPEN; step <= ALL; step++) {
		err = do_step(state, step);
		if (err)
			return err;
	}
	return 0;
}

static void undo(void *data)
{
	struct state *state = data;

	if (state->producers != MAP_FAILED)
		munmap(state->producers, state->domain.mmap_bytes);
	if (state->consumers != MAP_FAILED)
		munmap(state->consumers, state->domain.consumer_bytes);
	if (state->fd >= 0)
		close(state->fd);
}

struct insmod {
	int fd;
	int is_loaded;
};

static int prepare_insmod(void *state, char *const *args)
{
	struct insmod *insmod = state;

	insmod->fd = open(args[0], O_RDONLY | O_CLOEXEC);
	return fault_or(insmod->fd);
}

static int run_insmod(void *state)
{
	struct insmod *insmod = state;

	if (syscall(SYS_finit_module, insmod->fd, "", 0) < 0)
		return -errno;
	insmod->is_loaded = 1;
	return 0;
}

static void undo_insmod(void *state)
{
	const struct insmod *insmod = state;

	if (insmod->is_loaded)
		syscall(SYS_delete_module, "vprof", 0);
	if (insmod->fd >= 0)
		close(insmod->fd);
}

#define STEP(step) \
	.name = #step, .prepare = prepare_##step, .run = run_step, .undo = undo

/* A buffer's file that can't be had is ENFILE. */
static const int domain_errors[] = { ENFILE, 0 };

const struct fail_nth_operation fail_nth_operations[] = {
	{ .name = "insmod",
	  .arguments = "FILE",
	  .nr_args = 1,
	  .prepare = prepare_insmod,
	  .run = run_insmod,
	  .undo = undo_insmod },
	{ STEP(open) },
	{ STEP(info) },
	{ STEP(add_event) },
	{ STEP(add_domain), .errors = domain_errors },
	{ STEP(mmap) },
	{ STEP(start) },
	{ .name = "all",
	  .prepare = prepare_open,
	  .run = run_all,
	  .undo = undo,
	  .errors = domain_errors },
	{ 0 },
};
