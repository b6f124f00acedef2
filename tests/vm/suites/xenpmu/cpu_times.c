// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPU time that each domain has had, as Xen counts it: NAME and seconds, a line
 * each. xl list says tenths of a second, which is too coarse here.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum { XEN_MINOR_OLDEST = 17, XEN_MINOR_NEWEST = 30 };

struct xenstat_handle;
struct xenstat_node;
struct xenstat_domain;

static struct {
	struct xenstat_handle *(*init)(void);
	struct xenstat_node *(*get_node)(struct xenstat_handle *handle,
					 unsigned int flags);
	unsigned int (*num_domains)(struct xenstat_node *node);
	struct xenstat_domain *(*domain)(struct xenstat_node *node,
					 unsigned int index);
	const char *(*name)(struct xenstat_domain *domain);
	unsigned long long (*cpu_ns)(struct xenstat_domain *domain);
} xenstat;

/* dlsym() gives data pointers; POSIX says that they hold functions too. */
static int find(void *library, const char *name, void *ret_function)
{
	void *symbol = dlsym(library, name);

	memcpy(ret_function, &symbol, sizeof(symbol));
	return symbol ? 0 : -1;
}

static int open_library(void)
{
	void *library = NULL;
	char name[32];
	int minor;

	for (minor = XEN_MINOR_NEWEST; minor >= XEN_MINOR_OLDEST; minor--) {
		snprintf(name, sizeof(name), "libxenstat.so.4.%d", minor);
		library = dlopen(name, RTLD_NOW);
		if (library)
			break;
	}
	return !library || find(library, "xenstat_init", &xenstat.init) ||
	       find(library, "xenstat_get_node", &xenstat.get_node) ||
	       find(library, "xenstat_node_num_domains",
		    &xenstat.num_domains) ||
	       find(library, "xenstat_node_domain_by_index", &xenstat.domain) ||
	       find(library, "xenstat_domain_name", &xenstat.name) ||
	       find(library, "xenstat_domain_cpu_ns", &xenstat.cpu_ns);
}

int main(void)
{
	struct xenstat_handle *handle;
	struct xenstat_domain *domain;
	struct xenstat_node *node;
	unsigned int i;

	if (open_library()) {
		fprintf(stderr, "no libxenstat here\n");
		return 1;
	}
	handle = xenstat.init();
	node = handle ? xenstat.get_node(handle, 0) : NULL;
	if (!node) {
		perror("libxenstat");
		return 1;
	}
	for (i = 0; i < xenstat.num_domains(node); i++) {
		domain = xenstat.domain(node, i);
		printf("%s %.6f\n", xenstat.name(domain),
		       (double)xenstat.cpu_ns(domain) / 1e9);
	}
	return 0;
}
