// SPDX-License-Identifier: GPL-2.0-only
/* Names: which symbol covers an offset, in tables, ELF files and perf maps. */
#include "image/symbols.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/build_id.h"
#include "image/demangle.h"
#include "image/elf_file.h"
#include "image/elf_symbols.h"
#include "image/image.h"
#include "image/image_file.h"
#include "image/kallsyms.h"
#include "image/perf_map.h"
#include "base/text_arena.h"
#include "run_suite.h"

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

enum { MAX_SYMBOLS = 5, MAX_PROBES = 8 };

/* ---- tables ---------------------------------------------------------------- */

static const struct {
	const char *about;
	struct vprof_new_symbol symbols[MAX_SYMBOLS];
	struct {
		uint64_t offset;
		const char *name; /* NULL: no symbol */
	} probes[MAX_PROBES];
} rows[] = {
	{ "a gap between two",
	  { { "a", 10, 10, 100, VPROF_SYMBOL_LOCAL },
	    { "b", 30, 10, 100, VPROF_SYMBOL_LOCAL } },
	  { { 9, NULL },
	    { 10, "a" },
	    { 19, "a" },
	    { 20, NULL },
	    { 30, "b" },
	    { 39, "b" },
	    { 40, NULL } } },
	{ "one within another",
	  { { "outer", 10, 50, 100, VPROF_SYMBOL_LOCAL },
	    { "inner", 20, 10, 100, VPROF_SYMBOL_LOCAL } },
	  { { 19, "outer" },
	    { 20, "inner" },
	    { 29, "inner" },
	    { 30, "outer" },
	    { 59, "outer" },
	    { 60, NULL } } },
	{ "one that begins in another and ends after it",
	  { { "first", 10, 20, 100, VPROF_SYMBOL_LOCAL },
	    { "second", 20, 20, 100, VPROF_SYMBOL_LOCAL } },
	  { { 19, "first" },
	    { 20, "second" },
	    { 39, "second" },
	    { 40, NULL } } },
	{ "without a size: up to the next",
	  { { "a", 10, 0, 100, VPROF_SYMBOL_LOCAL },
	    { "b", 30, 0, 50, VPROF_SYMBOL_LOCAL } },
	  { { 29, "a" }, { 30, "b" }, { 49, "b" }, { 50, NULL } } },
	{ "a label in a function does not cut it",
	  { { "function", 10, 50, 100, VPROF_SYMBOL_LOCAL },
	    { "label", 20, 0, 100, VPROF_SYMBOL_GLOBAL } },
	  { { 20, "function" }, { 59, "function" }, { 60, NULL } } },
	{ "global before weak before local",
	  { { "weak", 10, 10, 100, VPROF_SYMBOL_WEAK },
	    { "local", 10, 10, 100, VPROF_SYMBOL_LOCAL },
	    { "global", 10, 10, 100, VPROF_SYMBOL_GLOBAL } },
	  { { 10, "global" } } },
	{ "the one that says its size",
	  { { "label", 10, 0, 100, VPROF_SYMBOL_GLOBAL },
	    { "function", 10, 10, 100, VPROF_SYMBOL_LOCAL } },
	  { { 10, "function" }, { 20, NULL } } },
	{ "the longer of two aliases",
	  { { "short", 10, 5, 100, VPROF_SYMBOL_GLOBAL },
	    { "long", 10, 9, 100, VPROF_SYMBOL_GLOBAL } },
	  { { 10, "long" }, { 18, "long" } } },
	{ "the one with fewer underscores",
	  { { "__memcpy", 10, 5, 100, VPROF_SYMBOL_GLOBAL },
	    { "memcpy", 10, 5, 100, VPROF_SYMBOL_GLOBAL },
	    { "_memcpy", 10, 5, 100, VPROF_SYMBOL_GLOBAL } },
	  { { 10, "memcpy" } } },
	{ "no size beyond the section's end",
	  { { "a", 10, UINT64_MAX, 20, VPROF_SYMBOL_LOCAL } },
	  { { 19, "a" }, { 20, NULL }, { UINT64_MAX, NULL } } },
	{ "the last addresses there are",
	  { { "a", UINT64_MAX - 9, 100, UINT64_MAX, VPROF_SYMBOL_LOCAL } },
	  { { UINT64_MAX - 10, NULL },
	    { UINT64_MAX - 9, "a" },
	    { UINT64_MAX - 1, "a" } } },
};

static void check_name(const struct vprof_symbols *symbols, uint64_t offset,
		       const char *name, const char *about)
{
	struct vprof_symbol symbol;
	int ret = vprof_symbols_find(symbols, offset, &symbol);

	if (!name) {
		ck_assert_msg(ret == -ENOENT, "%s: %#llx has a name", about,
			      (unsigned long long)offset);
		return;
	}
	ck_assert_msg(!ret, "%s: %#llx has no name", about,
		      (unsigned long long)offset);
	ck_assert_str_eq(symbol.name, name);
	ck_assert_uint_ge(offset, symbol.offset);
	ck_assert_uint_lt(offset - symbol.offset, symbol.size);
}

START_TEST(an_offset_has_the_name_that_covers_it)
{
	struct vprof_symbols *symbols;
	int i;

	ck_assert_int_eq(vprof_symbols_new(false, &symbols), 0);
	/* backwards: the order of adding must not matter */
	for (i = MAX_SYMBOLS - 1; i >= 0; i--) {
		if (rows[_i].symbols[i].name)
			ck_assert_int_eq(vprof_symbols_add(
						 symbols, &rows[_i].symbols[i]),
					 0);
	}
	ck_assert_int_eq(vprof_symbols_finish(symbols), 0);
	for (i = 0; i < MAX_PROBES && rows[_i].probes[i].offset; i++)
		check_name(symbols, rows[_i].probes[i].offset,
			   rows[_i].probes[i].name, rows[_i].about);
	vprof_symbols_free(symbols);
}
END_TEST

/* Against a search through all of them, innermost (latest start) first. */
START_TEST(many_nested_symbols_are_found_as_a_slow_search_finds_them)
{
	enum { NR_SYMBOLS = 300, SPACE = 1000 };
	static struct {
		uint64_t start, end;
	} all[NR_SYMBOLS];
	struct vprof_symbols *symbols;
	uint64_t offset;
	unsigned int seed = 42;
	int i;

	ck_assert_int_eq(vprof_symbols_new(false, &symbols), 0);
	for (i = 0; i < NR_SYMBOLS; i++) {
		/* no two begin alike; each ends within what it begins in */
		all[i].start = i * 3 + 1;
		all[i].end = all[i].start + 1 + rand_r(&seed) % 90;
	}
	for (i = 0; i < NR_SYMBOLS; i++) {
		struct vprof_new_symbol symbol = {
			.name = "s",
			.offset = all[i].start,
			.size = all[i].end - all[i].start,
			.limit = 2 * SPACE,
		};

		ck_assert_int_eq(vprof_symbols_add(symbols, &symbol), 0);
	}
	ck_assert_int_eq(vprof_symbols_finish(symbols), 0);
	for (offset = 0; offset < SPACE; offset++) {
		struct vprof_symbol found;
		bool is_covered = false;

		for (i = 0; i < NR_SYMBOLS; i++)
			is_covered |= offset >= all[i].start &&
				      offset < all[i].end;
		ck_assert_int_eq(!vprof_symbols_find(symbols, offset, &found),
				 is_covered);
		if (is_covered)
			ck_assert(offset >= found.offset &&
				  offset - found.offset < found.size);
	}
	vprof_symbols_free(symbols);
}
END_TEST

START_TEST(a_table_of_nothing_says_so)
{
	static const struct vprof_new_symbol nothing[] = {
		{ "", 10, 10, 100, VPROF_SYMBOL_GLOBAL },
		{ "a", 100, 10, 100, VPROF_SYMBOL_GLOBAL },
	};
	struct vprof_symbols *symbols;
	int i;

	ck_assert_int_eq(vprof_symbols_new(false, &symbols), 0);
	for (i = 0; i < NR(nothing); i++)
		ck_assert_int_eq(vprof_symbols_add(symbols, &nothing[i]), 0);
	ck_assert_int_eq(vprof_symbols_finish(symbols), -ENOENT);
	vprof_symbols_free(symbols);
	vprof_symbols_free(NULL);
}
END_TEST

START_TEST(texts_stay_where_they_are)
{
	static char text[60000];
	struct vprof_text_arena *arena;
	const char *first;
	uint32_t at;
	int i;

	memset(text, 'x', sizeof(text));
	ck_assert_int_eq(vprof_text_arena_new(&arena), 0);
	ck_assert_int_eq(vprof_text_arena_add(arena, "first", 5, &at), 0);
	ck_assert_uint_ne(at, 0);
	first = vprof_text_arena_get(arena, at);
	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(
			vprof_text_arena_add(arena, text, 59000 + i, &at), 0);
		ck_assert_uint_eq(strlen(vprof_text_arena_get(arena, at)),
				  59000 + i);
	}
	ck_assert_str_eq(first, "first");
	ck_assert_int_eq(vprof_text_arena_add(arena, text, 65536, &at), -E2BIG);
	vprof_text_arena_free(arena);
}
END_TEST

/* ---- mangled names ----------------------------------------------------------- */

static const struct {
	const char *name;
	const char *readable; /* NULL: stays as it is */
} mangled[] = {
	{ "_ZN3foo3barEv", "foo::bar" },
	{ "_ZN3foo3barEv@plt", "foo::bar@plt" },
	{ "_ZNSt6vectorIiSaIiEE9push_backEOi",
	  "std::vector<int, std::allocator<int> >::push_back" },
	{ "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE",
	  "core::fmt::Formatter::pad" },
	{ "_RNvC6_123foo3bar", "123foo::bar" },
	{ "_D3foo3barFZv", "foo.bar()" },
	{ "main", NULL },
	{ "_start", NULL },
	{ "_Zzz", NULL },
	{ "", NULL },
};

START_TEST(mangled_names_are_made_readable)
{
	char *readable = vprof_demangle(mangled[_i].name);

	if (mangled[_i].readable)
		ck_assert_str_eq(readable, mangled[_i].readable);
	else
		ck_assert_ptr_null(readable);
	free(readable);
}
END_TEST

/* Each template argument is a pair of the one before: 2^60 ints in 200 bytes. */
START_TEST(a_name_that_grows_without_bound_stays_as_it_is)
{
	char name[512] = "_Z1fISt4pairIiiES_IS0_S0_E";
	int i;

	for (i = 1; i < 30; i++) {
		static const char digits[] =
			"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
		char part[16];

		snprintf(part, sizeof(part), "S_IS%c_S%c_E", digits[i],
			 digits[i]);
		strcat(name, part);
	}
	strcat(name, "EvT_");
	ck_assert_ptr_null(vprof_demangle(name));
}
END_TEST

START_TEST(a_name_that_is_too_long_stays_as_it_is)
{
	static char name[VPROF_MANGLED_MAX + 16] = "_Z4095";

	memset(name + 6, 'x', sizeof(name) - 7);
	ck_assert_ptr_null(vprof_demangle(name));
}
END_TEST

/* ---- ELF ------------------------------------------------------------------------ */

#define ELF_FILES "tests/fuzz/seeds/elf/"

static const struct {
	const char *file;
	const char *name;
} elf_rows[] = {
	{ "full64", "main" },         { "full64", "helper" },
	{ "full64", "weak_one" },     { "full64", "global_one" },
	{ "full64", "puts@plt" },     { "full32", "main" },
	{ "full32", "helper" },       { "full32", "puts@plt" },
	{ "stripped64", "puts@plt" },
};

static struct vprof_symbols *load_elf(const char *file)
{
	struct vprof_symbols *symbols;
	struct vprof_elf elf;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), ELF_FILES "%s", file);
	fd = open(path, O_RDONLY);
	ck_assert_msg(fd >= 0, "%s is missing: run in the top folder", path);
	ck_assert_int_eq(vprof_elf_open(fd, &elf), 0);
	ck_assert_int_eq(vprof_symbols_new(true, &symbols), 0);
	ck_assert_int_eq(vprof_elf_symbols_add(symbols, &elf, &elf), 0);
	ck_assert_int_eq(vprof_elf_plt_add(symbols, &elf), 0);
	ck_assert_int_eq(vprof_symbols_finish(symbols), 0);
	vprof_elf_close(&elf);
	close(fd);
	return symbols;
}

START_TEST(functions_of_64_and_32_bit_files_have_names)
{
	struct vprof_symbols *symbols = load_elf(elf_rows[_i].file);
	struct vprof_symbol symbol;
	bool is_found = false;
	uint64_t offset;

	for (offset = 0; !is_found && offset < 0x4000; offset++)
		is_found = !vprof_symbols_find(symbols, offset, &symbol) &&
			   !strcmp(symbol.name, elf_rows[_i].name);
	ck_assert_msg(is_found, "%s has no %s", elf_rows[_i].file,
		      elf_rows[_i].name);
	vprof_symbols_free(symbols);
}
END_TEST

/* ---- files -------------------------------------------------------------------- */

static char folder[] = "/tmp/vprof-test-XXXXXX";

static const char *file_path(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static int load(enum vprof_image_kind kind, const char *path,
		const uint8_t *build_id, size_t build_id_size,
		struct vprof_error *err)
{
	struct vprof_symbols *symbols = NULL;
	struct vprof_image *image;
	int ret;

	ck_assert_int_eq(vprof_image_new(kind, "image", path, build_id,
					 build_id_size, &image),
			 0);
	ret = vprof_symbols_load(image, &symbols, err);
	vprof_symbols_free(symbols);
	vprof_image_free(image);
	return ret;
}

static void make_fifo(const char *path)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static void make_text(const char *path)
{
	write_file(path, "#!/bin/sh\n");
}

static void make_empty(const char *path)
{
	write_file(path, "");
}

static void make_folder(const char *path)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void make_nothing(const char *path)
{
	(void)path;
}

static const struct {
	void (*make)(const char *path);
	int ret;
} bad_files[] = {
	{ make_fifo, -ENOENT }, /* and it does not wait for a writer */
	{ make_text, -ENOEXEC },  { make_empty, -ENOEXEC },
	{ make_folder, -ENOENT }, { make_nothing, -ENOENT },
};

START_TEST(what_is_no_code_is_refused_with_a_sentence)
{
	struct vprof_error err = { 0 };
	const char *path = file_path("bad");

	bad_files[_i].make(path);
	ck_assert_int_eq(load(VPROF_IMAGE_FILE, path, NULL, 0, &err),
			 bad_files[_i].ret);
	ck_assert_int_eq(err.code, bad_files[_i].ret);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	remove(path);
}
END_TEST

START_TEST(another_file_in_its_place_is_not_taken_for_it)
{
	struct vprof_error err = { 0 };
	struct vprof_build_id id;
	int fd = open(ELF_FILES "full64", O_RDONLY);
	char path[4096];

	ck_assert_ptr_nonnull(realpath(ELF_FILES "full64", path));
	ck_assert_int_eq(vprof_build_id_read(fd, &id), 0);
	close(fd);
	ck_assert_int_eq(load(VPROF_IMAGE_FILE, path, id.bytes, id.size, &err),
			 0);
	id.bytes[3] ^= 1;
	ck_assert_int_eq(load(VPROF_IMAGE_FILE, path, id.bytes, id.size, &err),
			 -ESTALE);
	ck_assert_ptr_nonnull(strstr(err.text, path));
}
END_TEST

START_TEST(an_image_is_made_within_bounds)
{
	static const uint8_t id[VPROF_BUILD_ID_MAX + 1] = { 7 };
	struct vprof_image *image = NULL;
	size_t size;

	ck_assert_int_eq(vprof_image_new(VPROF_IMAGE_FILE, "n", "/p", id,
					 sizeof(id), &image),
			 -EINVAL);
	ck_assert_int_eq(vprof_image_new((enum vprof_image_kind)99, "n", "/p",
					 NULL, 0, &image),
			 -EINVAL);
	ck_assert_ptr_null(image);
	ck_assert_int_eq(
		vprof_image_new(VPROF_IMAGE_FILE, "n", "/p", id, 20, &image),
		0);
	ck_assert_str_eq(vprof_image_get_name(image), "n");
	ck_assert_str_eq(vprof_image_get_path(image), "/p");
	ck_assert_mem_eq(vprof_image_get_build_id(image, &size), id, 20);
	ck_assert_uint_eq(size, 20);
	vprof_image_free(image);
	vprof_image_free(NULL);
}
END_TEST

/* ---- perf maps ------------------------------------------------------------------ */

/* No process has such a number: pid_max is at most 2^22. */
#define PERF_MAP "/tmp/perf-99999999.map"

static void make_map(void)
{
	write_file(PERF_MAP, "1000 20 first\n1020 20 second\nnonsense\n");
}

static void make_link(void)
{
	write_file(file_path("map"), "1000 20 first\n");
	ck_assert_int_eq(symlink(file_path("map"), PERF_MAP), 0);
}

static void make_foreign(void)
{
	make_map();
	ck_assert_int_eq(chown(PERF_MAP, 12345, 12345), 0);
}

static void make_large(void)
{
	make_map();
	ck_assert_int_eq(truncate(PERF_MAP, VPROF_PERF_MAP_MAX_BYTES + 1), 0);
}

static void make_no_map(void)
{
}

static const struct {
	void (*make)(void);
	int ret;
	bool needs_root;
} perf_maps[] = {
	{ make_map, 0, false },          { make_link, -ENOENT, false },
	{ make_foreign, -EPERM, true },  { make_large, -EFBIG, false },
	{ make_no_map, -ENOENT, false },
};

START_TEST(a_perf_map_is_believed_only_where_it_is_its_owners)
{
	struct vprof_error err = { 0 };

	unlink(PERF_MAP);
	if (perf_maps[_i].needs_root && geteuid())
		return;
	perf_maps[_i].make();
	ck_assert_int_eq(load(VPROF_IMAGE_JIT, PERF_MAP, NULL, 0, &err),
			 perf_maps[_i].ret);
	if (perf_maps[_i].ret)
		ck_assert_ptr_nonnull(strstr(err.text, PERF_MAP));
	unlink(PERF_MAP);
	unlink(file_path("map"));
}
END_TEST

/* ---- kallsyms --------------------------------------------------------------------- */

static const struct {
	const char *text; /* NULL: no such file */
	int read;
	int find_text;
} kallsyms_files[] = {
	{ "0000000000000000 T _text\n0000000000000000 T _stext\n", -EPERM,
	  -EPERM },
	{ "", -EPERM, -ENOENT },
	{ "1000 d x\n", -ENOENT, -EPERM },
	{ "1000 T x\n", 0, -EPERM },
	{ "1000 T _stext\n1000 T _text\n", 0, 0 },
	{ NULL, -ENOENT, -ENOENT },
};

START_TEST(hidden_kernel_addresses_are_no_symbols)
{
	struct vprof_kallsyms *kallsyms = vprof_kallsyms_new();
	const char *path = file_path("kallsyms");
	uint64_t start;
	uint64_t stext;

	if (kallsyms_files[_i].text)
		write_file(path, kallsyms_files[_i].text);
	ck_assert_int_eq(vprof_kallsyms_read(kallsyms, path),
			 kallsyms_files[_i].read);
	ck_assert_int_eq(vprof_kallsyms_find_text(path, &start, &stext),
			 kallsyms_files[_i].find_text);
	vprof_kallsyms_put(kallsyms);
	unlink(path);
}
END_TEST

static int count(void *data, const struct vprof_kallsym *symbol)
{
	(void)symbol;
	++*(int *)data;
	return 0;
}

START_TEST(kernel_symbols_are_found_by_address_and_module)
{
	const char *path = file_path("kallsyms");
	struct vprof_kallsyms *kallsyms = vprof_kallsyms_new();
	struct vprof_kallsym symbol;
	uint64_t start, stext;
	int nr = 0;

	write_file(path, "9000 t in_m\t[m]\n1000 T _text\n1010 T _stext\n"
			 "2000 t fn\n3000 d data\n4000 T _etext\n"
			 "9100 t b\t[bpf]\n");
	ck_assert_int_eq(vprof_kallsyms_read(kallsyms, path), 0);
	ck_assert_int_eq(vprof_kallsyms_find_text(path, &start, &stext), 0);
	ck_assert_uint_eq(start, 0x1000);
	ck_assert_uint_eq(stext, 0x1010);
	ck_assert_uint_eq(vprof_kallsyms_get_stext(kallsyms), 0x1010);
	ck_assert_int_eq(vprof_kallsyms_find(kallsyms, 0x3fff, &symbol), 0);
	ck_assert_str_eq(symbol.name, "fn");
	ck_assert_int_eq(vprof_kallsyms_find(kallsyms, 0x9001, &symbol), 0);
	ck_assert_str_eq(symbol.module, "m");
	ck_assert_int_eq(vprof_kallsyms_find(kallsyms, 0xfff, &symbol),
			 -ENOENT);
	ck_assert_int_eq(vprof_kallsyms_for_each(kallsyms, "bpf", count, &nr),
			 0);
	ck_assert_int_eq(nr, 1);
	ck_assert_int_eq(vprof_kallsyms_for_each(kallsyms, "no", count, &nr),
			 0);
	ck_assert_int_eq(nr, 1);
	ck_assert_int_eq(vprof_kallsyms_for_each(kallsyms, NULL, count, &nr),
			 0);
	ck_assert_int_eq(nr, 3);
	vprof_kallsyms_put(kallsyms);
	unlink(path);
}
END_TEST

int main(void)
{
	const struct {
		const TTest *test;
		int nr;
	} tests[] = {
		{ an_offset_has_the_name_that_covers_it, NR(rows) },
		{ many_nested_symbols_are_found_as_a_slow_search_finds_them,
		  1 },
		{ a_table_of_nothing_says_so, 1 },
		{ texts_stay_where_they_are, 1 },
		{ mangled_names_are_made_readable, NR(mangled) },
		{ a_name_that_grows_without_bound_stays_as_it_is, 1 },
		{ a_name_that_is_too_long_stays_as_it_is, 1 },
		{ functions_of_64_and_32_bit_files_have_names, NR(elf_rows) },
		{ what_is_no_code_is_refused_with_a_sentence, NR(bad_files) },
		{ another_file_in_its_place_is_not_taken_for_it, 1 },
		{ an_image_is_made_within_bounds, 1 },
		{ a_perf_map_is_believed_only_where_it_is_its_owners,
		  NR(perf_maps) },
		{ hidden_kernel_addresses_are_no_symbols, NR(kallsyms_files) },
		{ kernel_symbols_are_found_by_address_and_module, 1 },
	};
	Suite *suite = suite_create("symbols");
	TCase *tcase = tcase_create("symbols");
	size_t i;
	int failed;

	if (!mkdtemp(folder))
		return EXIT_FAILURE;
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_loop_test(tcase, tests[i].test, 0, tests[i].nr);
	suite_add_tcase(suite, tcase);
	failed = run_suite(suite);
	rmdir(folder);
	return failed;
}
