// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor's names: lines as Xen 4.17 wrote them, and others. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/symbols.h"
#include "image/xensyms.h"

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

int main(void)
{
	Suite *suite = suite_create("xensyms");
	TCase *tcase = tcase_create("xensyms");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, an_address_has_the_name_that_covers_it, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tcase, no_names_are_an_error);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
