// SPDX-License-Identifier: LGPL-2.1-or-later
/* The names of a guest's kernel, looked for in a thread beside the recording. */
#include "record/name_search.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * @kernel, @why and @ret are the thread's until @is_over is set, and the owner's
 * from then on. @is_joined: there is no thread any more.
 */
struct vprof_name_search {
	struct vprof_name_request request;
	pthread_t thread;
	bool is_joined;
	atomic_bool is_stopped;
	atomic_bool is_over;
	struct vprof_guest_kernel *kernel;
	struct vprof_error why;
	int ret;
};

/* ---- the thread ----------------------------------------------------------- */

static int open_process(const struct vprof_domain_info *domain,
			struct vprof_guest_memory **ret_memory,
			struct vprof_error *err)
{
	return vprof_guest_memory_open_process((pid_t)domain->id, ret_memory,
					       err);
}

static int open_kvm(const struct vprof_domain_info *domain,
		    struct vprof_guest_memory **ret_memory,
		    struct vprof_error *err)
{
	return vprof_guest_memory_open_kvm((pid_t)domain->id, ret_memory, err);
}

static int open_xen(const struct vprof_domain_info *domain,
		    struct vprof_guest_memory **ret_memory,
		    struct vprof_error *err)
{
	return vprof_guest_memory_open_xen((uint32_t)domain->id, ret_memory,
					   err);
}

/* To a guest's memory, in this order. The first needs no module, and knows how
 * QEMU and its like lay out memory; the second is told. */
static const struct way {
	const char *kind;
	int (*open)(const struct vprof_domain_info *domain,
		    struct vprof_guest_memory **ret_memory,
		    struct vprof_error *err);
} ways[] = {
	{ "kvm", open_process },
	{ "kvm", open_kvm },
	{ "xen", open_xen },
};

static bool is_stopped(void *data)
{
	const struct vprof_name_search *search = data;

	return atomic_load_explicit(&search->is_stopped, memory_order_relaxed);
}

static int read_kernel(struct vprof_name_search *search,
		       struct vprof_guest_memory *memory)
{
	const struct vprof_guest_map *map = search->request.map;
	struct vprof_guest_options options = {
		.size = sizeof(options),
		.timeout_ms = search->request.timeout_ms,
		.kernel_address = search->request.kernel_address,
		.old_notes = search->request.old_notes,
		.nr_old_notes = search->request.nr_old_notes,
		.map = map ? map->file : NULL,
		.modules = map ? map->modules : NULL,
		.must_run = true,
		.is_stopped = is_stopped,
		.data = search,
	};
	int ret;

	ret = vprof_guest_kernel_read(memory, &options, &search->kernel,
				      &search->why);
	if (ret != -ESTALE || map->domain)
		return ret;
	options.map = NULL;
	options.modules = NULL;
	if (vprof_guest_kernel_read(memory, &options, &search->kernel, NULL))
		return ret;
	return 0;
}

static int go(struct vprof_name_search *search, const struct way *way,
	      bool *ret_is_open)
{
	struct vprof_guest_memory *memory = NULL;
	int ret;

	ret = way->open(&search->request.domain, &memory, &search->why);
	*ret_is_open = !ret;
	if (!ret)
		ret = read_kernel(search, memory);
	vprof_guest_memory_close(memory);
	return ret;
}

/* Another way may lead to what one does not see. If none does, what is said is
 * of the first that led to memory, or else of the first. */
static int go_all_ways(struct vprof_name_search *search)
{
	struct vprof_error why = { 0 };
	bool was_open = false;
	bool is_open;
	int first = 0;
	int ret;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(ways[i].kind, search->request.domain.kind))
			continue;
		ret = go(search, &ways[i], &is_open);
		if (!ret || ret == -ETIMEDOUT || is_stopped(search))
			return ret;
		if (!first || (is_open && !was_open)) {
			first = ret;
			why = search->why;
		}
		was_open |= is_open;
	}
	if (!was_open && search->request.map)
		return read_kernel(search, NULL);
	search->why = why;
	return first ? first : -ENOENT;
}

static void *look(void *data)
{
	struct vprof_name_search *search = data;

	search->ret = go_all_ways(search);
	atomic_store_explicit(&search->is_over, true, memory_order_release);
	return NULL;
}

/* ---- its owner ------------------------------------------------------------ */

/* A signal is for the program's own threads. */
static int start_quietly(struct vprof_name_search *search)
{
	sigset_t all, before;
	int ret;

	sigfillset(&all);
	ret = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (ret)
		return -ret;
	ret = pthread_create(&search->thread, NULL, look, search);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -ret;
}

int vprof_name_search_start(const struct vprof_name_request *request,
			    struct vprof_name_search **ret_search)
{
	struct vprof_name_search *search = calloc(1, sizeof(*search));
	int ret;

	if (!search)
		return -ENOMEM;
	search->request = *request;
	ret = start_quietly(search);
	if (ret) {
		free(search);
		return ret;
	}
	*ret_search = search;
	return 0;
}

bool vprof_name_search_is_over(const struct vprof_name_search *search)
{
	return atomic_load_explicit(&search->is_over, memory_order_acquire);
}

void vprof_name_search_stop(struct vprof_name_search *search)
{
	atomic_store_explicit(&search->is_stopped, true, memory_order_relaxed);
}

static void join(struct vprof_name_search *search)
{
	if (!search->is_joined)
		pthread_join(search->thread, NULL);
	search->is_joined = true;
}

int vprof_name_search_take(struct vprof_name_search *search,
			   struct vprof_guest_kernel **ret_kernel,
			   struct vprof_error *err)
{
	join(search);
	if (search->ret) {
		*err = search->why;
		return search->ret;
	}
	*ret_kernel = search->kernel;
	search->kernel = NULL;
	return 0;
}

void vprof_name_search_free(struct vprof_name_search *search)
{
	if (!search)
		return;
	vprof_name_search_stop(search);
	join(search);
	vprof_guest_kernel_free(search->kernel);
	free(search);
}
