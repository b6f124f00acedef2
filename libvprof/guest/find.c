// SPDX-License-Identifier: LGPL-2.1-or-later
/* A look at a guest's memory by a sandboxed child, within a bounded time. */
#include "guest/find.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#include "guest/channel.h"
#include "guest/look.h"
#include "guest/reader.h"
#include "guest/result.h"
#include "guest/sandbox.h"

enum { WALL_FACTOR = 8, MAX_NAP_MS = 100 };

/* What both sides see, and what only the child uses. @reader costs what of it
 * the child writes to. */
struct find {
	const struct vprof_guest_memory *memory;
	const struct vprof_guest_search *search;
	struct vprof_guest_access access;
	uint8_t *window;
	uint8_t *result;
	struct vprof_guest_reader *reader;
	struct vprof_sandbox child;
	clockid_t child_clock;
	uint64_t wall_end_ms;
	uint64_t own_start_ms;
};

/* ---- the child ------------------------------------------------------------------------ */

static void look(void *data, int fd)
{
	struct find *find = data;
	struct vprof_guest_channel channel = {
		.fd = fd,
		.window = find->window,
	};
	struct vprof_guest_result result = {
		.bytes = find->result,
		.size = VPROF_GUEST_RESULT_SIZE,
	};
	struct vprof_guest_access access;

	vprof_guest_channel_access(&channel, &find->access, &access);
	find->reader->access = &access;
	find->reader->result = &result;
	find->reader->kernel_address = find->search->kernel_address;
	find->reader->old_notes = find->search->old_notes;
	find->reader->nr_old_notes = find->search->nr_old_notes;
	vprof_guest_look(find->reader, find->search->identity_only);
}

/* ---- our side -------------------------------------------------------------------------- */

static uint64_t read_clock_ms(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

static unsigned int patience_of(const struct find *find)
{
	return find->memory->patience ? find->memory->patience : 1;
}

/* The limit is CPU time, of both of us: a busy host is no reason to give up. But
 * nobody shall wait for ever. Return: how long may be waited; 0 no more. */
static uint64_t time_left_ms(const struct find *find)
{
	uint64_t limit = find->search->timeout_ms;
	uint64_t wall = read_clock_ms(CLOCK_MONOTONIC);
	uint64_t own =
		read_clock_ms(CLOCK_THREAD_CPUTIME_ID) - find->own_start_ms;
	uint64_t used =
		read_clock_ms(find->child_clock) + own / patience_of(find);

	if (wall >= find->wall_end_ms || used >= limit)
		return 0;
	wall = find->wall_end_ms - wall;
	return wall < limit - used ? wall : limit - used;
}

static bool is_stopped(const struct find *find)
{
	const struct vprof_guest_search *search = find->search;

	return search->is_stopped && search->is_stopped(search->data);
}

/* Return: 1 there is one to read, or none will come; -ETIMEDOUT, -ECANCELED. */
static int wait_for_request(const struct find *find)
{
	struct pollfd poll_fd = { .fd = find->child.fd, .events = POLLIN };
	uint64_t left;
	int ret;

	while ((left = time_left_ms(find))) {
		if (is_stopped(find))
			return -ECANCELED;
		ret = poll(&poll_fd, 1, left < MAX_NAP_MS ? left : MAX_NAP_MS);
		if (ret > 0)
			return 1;
		if (ret < 0 && errno != EINTR)
			return -errno;
	}
	return -ETIMEDOUT;
}

/* Return: 1 go on; 0 the child is done; or a negative errno. */
static int serve_one(struct find *find)
{
	struct vprof_guest_request request;
	struct vprof_guest_answer answer;
	ssize_t size;
	int ret = wait_for_request(find);

	if (ret < 0)
		return ret;
	size = recv(find->child.fd, &request, sizeof(request), MSG_TRUNC);
	if (size <= 0)
		return size ? -errno : 0;
	ret = vprof_guest_channel_serve(&find->access, &request, size,
					find->window, &answer);
	if (ret)
		return ret;
	if (send(find->child.fd, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
		return errno == EPIPE ? 0 : -errno;
	return 1;
}

static int run(struct find *find)
{
	unsigned int seconds = find->search->timeout_ms / 1000 + 1;
	int over;
	int ret;

	find->own_start_ms = read_clock_ms(CLOCK_THREAD_CPUTIME_ID);
	find->wall_end_ms = read_clock_ms(CLOCK_MONOTONIC) +
			    (uint64_t)WALL_FACTOR * patience_of(find) *
				    find->search->timeout_ms;
	ret = vprof_sandbox_start(&find->child, seconds, look, find);
	if (ret)
		return ret == -ECHILD ? -ENOSYS : ret;
	ret = -clock_getcpuclockid(find->child.pid, &find->child_clock);
	if (!ret) {
		do
			ret = serve_one(find);
		while (ret > 0);
	}
	over = vprof_sandbox_end(&find->child, !ret);
	return ret ? ret : over;
}

/* ---- memory for it ---------------------------------------------------------------------- */

static void *map(size_t size, int shared)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			shared | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

static void unmap(void *at, size_t size)
{
	if (at)
		munmap(at, size);
}

static int map_all(struct find *find)
{
	find->window = map(VPROF_GUEST_WINDOW_SIZE, MAP_SHARED);
	find->result = map(VPROF_GUEST_RESULT_SIZE, MAP_SHARED);
	find->reader = map(sizeof(*find->reader), MAP_PRIVATE);
	return find->window && find->result && find->reader ? 0 : -ENOMEM;
}

static void unmap_all(struct find *find)
{
	unmap(find->window, VPROF_GUEST_WINDOW_SIZE);
	unmap(find->result, VPROF_GUEST_RESULT_SIZE);
	unmap(find->reader, sizeof(*find->reader));
}

/* ---- together ---------------------------------------------------------------------------- */

static int explain(const struct find *find, int code, struct vprof_error *err)
{
	const char *about = find->memory->about;

	switch (code) {
	case -ETIMEDOUT:
		return vprof_error_set(
			err, code,
			"looking for the kernel's names in %s took more than %u ms: given up; give its map: --map NAME=FILE",
			about, find->search->timeout_ms);
	case -ECANCELED:
		return vprof_error_set(
			err, code,
			"the recording ended before the kernel's names were found in %s: record longer, or give its map: --map NAME=FILE",
			about);
	case -ECHILD:
	case -EBADMSG:
		return vprof_error_set(
			err, -EBADMSG,
			"the process that read %s was ended: what is in that memory is not taken; give its map: --map NAME=FILE",
			about);
	default:
		return vprof_error_set(
			err, code,
			"cannot start a process to read %s that is kept from everything else: %s",
			about, strerror(-code));
	}
}

/* The result's last word, before anything else of it is taken. */
struct verdict {
	enum vprof_guest_fault fault;
	char detail[VPROF_GUEST_DETAIL_MAX + 1];
};

static int skip_identity(void *data,
			 const struct vprof_guest_identity *identity)
{
	(void)data, (void)identity;
	return 0;
}

static int skip_text(void *data, const struct vprof_guest_text *text)
{
	(void)data, (void)text;
	return 0;
}

static int skip_module(void *data, uint64_t start, uint64_t size,
		       const char *name)
{
	(void)data, (void)start, (void)size, (void)name;
	return 0;
}

static int skip_symbol(void *data, uint64_t address, char type,
		       const char *name)
{
	(void)data, (void)address, (void)type, (void)name;
	return 0;
}

static int skip_fault(void *data, enum vprof_guest_fault fault,
		      const char *detail)
{
	(void)data, (void)fault, (void)detail;
	return 0;
}

static int keep_verdict(void *data, enum vprof_guest_fault fault,
			const char *detail)
{
	struct verdict *verdict = data;

	verdict->fault = fault;
	strcpy(verdict->detail, detail);
	return 0;
}

static int hand_out(struct find *find, const struct vprof_guest_result_ops *ops,
		    void *data, struct vprof_error *err)
{
	static const struct vprof_guest_result_ops verdict_ops = {
		.identity = skip_identity,
		.text = skip_text,
		.module = skip_module,
		.symbol = skip_symbol,
		.no_modules = skip_fault,
		.end = keep_verdict,
	};
	struct verdict verdict;
	int ret;

	ret = vprof_guest_result_read(find->result, VPROF_GUEST_RESULT_SIZE,
				      &verdict_ops, &verdict);
	if (ret)
		return explain(find, ret, err);
	if (verdict.fault != VPROF_GUEST_OK)
		return vprof_guest_explain(verdict.fault, find->memory->about,
					   verdict.detail, err);
	return vprof_guest_result_read(find->result, VPROF_GUEST_RESULT_SIZE,
				       ops, data);
}

int vprof_guest_find(const struct vprof_guest_memory *memory,
		     const struct vprof_guest_search *search,
		     const struct vprof_guest_result_ops *ops, void *data,
		     struct vprof_error *err)
{
	struct find find = { .memory = memory, .search = search };
	int ret;

	vprof_guest_access_init(&find.access, memory);
	ret = map_all(&find);
	if (!ret)
		ret = run(&find);
	if (ret)
		ret = explain(&find, ret, err);
	else
		ret = hand_out(&find, ops, data, err);
	unmap_all(&find);
	return ret;
}
