// SPDX-License-Identifier: GPL-2.0-only
/* Virtual machines of KVM: who is one's VMM, and what it is called. */
#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vprof/domain.h>

#include "domain/domain_kvm.h"
#include "run_suite.h"

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* ---- command lines --------------------------------------------------------- */

#define UUID "6e1a5b5e-0000-4000-8000-00000000000a"
#define LONG                                                                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Arguments end in '|' here. */
static const struct {
	const char *arguments, *name, *uuid;
} lines[] = {
	{ "qemu|-name|guest=web,debug-threads=on|-uuid|" UUID "|", "web",
	  UUID },
	{ "qemu|-name|debug-threads=on,guest=web|", "web", "" },
	{ "qemu|-name|web|", "web", "" },
	{ "qemu|-name|web,process=w|", "web", "" },
	{ "qemu|--name|web", "web", "" },
	{ "qemu|-name|guest=a,,b,,|", "a_b_", "" },
	{ "qemu|-name|guest=a=b|", "a=b", "" },
	{ "crosvm|run|--name|web|kernel|", "web", "" },
	{ "firecracker|--id|f-1|", "f-1", "" },
	{ "qemu|-name|guest=first|-append|-name|second|", "first", "" },
	{ "qemu|-name|guest=a\033[31m b\n\xff|", "a_[31m_b__", "" },
	{ "qemu|-uuid|6E1A5B5E-0000-4000-8000-00000000000A|", "", UUID },
	{ "qemu|-uuid|6e1a5b5e-0000-4000-8000-00000000000|", "", "" },
	{ "qemu|-uuid|6e1a5b5e-0000-4000-8000-00000000000g|", "", "" },
	{ "qemu|-uuid|6e1a5b5e000040008000000000000000000a|", "", "" },
	{ "qemu|-uuid|x|-uuid|" UUID "|", "", UUID },
	{ "qemu|-name|host|", "", "" },
	{ "qemu|-name|guest=all|", "", "" },
	{ "qemu|-name||", "", "" },
	{ "qemu|-name|guest=|", "", "" },
	{ "qemu|-name|,|", "", "" },
	{ "qemu|-name|debug-threads=on|", "", "" },
	{ "qemu|-name|", "", "" },
	{ "qemu|-name", "", "" },
	{ "-name|web|", "", "" },
	{ "|||", "", "" },
	{ "", "", "" },
	{ "qemu|" LONG LONG LONG "|-name|web|", "web", "" },
	{ "qemu|-name|" LONG LONG LONG "|", "", "" },
};

START_TEST(a_command_line_names_its_machine)
{
	struct vprof_domain_info info = { .kind = "kvm" };
	size_t size = strlen(lines[_i].arguments);
	/* Exactly as large: a read past it is seen. */
	char *text = malloc(size + !size);

	for (size_t i = 0; i < size; i++)
		text[i] = lines[_i].arguments[i] == '|'
				  ? '\0'
				  : lines[_i].arguments[i];
	vprof_domain_kvm_parse_arguments(text, size, &info);
	free(text);
	ck_assert_str_eq(info.name, lines[_i].name);
	ck_assert_str_eq(info.uuid, lines[_i].uuid);
}
END_TEST

START_TEST(a_long_name_is_cut)
{
	struct vprof_domain_info info = {};
	char text[] = "qemu\0-name\0" LONG;

	vprof_domain_kvm_parse_arguments(text, sizeof(text), &info);
	ck_assert_uint_eq(strlen(info.name), sizeof(info.name) - 1);
}
END_TEST

/* ---- processes ------------------------------------------------------------- */

static char proc[] = "/tmp/vprof-proc-XXXXXX";

static void write_file(const char *pid, const char *name, const char *text,
		       size_t size)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", proc, pid, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fwrite(text, 1, size, file);
	fclose(file);
}

static void make_process(const char *pid, const char *descriptor)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", proc, pid);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/fd", proc, pid);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	if (!descriptor)
		return;
	snprintf(path, sizeof(path), "%s/%s/fd/8", proc, pid);
	ck_assert_int_eq(symlink(descriptor, path), 0);
	snprintf(path, sizeof(path), "%s/%s/fd/9", proc, pid);
	ck_assert_int_eq(symlink("/dev/kvm", path), 0);
}

static void make_proc(void)
{
	static const char arguments[] = "qemu\0-name\0guest=web\0-uuid\0" UUID;
	static const char stat[] =
		"12 (a) R 7) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 "
		"4711 20 21\n";

	ck_assert_ptr_nonnull(mkdtemp(proc));
	make_process("12", "anon_inode:kvm-vm");
	write_file("12", "cmdline", arguments, sizeof(arguments));
	write_file("12", "stat", stat, strlen(stat));
	write_file("12", "comm", "a) R 7\n", 7);
	make_process("13", "anon_inode:kvm-vm"); /* has nothing to read */
	make_process("14", "anon_inode:kvm-vmx");
	make_process("15", "anon_inode:kvm-vcpu:0");
	make_process("16", "anon_inode:kvm-v");
	make_process("17", NULL);
	make_process("self", "anon_inode:kvm-vm");
	make_process("18x", "anon_inode:kvm-vm");
}

static void remove_proc(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", proc);
	ck_assert_int_eq(system(command), 0);
	strcpy(proc, "/tmp/vprof-proc-XXXXXX");
}

static uint64_t seen[8];
static int nr_seen;

static int see(void *data, const struct vprof_domain_info *info)
{
	seen[nr_seen++] = info->id;
	return data ? *(int *)data : 0;
}

START_TEST(holders_of_a_kvm_descriptor_are_listed)
{
	nr_seen = 0;
	ck_assert_int_eq(vprof_domain_kvm_for_each(proc, see, NULL), 0);
	ck_assert_int_eq(nr_seen, 2);
	ck_assert_uint_eq(seen[0] + seen[1], 12 + 13);
}
END_TEST

START_TEST(the_callback_can_stop_it)
{
	int stop = -7;

	nr_seen = 0;
	ck_assert_int_eq(vprof_domain_kvm_for_each(proc, see, &stop), -7);
	ck_assert_int_eq(nr_seen, 1);
}
END_TEST

START_TEST(a_machine_is_found_by_its_process)
{
	struct vprof_domain_info info;

	ck_assert_int_eq(vprof_domain_kvm_find(proc, 12, &info), 0);
	ck_assert_str_eq(info.kind, "kvm");
	ck_assert_uint_eq(info.id, 12);
	ck_assert_uint_eq(info.start, 4711);
	ck_assert_str_eq(info.name, "web");
	ck_assert_str_eq(info.uuid, UUID);
	ck_assert_str_eq(info.about, "KVM, by a) R 7, process 12");
}
END_TEST

START_TEST(one_without_a_name_is_called_by_its_process)
{
	struct vprof_domain_info info;

	ck_assert_int_eq(vprof_domain_kvm_find(proc, 13, &info), 0);
	ck_assert_str_eq(info.name, "vm-13");
	ck_assert_uint_eq(info.start, 0);
	write_file("13", "comm", "fire cracker\n", 13);
	ck_assert_int_eq(vprof_domain_kvm_find(proc, 13, &info), 0);
	ck_assert_str_eq(info.name, "fire_cracker-13");
}
END_TEST

START_TEST(other_processes_are_no_machines)
{
	static const uint64_t others[] = { 14, 15, 16, 17, 18, 0, ~0ull };
	struct vprof_domain_info info;

	for (int i = 0; i < NR(others); i++)
		ck_assert_int_eq(vprof_domain_kvm_find(proc, others[i], &info),
				 -ENOENT);
	ck_assert_int_eq(vprof_domain_kvm_for_each("/nowhere", see, NULL), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("domain_kvm");
	TCase *arguments = tcase_create("arguments");
	TCase *processes = tcase_create("processes");

	tcase_add_loop_test(arguments, a_command_line_names_its_machine, 0,
			    NR(lines));
	tcase_add_test(arguments, a_long_name_is_cut);
	suite_add_tcase(suite, arguments);
	tcase_add_checked_fixture(processes, make_proc, remove_proc);
	tcase_add_test(processes, holders_of_a_kvm_descriptor_are_listed);
	tcase_add_test(processes, the_callback_can_stop_it);
	tcase_add_test(processes, a_machine_is_found_by_its_process);
	tcase_add_test(processes, one_without_a_name_is_called_by_its_process);
	tcase_add_test(processes, other_processes_are_no_machines);
	suite_add_tcase(suite, processes);
	return run_suite(suite);
}
