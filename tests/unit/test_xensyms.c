// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor's names: lines as Xen 4.17 wrote them, and others. */
#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/build_id.h"
#include "image/symbols.h"
#include "image/xensyms.h"
#include "run_suite.h"

static const char lines[] =
	"ffff82d040000000 T __image_base__\n"
	"ffff82d040200000 T _start\n"
	"ffff82d040201000 t x86_64/entry.S#restore_all_guest\n"
	"ffff82d040201165 t x86_64/entry.S#iret_exit_to_guest\n"
	"ffff82d040201190 T lstar_enter\n"
	"ffff82d0402012e0 \n"
	"nonsense\n"
	"0000000000000000 T hidden\n"
	"ffff82d040400000 T _einittext\n"
	"ffff82d040400000 d setup.c#at_the_same_address\n"
	"ffff82d040400020 d after_code\n"
	"ffff82d0405a6140 B __bss_end\n";

static const struct {
	uint64_t address;
	const char *name; /* NULL: none covers it */
} rows[] = {
	{ 0xffff82d040201000, "x86_64/entry.S#restore_all_guest" },
	{ 0xffff82d040201164, "x86_64/entry.S#restore_all_guest" },
	{ 0xffff82d040201165, "x86_64/entry.S#iret_exit_to_guest" },
	{ 0xffff82d04020118f, "x86_64/entry.S#iret_exit_to_guest" },
	{ 0xffff82d0402012e0, "lstar_enter" },
	{ 0xffff82d04040001f, "_einittext" },
	{ 0xffff82d040400020, NULL },
	{ 0xffff82d07fffe080, "(entry stubs)" },
	{ 0xffff82d080000000, NULL },
	{ 0xffff82d080000000, NULL },
	{ 0x1000, NULL },
	{ 0xffff82d03fffffff, NULL },
};

static struct vprof_symbols *read_symbols(const char *text, int *ret)
{
	int fd = memfd_create("xensyms", 0);
	struct vprof_symbols *symbols;

	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
	lseek(fd, 0, SEEK_SET);
	ck_assert_int_eq(vprof_symbols_new(false, &symbols), 0);
	*ret = vprof_xensyms_read(fd, symbols);
	if (!*ret)
		*ret = vprof_symbols_finish(symbols);
	close(fd);
	return symbols;
}

START_TEST(an_address_has_the_name_that_covers_it)
{
	struct vprof_symbol symbol;
	struct vprof_symbols *symbols;
	int ret;

	symbols = read_symbols(lines, &ret);
	ck_assert_int_eq(ret, 0);
	ret = vprof_symbols_find(symbols, rows[_i].address, &symbol);
	ck_assert_int_eq(ret, rows[_i].name ? 0 : -ENOENT);
	if (rows[_i].name)
		ck_assert_str_eq(symbol.name, rows[_i].name);
	vprof_symbols_free(symbols);
}
END_TEST

START_TEST(no_names_are_an_error)
{
	int ret;

	vprof_symbols_free(read_symbols("ffff82d0405a6140 B _end\n", &ret));
	ck_assert_int_eq(ret, -ENOENT);
}
END_TEST

/* ---- a file that somebody gave ------------------------------------------------------- */

static char path[64], running[64];

static void write_file(char *name, const char *what, const void *bytes,
		       size_t size)
{
	FILE *file;

	snprintf(name, 64, "/tmp/vprof-test-%s.%d", what, getpid());
	file = fopen(name, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static int read_file(struct vprof_symbols **symbols, struct vprof_error *err)
{
	int ret;

	ck_assert_int_eq(vprof_symbols_new(false, symbols), 0);
	ret = vprof_xensyms_read_file(path, running, *symbols, err);
	unlink(path);
	unlink(running);
	return ret;
}

/* The lines above as nm writes them: by name. */
static const char by_name[] =
	"                 U elsewhere\n"
	"ffff82d040000000 T __image_base__\n"
	"ffff82d0405a6140 B __bss_end\n"
	"ffff82d040400000 T _einittext\n"
	"ffff82d040200000 T _start\n"
	"ffff82d040400020 d after_code\n"
	"0000000000000400 A absolute\n"
	"ffff82d040400000 d at_the_same_address\n"
	"ffff82d040201165 t x86_64/entry.S#iret_exit_to_guest\n"
	"ffff82d040201190 T lstar_enter\n"
	"ffff82d040201000 t x86_64/entry.S#restore_all_guest\n";

START_TEST(a_list_by_name_gives_the_same)
{
	struct vprof_symbols *symbols;
	struct vprof_symbol symbol;
	struct vprof_error err = { 0 };
	int ret;

	write_file(path, "xensyms", by_name, sizeof(by_name) - 1);
	ck_assert_msg(!read_file(&symbols, &err), "%s", err.text);
	ret = vprof_symbols_find(symbols, rows[_i].address, &symbol);
	ck_assert_int_eq(ret, rows[_i].name ? 0 : -ENOENT);
	if (rows[_i].name)
		ck_assert_str_eq(symbol.name, rows[_i].name);
	vprof_symbols_free(symbols);
}
END_TEST

static const struct {
	const char *text;
	int code;
	const char *word;
} bad[] = {
	{ "", -ENOEXEC, "has no list of Xen's names" },
	{ "Dear reader,\nthis is none\n", -ENOEXEC, "nm writes" },
	{ "\x1f\x8b\x08 packed", -ENOEXEC, "has no list" },
	{ "ffff82d0405a6140 B _end\n", -ENOENT, "no symbols of code" },
	{ "0000000000000000 T _start\n", -EPERM, "every address is 0" },
	{ "\177ELF\2\1\1", -ENOEXEC, "has no list" },
};

START_TEST(a_file_that_is_none_is_refused)
{
	struct vprof_symbols *symbols;
	struct vprof_error err = { 0 };

	write_file(path, "xensyms", bad[_i].text, strlen(bad[_i].text));
	ck_assert_int_eq(read_file(&symbols, &err), bad[_i].code);
	ck_assert_msg(strstr(err.text, bad[_i].word) != NULL, "%s", err.text);
	ck_assert_msg(strstr(err.text, path) != NULL, "%s", err.text);
	vprof_symbols_free(symbols);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_refused)
{
	struct vprof_symbols *symbols;
	struct vprof_error err = { 0 };

	strcpy(path, "/nonexistent/xen-syms");
	ck_assert_int_eq(read_file(&symbols, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	vprof_symbols_free(symbols);
}
END_TEST

/*
 * Linux shows Xen's build-id as bytes, up to the first that is 0. This program itself is the ELF file: its build-id, and another.
 */
static const struct {
	size_t nr_same; /* bytes of it that the running one shows */
	bool is_another;
	int ret;
} ids[] = {
	{ 20, false, 0 },      { 3, false, 0 },      { 0, false, 0 },
	{ 20, true, -ESTALE }, { 3, true, -ESTALE },
};

START_TEST(a_file_of_another_xen_is_refused)
{
	struct vprof_build_id id;
	struct vprof_symbols *symbols;
	struct vprof_error err = { 0 };
	char ours[VPROF_BUILD_ID_TEXT];
	int fd = open("/proc/self/exe", O_RDONLY);
	int ret;

	if (vprof_build_id_read(fd, &id)) {
		printf("# SKIP this program has no build-id\n");
		close(fd);
		return;
	}
	close(fd);
	vprof_build_id_format(id.bytes, id.size, ours);
	id.bytes[2] ^= ids[_i].is_another;
	write_file(running, "buildid", id.bytes, ids[_i].nr_same);
	ck_assert_int_eq(vprof_symbols_new(false, &symbols), 0);
	ret = vprof_xensyms_read_file("/proc/self/exe", running, symbols, &err);
	unlink(running);
	ck_assert_msg(ret == ids[_i].ret, "%s", err.text);
	if (ret) {
		ck_assert_ptr_nonnull(strstr(err.text, "another Xen's"));
		ck_assert_ptr_nonnull(strstr(err.text, ours));
	}
	vprof_symbols_free(symbols);
}
END_TEST

static const struct {
	const char *shown;
	int ret;
} shown[] = {
	{ "<denied>", 0 },
	{ "00000000000000000000000000000000deadbeef\n", -ESTALE },
	{ "d", -ESTALE },
};

START_TEST(what_is_shown_need_not_be_a_build_id)
{
	struct vprof_symbols *symbols;
	struct vprof_error err = { 0 };
	int ret;

	write_file(running, "buildid", shown[_i].shown,
		   strlen(shown[_i].shown));
	ck_assert_int_eq(vprof_symbols_new(false, &symbols), 0);
	ret = vprof_xensyms_read_file("/proc/self/exe", running, symbols, &err);
	unlink(running);
	ck_assert_msg(ret == shown[_i].ret, "%s", err.text);
	vprof_symbols_free(symbols);
}
END_TEST

START_TEST(an_elf_file_names_its_code)
{
	uint64_t address = (uintptr_t)&read_symbols;
	struct vprof_symbols *symbols;
	struct vprof_error err = { 0 };
	struct vprof_symbol symbol;
	Dl_info info;

	/* addresses are as linked */
	ck_assert_int_ne(dladdr(&read_symbols, &info), 0);
	address -= (uintptr_t)info.dli_fbase;
	ck_assert_int_eq(vprof_symbols_new(false, &symbols), 0);
	ck_assert_msg(!vprof_xensyms_read_file("/proc/self/exe", "/nonexistent",
					       symbols, &err),
		      "%s", err.text);
	ck_assert_int_eq(vprof_symbols_find(symbols, address + 1, &symbol), 0);
	ck_assert_str_eq(symbol.name, "read_symbols");
	vprof_symbols_free(symbols);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xensyms");
	TCase *tcase = tcase_create("xensyms");

	tcase_add_loop_test(tcase, an_address_has_the_name_that_covers_it, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tcase, no_names_are_an_error);
	tcase_add_loop_test(tcase, a_list_by_name_gives_the_same, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tcase, a_file_that_is_none_is_refused, 0,
			    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tcase, a_file_that_is_not_there_is_refused);
	tcase_add_loop_test(tcase, a_file_of_another_xen_is_refused, 0,
			    sizeof(ids) / sizeof(ids[0]));
	tcase_add_loop_test(tcase, what_is_shown_need_not_be_a_build_id, 0,
			    sizeof(shown) / sizeof(shown[0]));
	tcase_add_test(tcase, an_elf_file_names_its_code);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
