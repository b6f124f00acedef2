// SPDX-License-Identifier: GPL-2.0-only
/* Writes stores of known contents, for tests of what reads them. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/store.h>

#define NS_PER_S 1000000000ull

enum {
	SLICES = 4,
	/* 2026-01-02 03:04:05 UTC */
	START_S = 1767323045,
};

/* Ends the program with a sentence when a call of the library failed. */
static int64_t must(int64_t ret, const char *what)
{
	if (ret < 0)
		errx(1, "%s: %s", what, strerror((int)-ret));
	return ret;
}

/* ---- what all of them are made with ------------------------------------ */

struct maker {
	struct vprof_store *store;
	int64_t domain;
	int64_t event;
	int64_t event2;
	struct vprof_accounts accounts[2];
	uint64_t now_ns;
};

/* Symbols of 0x100 bytes, named after the image and their number. */
static int find_symbol(void *data, uint64_t offset,
		       struct vprof_symbol *ret_symbol)
{
	static char name[256];
	const char *prefix = data;

	if (offset >= 0x100000)
		return -ENOENT;
	snprintf(name, sizeof(name), "%s_%llu", prefix,
		 (unsigned long long)(offset / 0x100));
	*ret_symbol = (struct vprof_symbol){ .name = name,
					     .offset = offset & ~0xffull,
					     .size = 0x100 };
	return 0;
}

static void open_store(struct maker *maker, const char *path,
		       const struct vprof_store_options *options)
{
	struct vprof_error error = { 0 };

	if (vprof_store_create(path, options, &maker->store, &error))
		errx(1, "%s", error.text);
}

static int64_t add_domain(struct maker *maker, const char *kind,
			  uint64_t number, const char *name, const char *uuid,
			  const char *names_from)
{
	const struct vprof_store_domain domain = {
		.kind = kind,
		.number = number,
		.name = name,
		.uuid = uuid,
		.names_from = names_from,
	};

	return must(vprof_store_add_domain(maker->store, &domain), "domain");
}

static int64_t add_event(struct maker *maker, const char *name, uint64_t period,
			 bool is_frequency)
{
	struct vprof_event_spec event = { .unit = "cycles",
					  .config = 0x76,
					  .period = period,
					  .is_frequency = is_frequency };

	snprintf(event.name, sizeof(event.name), "%s", name);
	return must(vprof_store_add_event(maker->store, &event), "event");
}

static const struct vprof_store_session the_session = {
	.host = "testhost",
	.kernel = "6.1.0-53-amd64",
	.capture = "kmod",
	.source = "perf",
	.pmu = "AMD PMU",
	.nr_cpus = 2,
	.start_wall_ns = START_S * NS_PER_S,
	.start_mono_ns = 1000 * NS_PER_S,
};

static void begin_as(struct maker *maker, const char *path,
		     const struct vprof_store_session *session,
		     const char *uuid)
{
	static const struct vprof_store_options options = { .size = sizeof(
								    options) };

	memset(maker, 0, sizeof(*maker));
	open_store(maker, path, &options);
	must(vprof_store_begin_session(maker->store, session), "session");
	maker->domain = add_domain(maker, "host", 0, "host", uuid, "this host");
	maker->now_ns = session->start_mono_ns;
}

static void begin(struct maker *maker, const char *path)
{
	begin_as(maker, path, &the_session, NULL);
}

static int64_t add_image(struct maker *maker, enum vprof_image_kind kind,
			 const char *name, const char *path)
{
	static const uint8_t build_id[VPROF_BUILD_ID_MAX] = { 1, 2, 3 };
	const struct vprof_store_image image = {
		.name = name,
		.path = path,
		.kind = kind,
		.build_id = build_id,
		.build_id_size = sizeof(build_id),
	};

	return must(vprof_store_put_image(maker->store, &image), "image");
}

static int64_t add_process(struct maker *maker, int32_t pid, uint64_t start_ns,
			   const char *name, const char *path)
{
	return must(vprof_store_add_process(maker->store, maker->domain, pid,
					    start_ns, name, path),
		    "process");
}

static void name_image(struct maker *maker, int64_t image, const char *prefix)
{
	struct vprof_store_names names = {
		.image = image,
		.find = prefix ? find_symbol : NULL,
		.why = "it has no symbols: install its debug package",
	};

	names.data = (void *)(uintptr_t)prefix;
	must(vprof_store_name_image(maker->store, &names), "names");
}

static void add_row(struct maker *maker, const struct vprof_store_row *row)
{
	struct vprof_store_row whole = *row;
	struct vprof_accounts *accounts;

	whole.event = row->event ? row->event : maker->event;
	whole.domain = row->domain ? row->domain : maker->domain;
	must(vprof_store_add_row(maker->store, &whole), "row");
	accounts = &maker->accounts[whole.event != maker->event];
	accounts->taken += row->count;
	accounts->delivered += row->count;
}

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void add_rows(struct maker *maker, const struct vprof_store_row *rows,
		     size_t nr_rows)
{
	for (size_t i = 0; i < nr_rows; i++)
		add_row(maker, &rows[i]);
}

static void begin_slice(struct maker *maker)
{
	must(vprof_store_begin_slice(maker->store, maker->now_ns), "slice");
}

static void end_slice(struct maker *maker)
{
	struct vprof_error error = { 0 };
	struct vprof_store_account accounts[] = {
		{ .event = maker->event, .grown = maker->accounts[0] },
		{ .event = maker->event2, .grown = maker->accounts[1] },
	};

	maker->now_ns += NS_PER_S;
	if (vprof_store_end_slice(maker->store, maker->now_ns, accounts,
				  maker->event2 ? 2 : 1, &error))
		errx(1, "%s", error.text);
	memset(maker->accounts, 0, sizeof(maker->accounts));
}

static void end(struct maker *maker)
{
	struct vprof_error error = { 0 };

	if (vprof_store_close(maker->store, &error))
		errx(1, "%s", error.text);
}

/* ---- the kinds --------------------------------------------------------- */

/* Two processes, kernel, a module, a library with and one without names. */
static void make_small(const char *path)
{
	struct maker m;
	int64_t kernel, module, program, library, stripped, make, cc;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	kernel = add_image(&m, VPROF_IMAGE_KERNEL, "[kernel]", "");
	module = add_image(&m, VPROF_IMAGE_MODULE, "[ext4]", "");
	program = add_image(&m, VPROF_IMAGE_FILE, "cc1", "/usr/lib/cc1");
	library = add_image(&m, VPROF_IMAGE_FILE, "libc.so.6",
			    "/usr/lib/libc.so.6");
	stripped = add_image(&m, VPROF_IMAGE_FILE, "libstripped.so",
			     "/opt/libstripped.so");
	make = add_process(&m, 100, 5, "make", "/usr/bin/make");
	cc = add_process(&m, 101, 6, "cc1", "/usr/lib/cc1");
	for (int i = 0; i < SLICES; i++) {
		const struct vprof_store_row rows[] = {
			{ .process = cc,
			  .image = program,
			  .offset = 0x110,
			  .count = 400,
			  .context = 2 },
			{ .process = cc,
			  .image = program,
			  .offset = 0x120,
			  .count = 100,
			  .context = 2 },
			{ .process = cc,
			  .image = library,
			  .offset = 0x200,
			  .count = 150,
			  .context = 2 },
			{ .process = cc,
			  .image = kernel,
			  .offset = 0x300,
			  .count = 100,
			  .context = 1 },
			{ .process = make,
			  .image = kernel,
			  .offset = 0x300,
			  .count = 50,
			  .context = 1 },
			{ .process = make,
			  .image = module,
			  .offset = 0x400,
			  .count = 100,
			  .context = 1 },
			{ .process = make,
			  .image = stripped,
			  .offset = 0x500,
			  .count = 80,
			  .context = 2 },
			{ .process = make,
			  .image = 0,
			  .offset = 0x7f0000001000,
			  .count = 17,
			  .context = 2 },
			{ .process = make,
			  .image = library,
			  .offset = 0x600,
			  .count = 3,
			  .context = 2 },
		};

		begin_slice(&m);
		add_rows(&m, rows, ROWS(rows));
		end_slice(&m);
	}
	name_image(&m, kernel, "kernel_function");
	name_image(&m, module, "ext4_function");
	name_image(&m, program, "compile");
	name_image(&m, library, "libc_function");
	name_image(&m, stripped, NULL);
	end(&m);
}

/*
 * The same as small, later: sampled twice as often, some of it lost; functions that
 * grew, shrank, came and went, and a library of which other places were hit.
 */
static void make_grown(const char *path)
{
	struct maker m;
	int64_t kernel, module, program, library, stripped, cc;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 500000, false);
	/* In another order: ids are a store's own. */
	stripped = add_image(&m, VPROF_IMAGE_FILE, "libstripped.so",
			     "/opt/libstripped.so");
	library = add_image(&m, VPROF_IMAGE_FILE, "libc.so.6",
			    "/usr/lib/libc.so.6");
	program = add_image(&m, VPROF_IMAGE_FILE, "cc1", "/usr/lib/cc1");
	module = add_image(&m, VPROF_IMAGE_MODULE, "[ext4]", "");
	kernel = add_image(&m, VPROF_IMAGE_KERNEL, "[kernel]", "");
	cc = add_process(&m, 201, 6, "cc1", "/usr/lib/cc1");
	for (int i = 0; i < SLICES; i++) {
		const struct vprof_store_row rows[] = {
			{ .process = cc,
			  .image = program,
			  .offset = 0x130,
			  .count = 600,
			  .context = 2 },
			{ .process = cc,
			  .image = library,
			  .offset = 0x200,
			  .count = 300,
			  .context = 2 },
			{ .process = cc,
			  .image = library,
			  .offset = 0x900,
			  .count = 40,
			  .context = 2 },
			{ .process = cc,
			  .image = kernel,
			  .offset = 0x300,
			  .count = 310,
			  .context = 1 },
			{ .process = cc,
			  .image = module,
			  .offset = 0x400,
			  .count = 590,
			  .context = 1 },
			{ .process = cc,
			  .image = stripped,
			  .offset = 0x504,
			  .count = 100,
			  .context = 2 },
			{ .process = cc,
			  .image = stripped,
			  .offset = 0x508,
			  .count = 60,
			  .context = 2 },
		};

		begin_slice(&m);
		add_rows(&m, rows, ROWS(rows));
		m.accounts[0].taken += 20;
		m.accounts[0].lost[VPROF_LOSS_FULL] += 20;
		end_slice(&m);
	}
	name_image(&m, kernel, "kernel_function");
	name_image(&m, module, "ext4_function");
	name_image(&m, program, "compile");
	name_image(&m, library, "libc_function");
	name_image(&m, stripped, NULL);
	end(&m);
}

/* A session that delivered nothing. */
static void make_empty(const char *path)
{
	struct maker m;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	begin_slice(&m);
	end_slice(&m);
	end(&m);
}

/* A session whose reader was too slow for all of it. */
static void make_lost(const char *path)
{
	struct maker m;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	begin_slice(&m);
	m.accounts[0].taken = 123;
	m.accounts[0].lost[VPROF_LOSS_FULL] = 123;
	end_slice(&m);
	end(&m);
}

/* Two events of different shape, one of them weighted, and losses. */
static void make_events(const char *path)
{
	struct maker m;
	int64_t program, process;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 4000, true);
	m.event2 = add_event(&m, "DTLB_MISS:ALL", 500, false);
	program = add_image(&m, VPROF_IMAGE_FILE, "walk", "/usr/bin/walk");
	process = add_process(&m, 7, 1, "walk", "/usr/bin/walk");
	for (int i = 0; i < SLICES; i++) {
		const struct vprof_store_row rows[] = {
			{ .process = process,
			  .image = program,
			  .offset = 0x100,
			  .count = 10,
			  .weight = 9000,
			  .context = 2 },
			{ .process = process,
			  .image = program,
			  .offset = 0x200,
			  .count = 90,
			  .weight = 1000,
			  .context = 2 },
			{ .process = process,
			  .image = program,
			  .offset = 0x200,
			  .count = 30,
			  .context = 2,
			  .event = m.event2 },
			{ .process = process,
			  .image = program,
			  .offset = 0x300,
			  .count = 10,
			  .context = 2,
			  .event = m.event2 },
		};

		begin_slice(&m);
		add_rows(&m, rows, ROWS(rows));
		m.accounts[0].taken += 5;
		m.accounts[0].lost[VPROF_LOSS_FULL] += 4;
		m.accounts[0].lost[VPROF_LOSS_NESTED] += 1;
		end_slice(&m);
	}
	name_image(&m, program, "walk");
	end(&m);
}

/* Call chains: main -> parse -> lex, main -> run -> lex, and a kernel part. */
static void make_chains(const char *path)
{
	struct maker m;
	int64_t program, kernel, process, chains[3];

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	program = add_image(&m, VPROF_IMAGE_FILE, "calc", "/usr/bin/calc");
	kernel = add_image(&m, VPROF_IMAGE_KERNEL, "[kernel]", "");
	process = add_process(&m, 9, 1, "calc", "/usr/bin/calc");
	begin_slice(&m);
	{
		const struct vprof_store_frame frames[][3] = {
			{ { program, 0x210, 2 }, { program, 0x110, 2 } },
			{ { program, 0x310, 2 }, { program, 0x120, 2 } },
			{ { kernel, 0x710, 1 },
			  { program, 0x310, 2 },
			  { program, 0x120, 2 } },
		};
		const size_t depths[] = { 2, 2, 3 };

		for (int i = 0; i < 3; i++)
			chains[i] = must(vprof_store_add_chain(
						 m.store, frames[i], depths[i]),
					 "chain");
	}
	add_row(&m, &(struct vprof_store_row){ .process = process,
					       .image = program,
					       .offset = 0x400,
					       .count = 300,
					       .context = 2,
					       .chain = chains[0] });
	add_row(&m, &(struct vprof_store_row){ .process = process,
					       .image = program,
					       .offset = 0x404,
					       .count = 500,
					       .context = 2,
					       .chain = chains[1] });
	add_row(&m, &(struct vprof_store_row){ .process = process,
					       .image = kernel,
					       .offset = 0x800,
					       .count = 200,
					       .context = 1,
					       .chain = chains[2] });
	end_slice(&m);
	name_image(&m, program, "calc");
	name_image(&m, kernel, "kernel_function");
	end(&m);
}

/* Names as a hostile process would choose them. */
static void make_hostile(const char *path)
{
	static const char evil[] = "=cmd|' /C calc'!A0\"\033[2J\n\xff,<b>";
	struct maker m;
	int64_t image, process;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	image = add_image(&m, VPROF_IMAGE_FILE, evil, evil);
	process = add_process(&m, 9, 1, evil, evil);
	begin_slice(&m);
	add_row(&m, &(struct vprof_store_row){ .process = process,
					       .image = image,
					       .offset = 0x400,
					       .count = 300,
					       .context = 2 });
	end_slice(&m);
	name_image(&m, image, evil);
	end(&m);
}

#define UUID_1 "11111111-0c83-4b60-b6a5-0de68c0b5f3a"
#define UUID_2 "22222222-0c83-4b60-b6a5-0de68c0b5f3a"
#define UUID_3 "33333333-0c83-4b60-b6a5-0de68c0b5f3a"

/* Host and two guests, with hypervisor time. */
static void make_guests(const char *path)
{
	struct maker m;
	int64_t xen, kernel, g1, g2;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	g1 = add_domain(&m, "xen", 1, "g1", UUID_1,
			"guest memory, 6.1.0-53-amd64");
	g2 = add_domain(&m, "xen", 2, "g2", UUID_2, "");
	xen = add_image(&m, VPROF_IMAGE_HYPERVISOR, "xen", "");
	kernel = add_image(&m, VPROF_IMAGE_KERNEL, "[kernel]", "");
	for (int i = 0; i < SLICES; i++) {
		const struct vprof_store_row rows[] = {
			{ .image = xen, .offset = 0x100, .count = 126 },
			{ .image = kernel,
			  .offset = 0x200,
			  .count = 261,
			  .context = 1 },
			{ .domain = g1,
			  .image = xen,
			  .offset = 0x100,
			  .count = 200 },
			{ .domain = g1,
			  .image = kernel,
			  .offset = 0x300,
			  .count = 400,
			  .context = 1 },
			{ .domain = g2,
			  .image = 0,
			  .offset = 0xffffffff81000000,
			  .count = 13,
			  .context = 1 },
		};

		begin_slice(&m);
		add_rows(&m, rows, ROWS(rows));
		end_slice(&m);
	}
	name_image(&m, xen, "xen");
	name_image(&m, kernel, "kernel_function");
	end(&m);
}

/*
 * The guests, later: g1 has another name and number, g2 was made anew and has g1's
 * number, and there is a third.
 */
static void make_regrouped(const char *path)
{
	struct maker m;
	int64_t xen, kernel, web, g2, g3;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	g3 = add_domain(&m, "xen", 3, "g3", NULL, "");
	g2 = add_domain(&m, "xen", 1, "g2", UUID_3, "");
	web = add_domain(&m, "xen", 9, "web", UUID_1,
			 "guest memory, 6.1.0-53-amd64");
	xen = add_image(&m, VPROF_IMAGE_HYPERVISOR, "xen", "");
	kernel = add_image(&m, VPROF_IMAGE_KERNEL, "[kernel]", "");
	for (int i = 0; i < SLICES; i++) {
		const struct vprof_store_row rows[] = {
			{ .image = xen, .offset = 0x100, .count = 130 },
			{ .image = kernel,
			  .offset = 0x200,
			  .count = 270,
			  .context = 1 },
			{ .domain = web,
			  .image = xen,
			  .offset = 0x100,
			  .count = 60 },
			{ .domain = web,
			  .image = kernel,
			  .offset = 0x300,
			  .count = 340,
			  .context = 1 },
			{ .domain = web,
			  .image = kernel,
			  .offset = 0x400,
			  .count = 100,
			  .context = 1 },
			{ .domain = g2,
			  .image = 0,
			  .offset = 0xffffffff82000000,
			  .count = 20,
			  .context = 1 },
			{ .domain = g3,
			  .image = kernel,
			  .offset = 0x500,
			  .count = 80,
			  .context = 1 },
		};

		begin_slice(&m);
		add_rows(&m, rows, ROWS(rows));
		end_slice(&m);
	}
	name_image(&m, xen, "xen");
	name_image(&m, kernel, "kernel_function");
	end(&m);
}

/* One guest, and nothing of the host. */
static void make_alone(const char *path)
{
	struct maker m;
	int64_t kernel;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	m.domain = add_domain(&m, "kvm", 1, "g1", NULL, "");
	kernel = add_image(&m, VPROF_IMAGE_KERNEL, "[kernel]", "");
	begin_slice(&m);
	add_row(&m, &(struct vprof_store_row){ .image = kernel,
					       .offset = 0x100,
					       .count = 7,
					       .context = 1 });
	end_slice(&m);
	name_image(&m, kernel, "kernel_function");
	end(&m);
}

/* Time by a clock; one event of which there is nothing; one that shifts half-way. */
static void make_clock(const char *path)
{
	struct maker m;
	int64_t program, process;

	begin(&m, path);
	m.event = add_event(&m, "cpu-clock", 1000, true);
	m.event2 = add_event(&m, "DTLB_MISS:ALL", 500, false);
	program = add_image(&m, VPROF_IMAGE_FILE, "walk", "/usr/bin/walk");
	process = add_process(&m, 7, 1, "walk", "/usr/bin/walk");
	for (int i = 0; i < SLICES; i++) {
		begin_slice(&m);
		add_row(&m, &(struct vprof_store_row){ .process = process,
						       .image = program,
						       .offset = 0x100,
						       .count = 400,
						       .context = 2 });
		add_row(&m, &(struct vprof_store_row){
				    .process = process,
				    .image = program,
				    .offset = 0x200,
				    .count = i < SLICES / 2 ? 100 : 200,
				    .context = 2 });
		end_slice(&m);
	}
	name_image(&m, program, "walk");
	end(&m);
}

/* ---- large ones, to measure -------------------------------------------- */

/* A generator with no state but this, so that every run is the same. */
static uint32_t roll(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* 10,000 samples/s in 300 places, 130 s. */
static void make_flat(const char *path)
{
	struct maker m;
	int64_t image, process;
	uint32_t state = 1;

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 100000, false);
	image = add_image(&m, VPROF_IMAGE_FILE, "loop", "/usr/bin/loop");
	process = add_process(&m, 7, 1, "loop", "/usr/bin/loop");
	for (int slice = 0; slice < 130; slice++) {
		begin_slice(&m);
		for (int place = 0; place < 300; place++)
			add_row(&m, &(struct vprof_store_row){
					    .process = process,
					    .image = image,
					    .offset = 0x1000 + 4 * place,
					    .count = 30 + roll(&state) % 8,
					    .context = 2 });
		end_slice(&m);
	}
	name_image(&m, image, "loop");
	end(&m);
}

/*
 * As a kernel build: 100 slices of 5,400 samples, 80 processes a slice that end
 * within it, about 490 distinct (process, place) pairs a slice, of 30,000 places.
 */
static void make_mixed(const char *path)
{
	struct maker m;
	int64_t images[30], processes[80];
	uint32_t state = 1;
	char name[64];

	begin(&m, path);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 100000, false);
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "/usr/lib/image_%d", i);
		images[i] = add_image(&m, VPROF_IMAGE_FILE, name + 9, name);
	}
	for (int slice = 0; slice < 100; slice++) {
		begin_slice(&m);
		for (int i = 0; i < 80; i++)
			processes[i] = add_process(
				&m, slice * 80 + i, m.now_ns + i, "cc1",
				"/usr/lib/gcc/x86_64-linux-gnu/12/cc1");
		for (int pair = 0; pair < 490; pair++)
			add_row(&m,
				&(struct vprof_store_row){
					.process = processes[roll(&state) % 80],
					.image = images[roll(&state) % 30],
					.offset = roll(&state) % 1000 * 64,
					.count = 1 + roll(&state) % 21,
					.context = 2 });
		end_slice(&m);
	}
	for (int i = 0; i < 30; i++)
		name_image(&m, images[i], "function");
	end(&m);
}

/* dom0's part of a session in which g1 samples itself. */
static void make_leader(const char *path)
{
	struct vprof_store_session session = the_session;
	int64_t xen, g2;
	struct maker m;

	session.hypervisor = "Xen 4.17";
	session.source = "xenoprof";
	begin_as(&m, path, &session, NULL);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	add_domain(&m, "xen", 1, "g1", UUID_1,
		   "itself: its own profile has its samples");
	g2 = add_domain(&m, "xen", 2, "g2", UUID_2, "");
	xen = add_image(&m, VPROF_IMAGE_HYPERVISOR, "xen", "");
	for (int i = 0; i < SLICES; i++) {
		begin_slice(&m);
		add_row(&m, &(struct vprof_store_row){ .image = xen,
						       .offset = 0x100,
						       .count = 50 });
		add_row(&m, &(struct vprof_store_row){ .domain = g2,
						       .image = xen,
						       .offset = 0x200,
						       .count = 25 });
		end_slice(&m);
	}
	name_image(&m, xen, "xen");
	end(&m);
}

static void make_member_of(const char *path, const char *uuid, uint64_t late_s)
{
	struct vprof_store_session session = the_session;
	int64_t xen, kernel, program, process;
	struct maker m;

	session.host = "guest1";
	session.source = "xenoprof-active";
	session.start_wall_ns += late_s * NS_PER_S;
	begin_as(&m, path, &session, uuid);
	m.event = add_event(&m, "CPU_CLK_UNHALTED", 1000000, false);
	xen = add_image(&m, VPROF_IMAGE_HYPERVISOR, "xen", "");
	kernel = add_image(&m, VPROF_IMAGE_KERNEL, "[kernel]", "");
	program = add_image(&m, VPROF_IMAGE_FILE, "burn", "/usr/bin/burn");
	process = add_process(&m, 77, 5, "burn", "/usr/bin/burn");
	for (int i = 0; i < SLICES; i++) {
		begin_slice(&m);
		add_row(&m, &(struct vprof_store_row){ .process = process,
						       .image = program,
						       .offset = 0x100,
						       .count = 70,
						       .context = 2 });
		add_row(&m, &(struct vprof_store_row){ .image = kernel,
						       .offset = 0x200,
						       .count = 5,
						       .context = 1 });
		/* Of the leader's functions one is there too, one is not. */
		add_row(&m, &(struct vprof_store_row){ .image = xen,
						       .offset = 0x240,
						       .count = 4 });
		add_row(&m, &(struct vprof_store_row){ .image = xen,
						       .offset = 0x540,
						       .count = 1 });
		end_slice(&m);
	}
	name_image(&m, xen, NULL);
	name_image(&m, kernel, "kernel_function");
	name_image(&m, program, "burn");
	end(&m);
}

/* g1's part of it; the same of another day, and of a guest of another host. */
static void make_member(const char *path)
{
	make_member_of(path, UUID_1, 1);
}

static void make_member_late(const char *path)
{
	make_member_of(path, UUID_1, 86400);
}

static void make_member_other(const char *path)
{
	make_member_of(path, UUID_3, 0);
}

static const struct {
	const char *name;
	void (*make)(const char *path);
} kinds[] = {
	{ "lost", make_lost },
	{ "small", make_small },
	{ "empty", make_empty },
	{ "events", make_events },
	{ "chains", make_chains },
	{ "guests", make_guests },
	{ "hostile", make_hostile },
	{ "flat", make_flat },
	{ "mixed", make_mixed },
	{ "grown", make_grown },
	{ "alone", make_alone },
	{ "regrouped", make_regrouped },
	{ "clock", make_clock },
	{ "leader", make_leader },
	{ "member", make_member },
	{ "member-late", make_member_late },
	{ "member-other", make_member_other },
};

int main(int argc, char **argv)
{
	if (argc != 3)
		errx(2, "usage: make_store KIND FILE");
	for (size_t i = 0; i < ROWS(kinds); i++) {
		if (strcmp(kinds[i].name, argv[1]))
			continue;
		kinds[i].make(argv[2]);
		return 0;
	}
	errx(2, "no kind \"%s\"", argv[1]);
}
