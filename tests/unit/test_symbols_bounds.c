// SPDX-License-Identifier: GPL-2.0-only
/* Names of files that are made to use up memory, or time. */
#include "image/symbols.h"

#include <check.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory_limit.h"
#include "run_suite.h"

static char folder[] = "/tmp/vprof-test-XXXXXX";

static const char *file_path(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* ---- files ------------------------------------------------------------------ */

enum {
	SPARSE_AT = 1 << 20,
	NAMES_AT = 0x400,
	SECTIONS_AT = 0x1000,
	MAX_MADE = 2048,
};

static const char section_names[] = "\0.names\0.gnu_debuglink";

/* A file of one kind of section, many times, where it has holes. */
struct sparse {
	uint64_t file_bytes;
	uint64_t bytes; /* of each section */
	uint64_t said;  /* by the first section, for a number of them */
	uint32_t type;
	unsigned int nr;
	bool has_notes; /* in a segment */
	const char *link;
};

static void write_at(int fd, const void *bytes, size_t size, off_t at)
{
	ck_assert_int_eq(pwrite(fd, bytes, size, at), (ssize_t)size);
}

/* [1] names, [2] what symbols are linked to, and then those asked for. */
static void make_sparse(const char *path, const struct sparse *made)
{
	static Elf64_Shdr sections[MAX_MADE];
	const Elf64_Phdr notes = {
		.p_type = PT_NOTE,
		.p_offset = SPARSE_AT,
		.p_filesz = made->has_notes ? made->bytes : 0,
	};
	Elf64_Ehdr header = {
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(header),
		.e_phoff = sizeof(header),
		.e_phentsize = sizeof(notes),
		.e_phnum = made->has_notes,
		.e_shoff = SECTIONS_AT,
		.e_shentsize = sizeof(sections[0]),
		.e_shnum = made->said ? 0 : 3 + made->nr,
		.e_shstrndx = 1,
	};
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS64;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	header.e_ident[EI_VERSION] = EV_CURRENT;
	memset(sections, 0, sizeof(sections));
	sections[0].sh_size = made->said;
	sections[1] = (Elf64_Shdr){ .sh_name = 1,
				    .sh_type = SHT_STRTAB,
				    .sh_offset = NAMES_AT,
				    .sh_size = sizeof(section_names) };
	sections[2] = (Elf64_Shdr){ .sh_type = SHT_DYNSYM,
				    .sh_offset = SPARSE_AT,
				    .sh_size = 24,
				    .sh_entsize = 24,
				    .sh_link = 1 };
	for (unsigned int i = 0; i < made->nr; i++)
		sections[3 + i] =
			(Elf64_Shdr){ .sh_name = made->link ? 8 : 0,
				      .sh_type = made->type,
				      .sh_offset = SPARSE_AT,
				      .sh_size = made->bytes,
				      .sh_entsize = made->link ? 0 : 24,
				      .sh_link = 2 };
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, made->file_bytes), 0);
	write_at(fd, &header, sizeof(header), 0);
	write_at(fd, &notes, sizeof(notes), sizeof(header));
	write_at(fd, section_names, sizeof(section_names), NAMES_AT);
	write_at(fd, sections, sizeof(sections), SECTIONS_AT);
	if (made->link)
		write_at(fd, made->link, made->bytes, SPARSE_AT);
	close(fd);
}

static void make_hole(const char *path, off_t bytes)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, bytes), 0);
	close(fd);
}

static int load(const char *path, struct vprof_error *err)
{
	struct vprof_symbols *symbols = NULL;
	struct vprof_image *image;
	int ret;

	ck_assert_int_eq(vprof_image_new(VPROF_IMAGE_FILE, "image", path, NULL,
					 0, &image),
			 0);
	ret = vprof_symbols_load(image, &symbols, err);
	vprof_symbols_free(symbols);
	vprof_image_free(image);
	return ret;
}

static const struct sparse sparse_files[] = {
	/* libelf has a structure for each section */
	{ .file_bytes = 4ULL << 30, .said = 16 << 20 },
	{ .file_bytes = 1 << 30,
	  .bytes = 768 << 20,
	  .type = SHT_NOTE,
	  .nr = 1 },
	{ .file_bytes = 1 << 30, .bytes = 768 << 20, .has_notes = true },
	/* the same bytes again and again */
	{ .file_bytes = 32 << 20,
	  .bytes = 24 << 20,
	  .type = SHT_RELA,
	  .nr = 40 },
};

enum { FEW_KBYTES = 256 << 10 };

START_TEST(a_file_made_to_use_up_memory_is_refused)
{
	struct rusage before, after;
	struct vprof_error err = { 0 };
	const char *path = file_path("sparse");

	make_sparse(path, &sparse_files[_i]);
	getrusage(RUSAGE_SELF, &before);
	ck_assert_int_eq(load(path, &err), -ENOEXEC);
	getrusage(RUSAGE_SELF, &after);
	ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, FEW_KBYTES);
	remove(path);
}
END_TEST

START_TEST(a_linked_debug_file_without_end_is_not_read)
{
	static const struct sparse linked = {
		.file_bytes = 2 << 20,
		.bytes = 8,
		.type = SHT_PROGBITS,
		.nr = 1,
		.link = "dbg\0sum",
	};
	struct vprof_error err = { 0 };
	char path[64];

	strcpy(path, file_path("linked"));
	make_sparse(path, &linked);
	make_hole(file_path("dbg"), 1LL << 42);
	ck_assert_int_eq(load(path, &err), -ENOENT);
	remove(file_path("dbg"));
	remove(path);
}
END_TEST

/* ---- a bound on memory -------------------------------------------------------- */

/* What has to hold in a child; its end is the line that did not. */
#define MUST(condition)                  \
	do {                             \
		if (!(condition))        \
			_exit(__LINE__); \
	} while (0)

enum { MEMORY_BYTES = 192 << 20 };

/* As systemd bounds a service's. The first look at it counts. */
static void have_memory(rlim_t bytes)
{
	struct rlimit before, less;
	uint64_t limit;

	MUST(!getrlimit(RLIMIT_DATA, &before));
	less = before;
	less.rlim_cur = bytes;
	MUST(!setrlimit(RLIMIT_DATA, &less));
	limit = vprof_memory_limit();
	MUST(!setrlimit(RLIMIT_DATA, &before));
	MUST(limit <= bytes);
}

/* A process that has not looked before. */
static void in_little_memory(void (*run)(size_t), size_t parameter)
{
	pid_t child = fork();
	int status;

	if (!child) {
		have_memory(MEMORY_BYTES);
		run(parameter);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status),
		      "line %d, modulo 256", WEXITSTATUS(status));
}

static void fill_a_table(size_t name_length)
{
	static char name[VPROF_SYMBOL_NAME_MAX];
	struct vprof_new_symbol symbol = { .name = name, .limit = UINT64_MAX };
	struct vprof_symbols *symbols;
	struct rusage before, after;
	int ret = 0;

	memset(name, 'a', name_length);
	getrusage(RUSAGE_SELF, &before);
	MUST(!vprof_symbols_new(false, &symbols));
	while (!ret) {
		symbol.offset++;
		ret = vprof_symbols_add(symbols, &symbol);
	}
	MUST(ret == -E2BIG);
	MUST(!vprof_symbols_finish(symbols));
	getrusage(RUSAGE_SELF, &after);
	MUST((after.ru_maxrss - before.ru_maxrss) * 1024 < MEMORY_BYTES / 2);
	vprof_symbols_free(symbols);
}

START_TEST(a_table_takes_no_more_than_its_part_of_memory)
{
	const size_t lengths[] = { 1, VPROF_SYMBOL_NAME_MAX - 1 };

	in_little_memory(fill_a_table, lengths[_i]);
}
END_TEST

static void load_a_large_one(size_t bytes)
{
	const struct sparse large = {
		.file_bytes = bytes + (32 << 20),
		.bytes = bytes,
		.type = SHT_SYMTAB,
		.nr = 1,
	};
	struct vprof_error err = { 0 };
	const char *path = file_path("large");

	make_sparse(path, &large);
	MUST(load(path, &err) == -EFBIG);
	MUST(strstr(err.text, path));
	remove(path);
}

START_TEST(more_symbols_than_memory_are_refused_with_a_sentence)
{
	in_little_memory(load_a_large_one, 96 << 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("symbols' bounds");
	TCase *tcase = tcase_create("symbols' bounds");
	int failed;

	if (!mkdtemp(folder))
		return EXIT_FAILURE;
	tcase_set_timeout(tcase, 30);
	/* First: nothing has looked for memory where all are one process. */
	tcase_add_loop_test(
		tcase, a_table_takes_no_more_than_its_part_of_memory, 0, 2);
	tcase_add_test(tcase,
		       more_symbols_than_memory_are_refused_with_a_sentence);
	tcase_add_loop_test(tcase, a_file_made_to_use_up_memory_is_refused, 0,
			    sizeof(sparse_files) / sizeof(sparse_files[0]));
	tcase_add_test(tcase, a_linked_debug_file_without_end_is_not_read);
	suite_add_tcase(suite, tcase);
	failed = run_suite(suite);
	rmdir(folder);
	return failed;
}
