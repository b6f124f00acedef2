// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which module a kernel's address is in, while modules come and go: the library
 * opens this program's files in place of the kernel's.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/image.h"
#include "image/kernel_map.h"
#include "run_suite.h"

#define KERNEL_SYMBOLS               \
	"ffffffff81000000 T _text\n" \
	"ffffffff81000000 T _stext\n"

static char modules_path[] = "/tmp/vprof-modules-XXXXXX";
static char kallsyms_path[] = "/tmp/vprof-kallsyms-XXXXXX";
static struct vprof_image_table *images;
static struct vprof_kernel_map *map;

int open(const char *path, int flags, ...)
{
	if (!strcmp(path, "/proc/modules"))
		path = modules_path;
	else if (!strcmp(path, "/proc/kallsyms"))
		path = kallsyms_path;
	return openat(AT_FDCWD, path, flags, 0600);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void begin(const char *modules)
{
	close(mkstemp(modules_path));
	close(mkstemp(kallsyms_path));
	write_file(modules_path, modules);
	write_file(kallsyms_path, KERNEL_SYMBOLS);
	ck_assert_int_eq(vprof_image_table_new(&images), 0);
	ck_assert_int_eq(vprof_kernel_map_new(images, &map), 0);
}

static void end(void)
{
	vprof_kernel_map_free(map);
	vprof_image_table_free(images);
	unlink(modules_path);
	unlink(kallsyms_path);
}

static const char *name_of(uint64_t ip)
{
	struct vprof_image *image;
	uint64_t offset;

	ck_assert_int_eq(vprof_kernel_map_resolve(map, ip, &image, &offset), 0);
	return vprof_image_get_name(image);
}

START_TEST(a_module_in_the_place_of_another_is_noticed)
{
	const uint64_t ip = 0xffffffffc1000100;

	begin("one 4096 0 - Live 0xffffffffc1000000\n");
	ck_assert_str_eq(name_of(ip), "[one]");
	write_file(modules_path, "other 8192 0 - Live 0xffffffffc1000000\n");
	sleep(2);
	ck_assert_str_eq(name_of(ip), "[other]");
	end();
}
END_TEST

START_TEST(a_module_that_went_has_its_last_samples)
{
	const uint64_t ip = 0xffffffffc1000100;

	begin("one 4096 0 - Live 0xffffffffc1000000\n");
	ck_assert_str_eq(name_of(ip), "[one]");
	write_file(modules_path, "two 4096 0 - Live 0xffffffffc2000000\n");
	sleep(2);
	ck_assert_str_eq(name_of(0xffffffffc2000000), "[two]");
	ck_assert_str_eq(name_of(ip), "[one]");
	sleep(2);
	ck_assert_str_eq(name_of(ip), "[bpf]");
	end();
}
END_TEST

static void check_function(uint64_t ip, const char *name)
{
	struct vprof_error err = { 0 };
	struct vprof_symbols *symbols;
	struct vprof_symbol symbol;
	struct vprof_image *image;
	uint64_t offset;

	ck_assert_int_eq(vprof_kernel_map_resolve(map, ip, &image, &offset), 0);
	ck_assert_msg(!vprof_symbols_load(image, &symbols, &err), "%s",
		      err.text);
	ck_assert_int_eq(vprof_symbols_find(symbols, offset, &symbol), 0);
	ck_assert_str_eq(symbol.name, name);
	vprof_symbols_free(symbols);
}

/* Built anew, maybe: other functions at another place. */
START_TEST(a_module_that_is_loaded_anew_has_its_own_names)
{
	begin("one 4096 0 - Live 0xffffffffc2000000\n");
	write_file(kallsyms_path,
		   KERNEL_SYMBOLS "ffffffffc2000000 t first\t[one]\n");
	check_function(0xffffffffc2000010, "first");
	write_file(modules_path, "one 4096 0 - Live 0xffffffffc1000000\n");
	write_file(kallsyms_path,
		   KERNEL_SYMBOLS "ffffffffc1000000 t second\t[one]\n");
	sleep(2);
	check_function(0xffffffffc1000010, "second");
	check_function(0xffffffff81000010, "_stext");
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kernel map");
	TCase *tcase = tcase_create("kernel map");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_module_in_the_place_of_another_is_noticed);
	tcase_add_test(tcase, a_module_that_went_has_its_last_samples);
	tcase_add_test(tcase, a_module_that_is_loaded_anew_has_its_own_names);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
