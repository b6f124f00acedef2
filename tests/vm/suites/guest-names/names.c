// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of a guest's kernel, printed like /proc/kallsyms.
 *
 *   names (ram FILE | pid PID | none) [map FILE]
 *
 * Modules go to standard error: "module NAME START", then what is known of the
 * kernel, and how long it took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <vprof/guest.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
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
	double start;

	if (argc < 3)
		return 2;
	if (open_memory(argv + 1, &memory, &err))
		return fail(&err);
	if (argc > 4 && !strcmp(argv[3], "map"))
		options.map = argv[4];
	if (getenv("TIMEOUT_MS"))
		options.timeout_ms = atoi(getenv("TIMEOUT_MS"));
	start = now();
	if (vprof_guest_kernel_read(memory, &options, &kernel, &err)) {
		fprintf(stderr, "took %.0f ms\n", (now() - start) * 1e3);
		return fail(&err);
	}
	fprintf(stderr, "took %.0f ms\n", (now() - start) * 1e3);
	vprof_guest_kernel_for_each_module(kernel, print_module, NULL);
	info = vprof_guest_kernel_get_info(kernel);
	fprintf(stderr, "release %s\nfrom %s\nmodules %zu %s\nsymbols %zu\n",
		info->release, info->names_from, info->nr_modules,
		info->no_modules, info->nr_symbols);
	vprof_guest_kernel_free(kernel);
	vprof_guest_memory_close(memory);
	return 0;
}
