// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Xen's other domains, as the toolstack knows them.
 *
 * libxenstore is loaded when there is a xenstore to ask, so that one package runs
 * with and without Xen. Its names and calls are those of libxenstore.so.4, which
 * Xen 4.17 to 4.20 have.
 */
#include "domain/domain_xen.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vprof/domain.h>

enum { XS_OPEN_READONLY = 1, XBT_NULL = 0, PATH_BYTES = 160 };

struct xs_handle;

struct xenstore {
	void *library;
	struct xs_handle *handle;
	struct xs_handle *(*open)(unsigned long flags);
	void (*close)(struct xs_handle *handle);
	char **(*directory)(struct xs_handle *handle, uint32_t transaction,
			    const char *path, unsigned int *ret_nr);
	void *(*read)(struct xs_handle *handle, uint32_t transaction,
		      const char *path, unsigned int *ret_size);
};

static void close_store(struct xenstore *store)
{
	if (store->handle)
		store->close(store->handle);
	if (store->library)
		dlclose(store->library);
}

/* dlsym() gives data pointers; POSIX says that they hold functions too. */
static int find(const struct xenstore *store, const char *name,
		void *ret_function)
{
	void *symbol = dlsym(store->library, name);

	memcpy(ret_function, &symbol, sizeof(symbol));
	return symbol ? 0 : -1;
}

/*
 * Without the daemon's socket libxenstore would ask through the kernel, and wait
 * for ever where no daemon answers.
 */
static int open_store(struct xenstore *store)
{
	memset(store, 0, sizeof(*store));
	if (access("/proc/xen", F_OK) ||
	    access("/run/xenstored/socket", R_OK | W_OK))
		return -1;
	store->library = dlopen("libxenstore.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!store->library || find(store, "xs_open", &store->open) ||
	    find(store, "xs_close", &store->close) ||
	    find(store, "xs_directory", &store->directory) ||
	    find(store, "xs_read", &store->read))
		return -1;
	store->handle = store->open(XS_OPEN_READONLY);
	return store->handle ? 0 : -1;
}

/* A value as text that can be shown; "" where there is none. */
static void read_text(const struct xenstore *store, const char *path,
		      char *text, size_t size)
{
	unsigned int nr = 0;
	char *value = store->read(store->handle, XBT_NULL, path, &nr);

	text[0] = '\0';
	if (!value)
		return;
	if (nr >= size)
		nr = size - 1;
	for (unsigned int i = 0; i < nr; i++)
		text[i] = isprint((unsigned char)value[i]) ? value[i] : '?';
	text[nr] = '\0';
	free(value);
}

static void read_about(const struct xenstore *store, const char *vm,
		       struct vprof_domain_info *info)
{
	char path[PATH_BYTES + 16];
	char kernel[VPROF_DOMAIN_TEXT_MAX];

	snprintf(path, sizeof(path), "%s/image/kernel", vm);
	read_text(store, path, kernel, sizeof(kernel));
	if (kernel[0])
		snprintf(info->about, sizeof(info->about), "kernel %.110s",
			 kernel);
}

/* A domain that is going away has no name any more: it is passed over. */
static int read_domain(const struct xenstore *store, uint64_t id,
		       struct vprof_domain_info *ret_info)
{
	struct vprof_domain_info info = { .kind = "xen", .id = id };
	char path[PATH_BYTES];
	char vm[PATH_BYTES];

	snprintf(path, sizeof(path), "/local/domain/%llu/name",
		 (unsigned long long)id);
	read_text(store, path, info.name, sizeof(info.name));
	if (!info.name[0])
		return -1;
	snprintf(path, sizeof(path), "/local/domain/%llu/vm",
		 (unsigned long long)id);
	read_text(store, path, vm, sizeof(vm));
	if (!strncmp(vm, "/vm/", 4)) {
		snprintf(info.uuid, sizeof(info.uuid), "%.36s", vm + 4);
		read_about(store, vm, &info);
	}
	*ret_info = info;
	return 0;
}

enum vprof_active_state vprof_domain_get_active(uint64_t id)
{
	static const struct {
		const char *text;
		enum vprof_active_state state;
	} states[] = {
		{ "waiting", VPROF_ACTIVE_WAITING },
		{ "joined", VPROF_ACTIVE_JOINED },
		{ "failed", VPROF_ACTIVE_FAILED },
	};
	char path[PATH_BYTES], text[16] = "";
	struct xenstore store;

	/* As kmod/xenoprof_agreement.h has it. */
	snprintf(path, sizeof(path), "/local/domain/%llu/data/vprof/state",
		 (unsigned long long)id);
	if (!open_store(&store))
		read_text(&store, path, text, sizeof(text));
	close_store(&store);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (!strcmp(text, states[i].text))
			return states[i].state;
	return VPROF_ACTIVE_ABSENT;
}

static int hand_out(const struct xenstore *store, char **ids, unsigned int nr,
		    int (*fn)(void *data, const struct vprof_domain_info *info),
		    void *data)
{
	struct vprof_domain_info info;
	unsigned long long id;
	char *end;
	int stop = 0;

	for (unsigned int i = 0; i < nr && !stop; i++) {
		id = strtoull(ids[i], &end, 10);
		if (id && !*end && !read_domain(store, id, &info))
			stop = fn(data, &info);
	}
	return stop;
}

int vprof_domain_xen_for_each(int (*fn)(void *data,
					const struct vprof_domain_info *info),
			      void *data)
{
	struct xenstore store;
	unsigned int nr = 0;
	char **ids = NULL;
	int stop = 0;

	if (!open_store(&store))
		ids = store.directory(store.handle, XBT_NULL, "/local/domain",
				      &nr);
	if (ids)
		stop = hand_out(&store, ids, nr, fn, data);
	free(ids);
	close_store(&store);
	return stop;
}
