// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's texts: lines of maps, kallsyms, modules, stat, CPU lists. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cpu_list.h"
#include "base/cpu_watch.h"
#include "image/kallsyms.h"
#include "image/kernel_map.h"
#include "base/lines.h"
#include "image/perf_map.h"
#include "image/proc_maps.h"
#include "process/process_read.h"
#include "run_suite.h"

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* ---- maps ------------------------------------------------------------------ */

static const struct {
	const char *line;
	int ret;
	uint64_t start, end, pgoff;
	bool is_executable;
	const char *path;
} map_rows[] = {
	{ "55a0-55b0 r-xp 00001000 fe:01 42        /bin/x", 0, 0x55a0, 0x55b0,
	  0x1000, true, "/bin/x" },
	{ "55a0-55b0 rw-p 00000000 00:00 0 ", 0, 0x55a0, 0x55b0, 0, false, "" },
	{ "55a0-55b0 rw-p 00000000 00:00 0", 0, 0x55a0, 0x55b0, 0, false, "" },
	{ "7f0-7f1 r-xp 0 00:00 0   [vdso]", 0, 0x7f0, 0x7f1, 0, true,
	  "[vdso]" },
	{ "1-2 r-xp 0 0:0 9 /a b\\012c (deleted)", 0, 1, 2, 0, true,
	  "/a b\nc (deleted)" },
	{ "ffffffffff600000-ffffffffff601000 --xp 0 00:00 0 [vsyscall]", 0,
	  0xffffffffff600000, 0xffffffffff601000, 0, true, "[vsyscall]" },
	{ "", -EINVAL, 0, 0, 0, false, NULL },
	{ "x", -EINVAL, 0, 0, 0, false, NULL },
	{ "2-1 r-xp 0 0:0 0", -EINVAL, 0, 0, 0, false, NULL },
	{ "1-1 r-xp 0 0:0 0", -EINVAL, 0, 0, 0, false, NULL },
	{ "-1-2 r-xp 0 0:0 0", -EINVAL, 0, 0, 0, false, NULL },
	{ "1-10000000000000000 r-xp 0 0:0 0", -EINVAL, 0, 0, 0, false, NULL },
	{ "1-2 r-x", -EINVAL, 0, 0, 0, false, NULL },
	{ "1-2 r-xp 0 0:0 x", -EINVAL, 0, 0, 0, false, NULL },
	{ "1-2 r-xp 0 100000000:0 0", -EINVAL, 0, 0, 0, false, NULL },
	{ "1-2 r-xp 0 0 0", -EINVAL, 0, 0, 0, false, NULL },
};

START_TEST(a_line_of_maps_is_read_or_refused)
{
	struct vprof_proc_map map;
	char line[256];

	strcpy(line, map_rows[_i].line);
	ck_assert_int_eq(vprof_proc_map_parse(line, &map), map_rows[_i].ret);
	if (map_rows[_i].ret)
		return;
	ck_assert_uint_eq(map.start, map_rows[_i].start);
	ck_assert_uint_eq(map.end, map_rows[_i].end);
	ck_assert_uint_eq(map.pgoff, map_rows[_i].pgoff);
	ck_assert_int_eq(map.is_executable, map_rows[_i].is_executable);
	ck_assert_str_eq(map.path, map_rows[_i].path);
}
END_TEST

/* ---- kallsyms and modules ----------------------------------------------------- */

static const struct {
	const char *line;
	int ret;
	uint64_t address;
	char type;
	const char *name;
	const char *module;
} symbol_rows[] = {
	{ "ffffffff81000000 T _text", 0, 0xffffffff81000000, 'T', "_text", "" },
	{ "ffffffffc0000010 t fn.cold\t[ext4]", 0, 0xffffffffc0000010, 't',
	  "fn.cold", "ext4" },
	{ "0000000000000000 A x", 0, 0, 'A', "x", "" },
	{ "", -EINVAL, 0, 0, NULL, NULL },
	{ "ffffffff81000000", -EINVAL, 0, 0, NULL, NULL },
	{ "ffffffff81000000 T", -EINVAL, 0, 0, NULL, NULL },
	{ "ffffffff81000000 T ", -EINVAL, 0, 0, NULL, NULL },
	{ "fffffffff81000000 T x", -EINVAL, 0, 0, NULL, NULL },
	{ "g T x", -EINVAL, 0, 0, NULL, NULL },
	{ "1 T x\t[", -EINVAL, 0, 0, NULL, NULL },
	{ "1 T x\t[]", -EINVAL, 0, 0, NULL, NULL },
	{ "1 T x\text4", -EINVAL, 0, 0, NULL, NULL },
};

START_TEST(a_line_of_kallsyms_is_read_or_refused)
{
	struct vprof_kallsym symbol;
	char line[128];

	strcpy(line, symbol_rows[_i].line);
	ck_assert_int_eq(vprof_kallsyms_parse_line(line, &symbol),
			 symbol_rows[_i].ret);
	if (symbol_rows[_i].ret)
		return;
	ck_assert_uint_eq(symbol.address, symbol_rows[_i].address);
	ck_assert_int_eq(symbol.type, symbol_rows[_i].type);
	ck_assert_str_eq(symbol.name, symbol_rows[_i].name);
	ck_assert_str_eq(symbol.module, symbol_rows[_i].module);
}
END_TEST

static const struct {
	const char *line;
	int ret;
	const char *name;
	uint64_t start, size;
} module_rows[] = {
	{ "ext4 983040 2 - Live 0xffffffffc0a00000", 0, "ext4",
	  0xffffffffc0a00000, 983040 },
	{ "a 1 0 b,c, Live 0xffffffffc0a00000 (OE)", 0, "a", 0xffffffffc0a00000,
	  1 },
	{ "a 1 0 - Live 0x0000000000000000", 0, "a", 0, 1 },
	{ "", -EINVAL, NULL, 0, 0 },
	{ "a", -EINVAL, NULL, 0, 0 },
	{ " 1 2", -EINVAL, NULL, 0, 0 },
	{ "a b 0 - Live 0xf", -EINVAL, NULL, 0, 0 },
	{ "a 1 0 - Live", -EINVAL, NULL, 0, 0 },
	{ "a 2 0 - Live 0xffffffffffffffff", -EINVAL, NULL, 0, 0 },
};

START_TEST(a_line_of_modules_is_read_or_refused)
{
	struct vprof_module module;
	char line[128];

	strcpy(line, module_rows[_i].line);
	ck_assert_int_eq(vprof_module_parse(line, &module),
			 module_rows[_i].ret);
	if (module_rows[_i].ret)
		return;
	ck_assert_str_eq(module.name, module_rows[_i].name);
	ck_assert_uint_eq(module.start, module_rows[_i].start);
	ck_assert_uint_eq(module.size, module_rows[_i].size);
}
END_TEST

/* ---- stat, CPUs, perf maps ------------------------------------------------------ */

#define STAT_END " 1 1 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0"

static const struct {
	const char *comm;
	unsigned int flags;
	int ret;
	const char *read;
	bool is_kernel_thread;
} stat_rows[] = {
	{ "(bash)", 0x400000, 0, "bash", false },
	{ "(kworker/0:1)", 0x4208060, 0, "kworker/0:1", true },
	{ "(a) R 9 (b)", 0, 0, "a) R 9 (b", false },
	{ "()", 0, 0, "", false },
	{ "(a name of far more than 15)", 0, 0, "a name of far m", false },
	{ "bash", 0, -EINVAL, NULL, false },
	{ ")(", 0, -EINVAL, NULL, false },
};

START_TEST(a_comm_of_any_bytes_does_not_confuse_stat)
{
	struct vprof_proc_stat stat;
	char text[256];

	snprintf(text, sizeof(text), "9 %s S 7" STAT_END, stat_rows[_i].comm,
		 stat_rows[_i].flags);
	ck_assert_int_eq(vprof_proc_stat_parse(text, &stat), stat_rows[_i].ret);
	if (stat_rows[_i].ret)
		return;
	ck_assert_str_eq(stat.comm, stat_rows[_i].read);
	ck_assert_int_eq(stat.parent, 7);
	ck_assert_uint_eq(stat.start_ticks, 4711);
	ck_assert_int_eq(stat.is_kernel_thread, stat_rows[_i].is_kernel_thread);
}
END_TEST

static const struct {
	const char *text;
	int ret;
	unsigned int end;
	unsigned int nr;
} cpu_rows[] = {
	{ "0\n", 0, 1, 1 },         { "0-3", 0, 4, 4 },
	{ "0-1,4,6-7\n", 0, 8, 5 }, { "8191", 0, 8192, 1 },
	{ "", -EINVAL, 0, 0 },      { "3-1", -EINVAL, 0, 0 },
	{ "0,", -EINVAL, 0, 0 },    { "-1", -EINVAL, 0, 0 },
	{ "8192", -EINVAL, 0, 0 },  { "0-99999999999999999999", -EINVAL, 0, 0 },
	{ "1 2", -EINVAL, 0, 0 },
};

START_TEST(a_list_of_cpus_is_read_or_refused)
{
	static struct vprof_cpu_list list;
	unsigned int nr = 0;
	unsigned int i;

	ck_assert_int_eq(vprof_cpu_list_parse(cpu_rows[_i].text, &list),
			 cpu_rows[_i].ret);
	if (cpu_rows[_i].ret)
		return;
	ck_assert_uint_eq(list.end, cpu_rows[_i].end);
	for (i = 0; i < list.end; i++)
		nr += list.has[i];
	ck_assert_uint_eq(nr, cpu_rows[_i].nr);
}
END_TEST

static const struct {
	const char *message;
	int cpu;
} uevents[] = {
	{ "offline@/devices/system/cpu/cpu3", 3 },
	{ "offline@/devices/system/cpu/cpu8191", 8191 },
	{ "offline@/devices/system/cpu/cpu8192", -ENOENT },
	{ "offline@/devices/system/cpu/cpu", -ENOENT },
	{ "offline@/devices/system/cpu/cpufreq", -ENOENT },
	{ "offline@/devices/system/cpu/cpu3/x", -ENOENT },
	{ "online@/devices/system/cpu/cpu3", -ENOENT },
	{ "", -ENOENT },
};

START_TEST(a_cpu_that_goes_is_told_from_other_devices)
{
	const char *message = uevents[_i].message;
	size_t size = strlen(message) + 1;

	ck_assert_int_eq(vprof_cpu_watch_parse(message, size), uevents[_i].cpu);
	/* without its end */
	ck_assert_int_eq(vprof_cpu_watch_parse(message, size - 1), -ENOENT);
}
END_TEST

static const struct {
	const char *line;
	int ret;
	uint64_t start, size;
	const char *name;
} perf_map_rows[] = {
	{ "7f00 20 Lfoo;::bar(int)", 0, 0x7f00, 0x20, "Lfoo;::bar(int)" },
	{ "0x7f00 0x20 x", 0, 0x7f00, 0x20, "x" },
	{ "7f00 20", -EINVAL, 0, 0, NULL },
	{ "7f00 20 ", -EINVAL, 0, 0, NULL },
	{ "7f00 0 x", -EINVAL, 0, 0, NULL },
	{ "-1 2 x", -EINVAL, 0, 0, NULL },
	{ "ffffffffffffffff 2 x", -EINVAL, 0, 0, NULL },
	{ "x 2 y", -EINVAL, 0, 0, NULL },
};

START_TEST(a_line_of_a_perf_map_is_read_or_refused)
{
	struct vprof_perf_map_line parsed;
	char line[64];

	strcpy(line, perf_map_rows[_i].line);
	ck_assert_int_eq(vprof_perf_map_parse(line, &parsed),
			 perf_map_rows[_i].ret);
	if (perf_map_rows[_i].ret)
		return;
	ck_assert_uint_eq(parsed.start, perf_map_rows[_i].start);
	ck_assert_uint_eq(parsed.size, perf_map_rows[_i].size);
	ck_assert_str_eq(parsed.name, perf_map_rows[_i].name);
}
END_TEST

/* ---- lines ------------------------------------------------------------------------ */

static int collect(void *data, char *line)
{
	char *seen = data;

	strncat(seen, line, 3);
	strcat(seen, "|");
	return !strcmp(line, "stop") ? 7 : 0;
}

static int read_text(const char *text, size_t size, size_t max_bytes,
		     char *seen)
{
	int fd = memfd_create("lines", 0);
	int ret;

	ck_assert_int_eq(write(fd, text, size), (ssize_t)size);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	seen[0] = '\0';
	ret = vprof_lines_read(fd, max_bytes, collect, seen);
	close(fd);
	return ret;
}

START_TEST(lines_come_whole_and_within_bounds)
{
	static char text[200000];
	char seen[64];

	ck_assert_int_eq(read_text("a\nb\n\nc", 6, 0, seen), 0);
	ck_assert_str_eq(seen, "a|b||c|");
	ck_assert_int_eq(read_text("a\nstop\nb\n", 9, 0, seen), 7);
	ck_assert_str_eq(seen, "a|sto|");
	ck_assert_int_eq(read_text("a\nb\nc\n", 6, 4, seen), 0);
	ck_assert_str_eq(seen, "a|b|");
	ck_assert_int_eq(read_text("", 0, 0, seen), 0);
	ck_assert_str_eq(seen, "");

	/* one line of 150,000 bytes is passed over, its neighbours are not */
	memset(text, 'x', sizeof(text));
	memcpy(text, "a\n", 2);
	memcpy(text + 150000, "\nb\n", 3);
	ck_assert_int_eq(read_text(text, 150003, 0, seen), 0);
	ck_assert_str_eq(seen, "a|b|");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("proc_text");
	TCase *tcase = tcase_create("proc_text");

	tcase_add_loop_test(tcase, a_line_of_maps_is_read_or_refused, 0,
			    NR(map_rows));
	tcase_add_loop_test(tcase, a_line_of_kallsyms_is_read_or_refused, 0,
			    NR(symbol_rows));
	tcase_add_loop_test(tcase, a_line_of_modules_is_read_or_refused, 0,
			    NR(module_rows));
	tcase_add_loop_test(tcase, a_comm_of_any_bytes_does_not_confuse_stat, 0,
			    NR(stat_rows));
	tcase_add_loop_test(tcase, a_list_of_cpus_is_read_or_refused, 0,
			    NR(cpu_rows));
	tcase_add_loop_test(tcase, a_cpu_that_goes_is_told_from_other_devices,
			    0, NR(uevents));
	tcase_add_loop_test(tcase, a_line_of_a_perf_map_is_read_or_refused, 0,
			    NR(perf_map_rows));
	tcase_add_test(tcase, lines_come_whole_and_within_bounds);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
