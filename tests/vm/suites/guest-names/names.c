// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of a guest's kernel, printed like /proc/kallsyms.
 *
 *   names (ram FILE | pid PID | kvm PID | xen DOMAIN | none) [map FILE]
 *
 * pid is the VMM's mapping, kvm what the module says of the same machine.
 *
 * Modules go to standard error: "module NAME START SIZE", then what is known of
 * the kernel, and what it took. TIMEOUT_MS is another limit than the usual one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <vprof/guest.h>

static double read_clock(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu_of(int who, long *ret_kilobytes)
{
	struct rusage usage;

	getrusage(who, &usage);
	*ret_kilobytes = usage.ru_maxrss;
	return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Of this process and its child. Printing is not part of it. */
static void print_cost(double began)
{
	long ours;
	long child;
	double cpu = cpu_of(RUSAGE_SELF, &ours);

	cpu += cpu_of(RUSAGE_CHILDREN, &child);
	fprintf(stderr, "took %.0f ms, %.0f of the CPU, %ld and %ld KiB\n",
		(read_clock(CLOCK_MONOTONIC) - began) * 1e3, cpu * 1e3, ours,
		child);
}

static void print_symbol(void *data, const struct vprof_guest_symbol *symbol)
{
	(void)data;
	printf("%016lx %c %s", symbol->address, symbol->type, symbol->name);
	if (symbol->module[0])
		printf("\t[%s]", symbol->module);
	putchar('\n');
}

static void print_module(void *data, const char *image, uint64_t start,
			 uint64_t size)
{
	(void)data;
	fprintf(stderr, "module %.*s 0x%016lx %lu\n", (int)strlen(image) - 2,
		image + 1, start, size);
}

static int fail(const struct vprof_error *err)
{
	fprintf(stderr, "names: %s\n", err->text);
	return 1;
}

static int open_memory(char **argv, struct vprof_guest_memory **ret_memory,
		       struct vprof_error *err)
{
	if (!strcmp(argv[0], "ram"))
		return vprof_guest_memory_open_file(argv[1], ret_memory, err);
	if (!strcmp(argv[0], "pid"))
		return vprof_guest_memory_open_process(atoi(argv[1]),
						       ret_memory, err);
	if (!strcmp(argv[0], "kvm"))
		return vprof_guest_memory_open_kvm(atoi(argv[1]), ret_memory,
						   err);
	if (!strcmp(argv[0], "xen"))
		return vprof_guest_memory_open_xen(atoi(argv[1]), ret_memory,
						   err);
	return 0;
}

int main(int argc, char **argv)
{
	struct vprof_guest_options options = {
		.size = sizeof(options),
		.each_symbol = print_symbol,
	};
	struct vprof_guest_memory *memory = NULL;
	const struct vprof_guest_info *info;
	struct vprof_guest_kernel *kernel;
	struct vprof_error err = { 0 };
	double began;
	int ret;

	if (argc < 3)
		return 2;
	if (open_memory(argv + 1, &memory, &err))
		return fail(&err);
	if (argc > 4 && !strcmp(argv[3], "map"))
		options.map = argv[4];
	if (getenv("TIMEOUT_MS"))
		options.timeout_ms = atoi(getenv("TIMEOUT_MS"));
	if (getenv("QUIET"))
		options.each_symbol = NULL;
	began = read_clock(CLOCK_MONOTONIC);
	ret = vprof_guest_kernel_read(memory, &options, &kernel, &err);
	print_cost(began);
	if (ret)
		return fail(&err);
	vprof_guest_kernel_for_each_module(kernel, print_module, NULL);
	info = vprof_guest_kernel_get_info(kernel);
	fprintf(stderr, "release %s\nfrom %s\nmodules %zu %s\nsymbols %zu\n",
		info->release, info->names_from, info->nr_modules,
		info->no_modules, info->nr_symbols);
	vprof_guest_kernel_free(kernel);
	vprof_guest_memory_close(memory);
	return 0;
}
