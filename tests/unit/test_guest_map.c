// SPDX-License-Identifier: GPL-2.0-only
/* A guest's kernel from a map that somebody gave, and memory that is a file. */
#include <check.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vprof/guest.h>

#include "guest_pieces.h"
#include "made_guest.h"
#include "run_suite.h"

static struct fixture {
	struct made_guest guest;
	struct pieces pieces;
	struct vprof_guest_memory memory;
	struct vprof_guest_options options;
	struct vprof_guest_kernel *kernel;
	struct vprof_error err;
	char path[64];
} f;

static void begin(void)
{
	int fd;

	memset(&f, 0, sizeof(f));
	f.options.size = sizeof(f.options);
	strcpy(f.path, "/tmp/vprof-map-XXXXXX");
	fd = mkstemp(f.path);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void end(void)
{
	vprof_guest_kernel_free(f.kernel);
	unlink(f.path);
}

static void write_map(const void *bytes, size_t size)
{
	FILE *file = fopen(f.path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
	fclose(file);
	f.options.map = f.path;
}

static int read_map(struct vprof_guest_memory *memory)
{
	return vprof_guest_kernel_read(memory, &f.options, &f.kernel, &f.err);
}

static struct vprof_guest_memory *made_memory(void)
{
	made_guest_make(&f.guest);
	pieces_open(&f.pieces, f.guest.bytes, f.guest.size, &f.memory);
	return &f.memory;
}

static void must_find(uint64_t address, const char *wanted_image,
		      const char *name)
{
	struct vprof_symbol symbol;
	const char *image;
	uint64_t offset;

	ck_assert_int_eq(
		vprof_guest_kernel_resolve(f.kernel, address, &image, &offset),
		0);
	ck_assert_str_eq(image, wanted_image);
	ck_assert_int_eq(
		vprof_guest_kernel_find(f.kernel, image, offset, &symbol), 0);
	ck_assert_str_eq(symbol.name, name);
}

/* Of the made kernel, whose note says where these are. */
#define SYSTEM_MAP                               \
	"0000000000000000 A fixed_percpu_data\n" \
	"ffffffff81000000 T _stext\n"            \
	"ffffffff81000100 t do_one_initcall\n"   \
	"ffffffff81000180 T start_kernel\n"      \
	"ffffffff81001000 T _etext\n"            \
	"ffffffff81111000 D swapper_pg_dir\n"    \
	"ffffffff81120000 D init_uts_ns\n"       \
	"ffffffff81200000 B _end\n"
#define MODULE_LINES                         \
	"ffffffffc0201100 t one\t[moda]\n"   \
	"ffffffffc0201200 t two\t[moda]\n"   \
	"ffffffffc0401010 T three\t[modb]\n" \
	"ffffffffc0203300 d data\t[moda]\n"

START_TEST(a_system_map_names_a_kernel)
{
	begin();
	write_map(SYSTEM_MAP, sizeof(SYSTEM_MAP) - 1);
	ck_assert_msg(!read_map(NULL), "%s", f.err.text);
	must_find(0xffffffff810001ff, "[kernel]", "start_kernel");
	ck_assert_ptr_nonnull(
		strstr(vprof_guest_kernel_get_info(f.kernel)->names_from,
		       "vprof-map-"));
	end();
}
END_TEST

START_TEST(a_copy_of_kallsyms_names_modules)
{
	begin();
	write_map(SYSTEM_MAP MODULE_LINES, sizeof(SYSTEM_MAP MODULE_LINES) - 1);
	ck_assert_msg(!read_map(NULL), "%s", f.err.text);
	must_find(0xffffffff81000180, "[kernel]", "start_kernel");
	must_find(0xffffffffc0201230, "[moda]", "two");
	must_find(0xffffffffc0401010, "[modb]", "three");
	ck_assert_uint_eq(vprof_guest_kernel_get_info(f.kernel)->nr_modules, 2);
	end();
}
END_TEST

START_TEST(a_map_is_moved_to_where_the_kernel_runs)
{
	const struct vprof_guest_info *info;

	begin();
	f.guest.kaslr = 0x16000000;
	f.guest.phys = 0x600000;
	write_map(SYSTEM_MAP MODULE_LINES, sizeof(SYSTEM_MAP MODULE_LINES) - 1);
	ck_assert_msg(!read_map(made_memory()), "%s", f.err.text);
	must_find(0xffffffff81000180 + 0x16000000, "[kernel]", "start_kernel");
	info = vprof_guest_kernel_get_info(f.kernel);
	ck_assert_str_eq(info->release, "6.1.0-made");
	ck_assert_uint_eq(info->nr_modules, 0);
	ck_assert_ptr_nonnull(strstr(info->no_modules, "another boot"));
	end();
}
END_TEST

START_TEST(a_copy_of_this_boot_keeps_its_modules)
{
	begin();
	write_map(SYSTEM_MAP MODULE_LINES, sizeof(SYSTEM_MAP MODULE_LINES) - 1);
	ck_assert_msg(!read_map(made_memory()), "%s", f.err.text);
	must_find(0xffffffffc0201230, "[moda]", "two");
	end();
}
END_TEST

/* ---- with a copy of /proc/modules ----------------------------------------------------- */

static char modules_path[64];

static void write_modules(const char *text)
{
	FILE *file;

	snprintf(modules_path, sizeof(modules_path), "/tmp/vprof-modules.%d",
		 getpid());
	file = fopen(modules_path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	f.options.modules = modules_path;
}

/* Where they begin and end; also of one that the copy of kallsyms has not. */
START_TEST(a_list_of_modules_says_where_they_lie)
{
	const char *image;
	uint64_t offset;

	begin();
	write_map(SYSTEM_MAP MODULE_LINES, sizeof(SYSTEM_MAP MODULE_LINES) - 1);
	write_modules("moda 20480 1 modb, Live 0xffffffffc0200000\n"
		      "modb 8192 0 - Live 0xffffffffc0400000 (OE)\n"
		      "modc 4096 0 - Loading 0xffffffffc0500000\n");
	ck_assert_msg(!read_map(NULL), "%s", f.err.text);
	unlink(modules_path);
	must_find(0xffffffffc0201230, "[moda]", "two");
	must_find(0xffffffffc0401010, "[modb]", "three");
	ck_assert_int_eq(vprof_guest_kernel_resolve(
				 f.kernel, 0xffffffffc0200010, &image, &offset),
			 0);
	ck_assert_str_eq(image, "[moda]");
	ck_assert_uint_eq(offset, 0x10);
	ck_assert_int_eq(vprof_guest_kernel_resolve(
				 f.kernel, 0xffffffffc0500fff, &image, &offset),
			 0);
	ck_assert_str_eq(image, "[modc]");
	ck_assert_int_eq(vprof_guest_kernel_resolve(
				 f.kernel, 0xffffffffc0402000, &image, &offset),
			 -ENOENT);
	end();
}
END_TEST

START_TEST(modules_of_another_boot_are_left_out)
{
	begin();
	f.guest.kaslr = 0x16000000;
	write_map(SYSTEM_MAP, sizeof(SYSTEM_MAP) - 1);
	write_modules("moda 20480 1 modb, Live 0xffffffffc0200000\n");
	ck_assert_msg(!read_map(made_memory()), "%s", f.err.text);
	unlink(modules_path);
	ck_assert_uint_eq(vprof_guest_kernel_get_info(f.kernel)->nr_modules, 0);
	end();
}
END_TEST

static const struct {
	const char *text; /* NULL: it is not there */
	int code;
	const char *word;
} bad_modules[] = {
	{ NULL, -ENOENT, "No such file" },
	{ "", -ENOEXEC, "/proc/modules" },
	{ "this is no list\n", -ENOEXEC, "no list of modules" },
	{ "moda 20480 1 - Live 0x0000000000000000\n", -EPERM,
	  "every address is 0" },
};

START_TEST(a_bad_list_of_modules_is_refused)
{
	begin();
	write_map(SYSTEM_MAP, sizeof(SYSTEM_MAP) - 1);
	write_modules(bad_modules[_i].text ? bad_modules[_i].text : "");
	if (!bad_modules[_i].text)
		unlink(modules_path);
	ck_assert_int_eq(read_map(NULL), bad_modules[_i].code);
	ck_assert_msg(strstr(f.err.text, bad_modules[_i].word) != NULL, "%s",
		      f.err.text);
	ck_assert_ptr_nonnull(strstr(f.err.text, modules_path));
	unlink(modules_path);
	f.kernel = NULL;
	end();
}
END_TEST

#define PACKED_SIZE 0x300
static const struct bad_map {
	const char *about;
	const char *bytes;
	size_t size;
	int code;
	const char *word;
} bad_maps[] = {
#define TEXT(text) text, sizeof(text) - 1
	{ "empty", TEXT(""), -ENOEXEC, "no map of a kernel" },
	{ "prose", TEXT("Dear reader,\nthis is no map\n"), -ENOEXEC,
	  "no map of a kernel" },
	{ "no _stext", TEXT("ffffffff81000100 t main\n"), -ENOENT, "_stext" },
	{ "hidden",
	  TEXT("0000000000000000 T _stext\n0000000000000000 T main\n"), -EPERM,
	  "every address is 0" },
	{ "broken ELF", TEXT("\177ELF\2\1\1"), -ENOEXEC, "no map of a kernel" },
	{ "another kernel's",
	  TEXT("ffffffff81000000 T _stext\nffffffff81123000 D init_uts_ns\n"),
	  -ESTALE, "init_uts_ns is _stext+0x123000 there, _stext+0x120000" },
};

START_TEST(a_bad_map_is_refused)
{
	const struct bad_map *row = &bad_maps[_i];

	begin();
	write_map(row->bytes, row->size);
	ck_assert_int_eq(read_map(made_memory()), row->code);
	ck_assert_msg(strstr(f.err.text, row->word) != NULL, "%s", f.err.text);
	ck_assert_msg(strstr(f.err.text, f.path) != NULL, "%s", f.err.text);
	f.kernel = NULL;
	end();
}
END_TEST

START_TEST(a_packed_kernel_is_refused)
{
	char packed[PACKED_SIZE] = "MZ";

	begin();
	memcpy(packed + 0x202, "HdrS", 4);
	write_map(packed, sizeof(packed));
	ck_assert_int_eq(read_map(NULL), -ENOEXEC);
	ck_assert_ptr_nonnull(strstr(f.err.text, "packed kernel"));
	end();
}
END_TEST

START_TEST(a_map_that_is_no_file_is_refused)
{
	begin();
	f.options.map = "/nonexistent/map";
	ck_assert_int_eq(read_map(NULL), -ENOENT);
	f.options.map = "/tmp";
	ck_assert_int_eq(read_map(NULL), -EINVAL);
	unlink(f.path);
	ck_assert_int_eq(mkfifo(f.path, 0600), 0);
	f.options.map = f.path;
	ck_assert_int_eq(read_map(NULL), -EINVAL);
	end();
}
END_TEST

START_TEST(nothing_to_read_is_refused)
{
	begin();
	ck_assert_int_eq(read_map(NULL), -EINVAL);
	f.options.size += 8;
	ck_assert_int_eq(read_map(made_memory()), -EINVAL);
	end();
}
END_TEST

/* ---- a vmlinux --------------------------------------------------------------------- */

enum { NR_ELF_SYMBOLS = 4 };

/* As a linker writes it: text, notes with the build-id, the banner, symbols. */
struct vmlinux {
	Elf64_Ehdr header;
	Elf64_Phdr load;
	Elf64_Shdr sections[6];
	char text[16];
	Elf64_Nhdr note;
	char note_name[4];
	uint8_t build_id[20];
	char banner[64];
	Elf64_Sym symbols[NR_ELF_SYMBOLS + 1];
	char strings[64];
};

static void set_section(struct vmlinux *elf, int nr, uint32_t type,
			const void *at, size_t size)
{
	elf->sections[nr].sh_type = type;
	elf->sections[nr].sh_offset = (const char *)at - (const char *)elf;
	elf->sections[nr].sh_size = size;
}

static void add_elf_symbol(struct vmlinux *elf, int nr, const char *name,
			   uint64_t address)
{
	size_t at = nr * 12;

	strcpy(elf->strings + at, name);
	elf->symbols[nr] = (Elf64_Sym){
		.st_name = at,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
		.st_shndx = 1,
		.st_value = address,
	};
}

static void make_vmlinux(struct vmlinux *elf, uint8_t first, const char *banner)
{
	memset(elf, 0, sizeof(*elf));
	memcpy(elf->header.e_ident, "\177ELF\2\1\1", 7);
	elf->header.e_type = ET_EXEC;
	elf->header.e_machine = EM_X86_64;
	elf->header.e_version = 1;
	elf->header.e_ehsize = sizeof(elf->header);
	elf->header.e_phoff = offsetof(struct vmlinux, load);
	elf->header.e_phentsize = sizeof(elf->load);
	elf->header.e_phnum = 1;
	elf->header.e_shoff = offsetof(struct vmlinux, sections);
	elf->header.e_shentsize = sizeof(elf->sections[0]);
	elf->header.e_shnum = 6;
	elf->load.p_type = PT_NOTE;
	elf->load.p_offset = offsetof(struct vmlinux, note);
	elf->load.p_filesz = 12 + 4 + 20;
	elf->load.p_align = 4;
	set_section(elf, 1, SHT_PROGBITS, elf->text, 16);
	elf->sections[1].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
	elf->sections[1].sh_addr = 0xffffffff81000000;
	elf->sections[1].sh_size = 0x200000;
	set_section(elf, 2, SHT_NOTE, &elf->note, 36);
	set_section(elf, 3, SHT_PROGBITS, elf->banner, sizeof(elf->banner));
	set_section(elf, 4, SHT_SYMTAB, elf->symbols, sizeof(elf->symbols));
	elf->sections[4].sh_link = 5;
	elf->sections[4].sh_entsize = sizeof(elf->symbols[0]);
	set_section(elf, 5, SHT_STRTAB, elf->strings, sizeof(elf->strings));
	elf->note = (Elf64_Nhdr){ 4, 20, NT_GNU_BUILD_ID };
	memcpy(elf->note_name, "GNU", 4);
	for (int i = 0; i < 20; i++)
		elf->build_id[i] = first + i;
	snprintf(elf->banner, sizeof(elf->banner), "%s", banner);
	add_elf_symbol(elf, 1, "_stext", 0xffffffff81000000);
	add_elf_symbol(elf, 2, "start_me", 0xffffffff81000180);
	add_elf_symbol(elf, 3, "_etext", 0xffffffff81001000);
	add_elf_symbol(elf, 4, "_end", 0xffffffff81200000);
}

static const struct vmlinux_case {
	uint8_t first; /* byte of the build-id; the guest's is 0 */
	const char *banner;
	int ret;
	const char *word;
} vmlinux_cases[] = {
	{ 0, "Linux version 6.1.0-made (me@here)", 0, NULL },
	{ 0, "no banner", 0, NULL },
	{ 1, "Linux version 6.1.0-made (me@here)", -ESTALE,
	  "its build-id is 0102030405060708090a0b0c0d0e0f1011121314 there, 000102030405060708090a0b0c0d0e0f10111213" },
	{ 0, "Linux version 6.1.0-other (me@here)", -ESTALE,
	  "its release is 6.1.0-other there, 6.1.0-made in the guest" },
};

START_TEST(a_vmlinux_is_held_against_the_guest)
{
	const struct vmlinux_case *row = &vmlinux_cases[_i];
	static struct vmlinux elf;
	int ret;

	begin();
	f.guest.kaslr = 0x16000000;
	make_vmlinux(&elf, row->first, row->banner);
	write_map(&elf, sizeof(elf));
	ret = read_map(made_memory());
	ck_assert_msg(ret == row->ret, "%d: %s", ret, f.err.text);
	if (ret) {
		ck_assert_msg(strstr(f.err.text, row->word) != NULL, "%s",
			      f.err.text);
		f.kernel = NULL;
	} else {
		must_find(0xffffffff81000190 + 0x16000000, "[kernel]",
			  "start_me");
	}
	end();
}
END_TEST

/* ---- memory that is a file ------------------------------------------------------------- */

static const uint64_t gib = 1ULL << 30;

/* Where a VMM whose hole begins at @hole has a physical address in its file. */
static void write_pieces(uint64_t hole, uint64_t size)
{
	int fd = open(f.path, O_WRONLY);

	made_memory();
	ck_assert_int_eq(ftruncate(fd, size), 0);
	for (size_t i = 0; i < f.pieces.nr; i++) {
		const struct piece *piece = &f.pieces.pieces[i];
		uint64_t offset = piece->address;

		if (offset >= 4 * gib)
			offset = offset - 4 * gib + hole;
		ck_assert_int_eq(pwrite(fd, piece->bytes, piece->size, offset),
				 piece->size);
	}
	close(fd);
}

static const struct hole {
	uint64_t phys; /* of the kernel */
	uint64_t hole;
	uint64_t size;
} the_holes[] = {
	{ 0, 0, 64 << 20 },
	{ 4ULL << 30, 2ULL << 30, 5ULL << 29 },
	{ 4ULL << 30, 3ULL << 30, 5ULL << 30 },
	{ 4ULL << 30, 0xd0000000, 6ULL << 30 },
};

START_TEST(a_file_is_a_guests_memory_wherever_its_hole_is)
{
	const struct hole *hole = &the_holes[_i];
	struct vprof_guest_memory *memory;

	begin();
	f.guest.phys = hole->phys;
	write_pieces(hole->hole, hole->size);
	ck_assert_int_eq(vprof_guest_memory_open_file(f.path, &memory, &f.err),
			 0);
	f.options.timeout_ms = 5000;
	ck_assert_msg(!read_map(memory), "%s", f.err.text);
	must_find(MADE_STEXT + 0x180, "[kernel]", "start_kernel");
	ck_assert_uint_eq(vprof_guest_kernel_get_info(f.kernel)->nr_modules, 2);
	vprof_guest_memory_close(memory);
	end();
}
END_TEST

START_TEST(what_is_no_memory_is_refused)
{
	struct vprof_guest_memory *memory;

	begin();
	ck_assert_int_eq(
		vprof_guest_memory_open_file("/nonexistent", &memory, &f.err),
		-ENOENT);
	ck_assert_int_eq(vprof_guest_memory_open_file("/tmp", &memory, &f.err),
			 -EINVAL);
	ck_assert_int_eq(vprof_guest_memory_open_file(f.path, &memory, &f.err),
			 -EINVAL);
	ck_assert_int_eq(
		vprof_guest_memory_open_process(1 << 22, &memory, &f.err),
		-ENOENT);
	end();
}
END_TEST

/* The child that asks for them may have been taken over by its guest. */
START_TEST(what_lies_behind_a_vmms_memory_is_nothing_and_soon)
{
	static const char zeros[VPROF_GUEST_HEAD_SIZE];
	char heads[4][VPROF_GUEST_HEAD_SIZE];
	const size_t size = 64 << 20;
	struct vprof_guest_memory *memory;
	char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	const struct vprof_guest_range *range;
	uint64_t behind;

	ck_assert_ptr_ne(bytes, MAP_FAILED);
	begin();
	ck_assert_int_eq(
		vprof_guest_memory_open_process(getpid(), &memory, &f.err), 0);
	range = &memory->ranges[memory->nr_ranges - 1];
	behind = range->start + range->size;
	for (uint64_t at = behind - 2 * 4096; at <= behind; at += 4096) {
		memset(heads, 1, sizeof(heads));
		memory->read_heads(memory->data, at, 4, heads);
		ck_assert_mem_eq(heads[3], zeros, sizeof(zeros));
	}
	vprof_guest_memory_close(memory);
	munmap(bytes, size);
	end();
}
END_TEST

/*
 * A child with memory like a guest's that begins with @byte, larger than what a
 * sanitizer maps; 0: of any pid.
 */
static pid_t start_vmm(int byte, pid_t pid)
{
	const size_t size = (size_t)32 << 40;
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = pid ? (uintptr_t)&pid : 0,
		.set_tid_size = pid != 0,
	};
	int pipe_fds[2];
	char *bytes;
	pid_t child;

	ck_assert_int_eq(pipe(pipe_fds), 0);
	child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (!child) {
		bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
			     0);
		memset(bytes, byte, 16 * 4096);
		if (write(pipe_fds[1], bytes, 1) == 1)
			pause();
		_exit(0);
	}
	close(pipe_fds[1]);
	if (child > 0)
		ck_assert_int_eq(read(pipe_fds[0], &byte, 1), 1);
	close(pipe_fds[0]);
	return child;
}

static void end_vmm(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

START_TEST(a_process_that_has_a_vmms_pid_is_not_read)
{
	static const char zeros[VPROF_GUEST_HEAD_SIZE];
	char heads[2][VPROF_GUEST_HEAD_SIZE];
	struct vprof_guest_memory *memory;
	pid_t child = start_vmm('a', 0);
	pid_t next;

	begin();
	ck_assert_int_eq(
		vprof_guest_memory_open_process(child, &memory, &f.err), 0);
	memory->read_heads(memory->data, 4096, 2, heads);
	ck_assert_int_eq(heads[1][0], 'a');
	end_vmm(child);
	next = start_vmm('b', child);
	if (next < 0) {
		printf("# SKIP no child of a given pid: %s\n", strerror(errno));
	} else {
		ck_assert_int_eq(next, child);
		memory->read_heads(memory->data, 4096, 2, heads);
		ck_assert_mem_eq(heads[0], zeros, sizeof(zeros));
		ck_assert_mem_eq(heads[1], zeros, sizeof(zeros));
		end_vmm(next);
	}
	vprof_guest_memory_close(memory);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest maps");
	TCase *tcase = tcase_create("guest maps");

#define NR_OF(table) (int)(sizeof(table) / sizeof((table)[0]))
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, a_system_map_names_a_kernel);
	tcase_add_test(tcase, a_copy_of_kallsyms_names_modules);
	tcase_add_test(tcase, a_map_is_moved_to_where_the_kernel_runs);
	tcase_add_test(tcase, a_copy_of_this_boot_keeps_its_modules);
	tcase_add_test(tcase, a_list_of_modules_says_where_they_lie);
	tcase_add_test(tcase, modules_of_another_boot_are_left_out);
	tcase_add_loop_test(tcase, a_bad_list_of_modules_is_refused, 0,
			    sizeof(bad_modules) / sizeof(bad_modules[0]));
	tcase_add_loop_test(tcase, a_bad_map_is_refused, 0, NR_OF(bad_maps));
	tcase_add_test(tcase, a_packed_kernel_is_refused);
	tcase_add_test(tcase, a_map_that_is_no_file_is_refused);
	tcase_add_test(tcase, nothing_to_read_is_refused);
	tcase_add_loop_test(tcase, a_vmlinux_is_held_against_the_guest, 0,
			    NR_OF(vmlinux_cases));
	tcase_add_loop_test(tcase,
			    a_file_is_a_guests_memory_wherever_its_hole_is, 0,
			    NR_OF(the_holes));
	tcase_add_test(tcase, what_is_no_memory_is_refused);
	tcase_add_test(tcase,
		       what_lies_behind_a_vmms_memory_is_nothing_and_soon);
	tcase_add_test(tcase, a_process_that_has_a_vmms_pid_is_not_read);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
