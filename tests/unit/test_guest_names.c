// SPDX-License-Identifier: GPL-2.0-only
/* The names of a guest's kernel, found in memory made up for it; and refused. */
#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vprof/guest.h>

#include "guest/kernel.h"
#include "guest_pieces.h"
#include "made_guest.h"
#include "run_suite.h"

enum { MAX_SEEN = 64 };

static struct fixture {
	struct made_guest guest;
	struct pieces pieces;
	struct vprof_guest_memory memory;
	struct vprof_guest_options options;
	struct vprof_guest_kernel *kernel;
	struct vprof_error err;
	struct seen {
		char text[600];
	} seen[MAX_SEEN];
	size_t nr_seen;
} f;

static void see(void *data, const struct vprof_guest_symbol *symbol)
{
	ck_assert_ptr_eq(data, &f);
	ck_assert_uint_lt(f.nr_seen, MAX_SEEN);
	snprintf(f.seen[f.nr_seen++].text, sizeof(f.seen[0].text),
		 "%llx %c %s [%s]", (unsigned long long)symbol->address,
		 symbol->type, symbol->name, symbol->module);
}

static bool was_seen(const char *format, ...)
{
	char text[600];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t i = 0; i < f.nr_seen; i++) {
		if (!strcmp(f.seen[i].text, text))
			return true;
	}
	return false;
}

static void begin(void)
{
	memset(&f, 0, sizeof(f));
	f.options.size = sizeof(f.options);
	f.options.each_symbol = see;
	f.options.data = &f;
}

static void end(void)
{
	vprof_guest_kernel_free(f.kernel);
}

static int find(void)
{
	pieces_open(&f.pieces, f.guest.bytes, f.guest.size, &f.memory);
	return vprof_guest_kernel_read(&f.memory, &f.options, &f.kernel,
				       &f.err);
}

static void must_find(void)
{
	int ret = find();

	ck_assert_msg(ret == 0, "%d: %s", ret, f.err.text);
}

static void must_refuse(int code, const char *word)
{
	int ret = find();

	ck_assert_msg(ret == code, "%d: %s", ret, ret ? f.err.text : "found");
	ck_assert_int_eq(f.err.code, code);
	ck_assert_msg(strstr(f.err.text, word) != NULL, "%s", f.err.text);
	ck_assert_uint_eq(f.nr_seen, 0);
	f.kernel = NULL;
}

/* ---- what is there ----------------------------------------------------------------- */

static void check_all_symbols(void)
{
	uint64_t stext = MADE_STEXT + f.guest.kaslr;

	ck_assert_uint_eq(f.nr_seen,
			  MADE_NR_SYMBOLS +
				  MADE_NR_MODULES * MADE_NR_MODULE_SYMBOLS);
	for (size_t i = 0; i < MADE_NR_SYMBOLS; i++) {
		const struct made_symbol *symbol = &made_symbols[i];
		uint64_t at = symbol->offset + stext;

		/* a kernel with that layout has none */
		if (symbol->is_absolute && f.guest.layout != MADE_TO_BASE)
			at = symbol->offset;
		if (!strcmp(symbol->name, "R__stop_BTF"))
			continue;
		ck_assert_msg(was_seen("%llx %c %s []", (unsigned long long)at,
				       symbol->name[0], symbol->name + 1),
			      "%s", symbol->name);
	}
	for (int m = 0; m < MADE_NR_MODULES; m++) {
		for (int i = 1; i <= MADE_NR_MODULE_SYMBOLS; i++)
			ck_assert(was_seen("%llx %c made%d_function%d [made%d]",
					   MADE_MODULE(m) + MADE_TEXT_AT +
						   i * 0x100,
					   i == 3 ? 'T' : 't', m, i, m));
	}
}

/* Every layout of the table, both of struct module, at home and moved. */
START_TEST(every_name_is_found)
{
	begin();
	f.guest.layout = _i & 3;
	f.guest.has_core_layout = _i & 4;
	f.guest.kaslr = _i & 8 ? 0x16000000 : 0;
	f.guest.phys = _i & 8 ? 0x600000 : 0;
	made_guest_make(&f.guest);
	must_find();
	check_all_symbols();
	end();
}
END_TEST

START_TEST(the_kernel_says_what_it_is)
{
	const struct vprof_guest_info *info;

	begin();
	f.guest.kaslr = 0x10000000;
	made_guest_make(&f.guest);
	must_find();
	info = vprof_guest_kernel_get_info(f.kernel);
	ck_assert_str_eq(info->release, "6.1.0-made");
	ck_assert_uint_eq(info->build_id_size, 20);
	ck_assert_uint_eq(info->build_id[19], 0x13);
	ck_assert_uint_eq(info->text_start, MADE_STEXT + 0x10000000);
	ck_assert_uint_eq(info->text_end, MADE_STEXT + 0x10001000);
	ck_assert_uint_eq(info->nr_modules, MADE_NR_MODULES);
	ck_assert_str_eq(info->no_modules, "");
	ck_assert_str_eq(info->names_from, "guest memory, 6.1.0-made");
	end();
}
END_TEST

/* Another letter for the first of "start_kernel". */
static void rename_start_kernel(void)
{
	uint64_t at = MADE_NAMES;
	size_t i;

	for (i = 0; strcmp(made_symbols[i].name, "Tstart_kernel"); i++)
		at += 1 + strlen(made_symbols[i].name);
	made_guest_put(&f.guest, at + 2, "z", 1);
}

static struct vprof_guest_kernel *find_kernel(uint64_t kaslr, bool is_other)
{
	begin();
	f.guest.kaslr = kaslr;
	made_guest_make(&f.guest);
	if (is_other)
		rename_start_kernel();
	must_find();
	return f.kernel;
}

static const char *get_name(const struct vprof_guest_kernel *kernel,
			    const char *image, uint64_t offset)
{
	struct vprof_symbol symbol;

	ck_assert(!vprof_guest_kernel_find(kernel, image, offset, &symbol));
	return symbol.name;
}

enum { NR_ALIKE = 4000, NR_IN_EACH = 90 };

/* Modules of one name that are the same but for their last symbol. */
static struct vprof_guest_kernel *make_alike(char last)
{
	const struct vprof_guest_options options = { .size = sizeof(options) };
	struct vprof_guest_kernel *kernel = vprof_guest_kernel_new(&options);
	char name[] = "a_symbol";

	ck_assert_ptr_nonnull(kernel);
	for (size_t i = 0; i < NR_ALIKE; i++) {
		ck_assert(!vprof_guest_kernel_add_image(kernel, "same", i << 12,
							1 << 12));
		for (size_t j = 0; j < NR_IN_EACH; j++) {
			name[0] = j + 1 < NR_IN_EACH ? 'a' : last;
			ck_assert(!vprof_guest_kernel_add_symbol(
				kernel, i, (i << 12) + j, 't', name));
		}
	}
	ck_assert(!vprof_guest_kernel_finish(kernel));
	return kernel;
}

/* The guest says what its modules are called, and a recorder waits meanwhile. */
START_TEST(modules_of_one_name_are_not_all_held_against_each_other)
{
	struct vprof_guest_kernel *first = make_alike('b');
	struct vprof_guest_kernel *second = make_alike('c');
	clock_t start = clock();

	vprof_guest_kernel_share(second, first);
	ck_assert_int_lt(clock() - start, 2 * CLOCKS_PER_SEC);
	vprof_guest_kernel_free(first);
	vprof_guest_kernel_free(second);
}
END_TEST

/* Where every name is the same; what one is told stays when the other goes. */
START_TEST(kernels_that_are_alike_have_their_names_once)
{
	struct vprof_guest_kernel *first = find_kernel(0, false);
	struct vprof_guest_kernel *second = find_kernel(0x10000000, false);
	struct vprof_guest_kernel *other = find_kernel(0, true);

	vprof_guest_kernel_share(second, first);
	vprof_guest_kernel_share(second, first);
	vprof_guest_kernel_share(other, first);
	ck_assert_ptr_eq(get_name(second, "[kernel]", 0x180),
			 get_name(first, "[kernel]", 0x180));
	ck_assert_ptr_eq(get_name(second, "[made1]", 0x100),
			 get_name(first, "[made1]", 0x100));
	ck_assert_str_eq(get_name(other, "[kernel]", 0x180), "ztart_kernel");
	ck_assert_str_eq(get_name(first, "[kernel]", 0x180), "start_kernel");
	vprof_guest_kernel_free(first);
	ck_assert_str_eq(get_name(second, "[kernel]", 0x180), "start_kernel");
	vprof_guest_kernel_free(second);
	ck_assert_str_eq(get_name(other, "[made1]", 0x100), "made1_function1");
	vprof_guest_kernel_free(other);
}
END_TEST

static const struct place {
	uint64_t address;
	const char *image;
	uint64_t offset;
	const char *symbol; /* NULL: none */
} places[] = {
	{ MADE_STEXT, "[kernel]", 0, "_stext" },
	{ MADE_STEXT + 0x1ff, "[kernel]", 0x1ff, "start_kernel" },
	{ MADE_STEXT + 0x230, "[kernel]", 0x230, "weak_one" },
	{ MADE_STEXT - 1, NULL, 0, NULL },
	{ MADE_STEXT + 0x200000, NULL, 0, NULL },
	{ MADE_MODULE(0) + MADE_TEXT_AT, "[made0]", 0, NULL },
	{ MADE_MODULE(0) + MADE_TEXT_AT + 0x2ff, "[made0]", 0x2ff,
	  "made0_function2" },
	{ MADE_MODULE(1) + MADE_TEXT_AT + 0x7ff, "[made1]", 0x7ff,
	  "made1_function3" },
	{ MADE_MODULE(1) + MADE_TEXT_AT + 0x800, NULL, 0, NULL },
	{ 0, NULL, 0, NULL },
	{ UINT64_MAX, NULL, 0, NULL },
};

START_TEST(an_address_is_resolved)
{
	const struct place *place = &places[_i];
	struct vprof_symbol symbol;
	const char *image;
	uint64_t offset;
	int ret;

	begin();
	made_guest_make(&f.guest);
	must_find();
	ret = vprof_guest_kernel_resolve(f.kernel, place->address, &image,
					 &offset);
	ck_assert_int_eq(ret, place->image ? 0 : -ENOENT);
	if (!ret) {
		ck_assert_str_eq(image, place->image);
		ck_assert_uint_eq(offset, place->offset);
		ret = vprof_guest_kernel_find(f.kernel, image, offset, &symbol);
		ck_assert_int_eq(ret, place->symbol ? 0 : -ENOENT);
	}
	if (!ret)
		ck_assert_str_eq(symbol.name, place->symbol);
	end();
}
END_TEST

START_TEST(the_right_one_of_two_notes_is_taken)
{
	begin();
	f.guest.kaslr = 0x16000000;
	f.guest.phys = 0x600000;
	f.guest.note_at = 0x9000;
	made_guest_make(&f.guest);
	/* another kernel's, left behind: its tables are gone */
	made_guest_put_note(&f.guest, 0x3000,
			    "OSRELEASE=5.10.0-old\n"
			    "SYMBOL(_stext)=ffffffff90000000\n"
			    "SYMBOL(kallsyms_names)=ffffffff91000000\n"
			    "SYMBOL(kallsyms_num_syms)=ffffffff91000000\n"
			    "SYMBOL(kallsyms_token_table)=ffffffff91000000\n"
			    "SYMBOL(kallsyms_token_index)=ffffffff91000000\n"
			    "SYMBOL(kallsyms_offsets)=ffffffff91000000\n"
			    "NUMBER(phys_base)=0\n");
	must_find();
	check_all_symbols();
	end();
}
END_TEST

START_TEST(a_kernel_that_does_not_run_is_not_taken)
{
	begin();
	made_guest_make(&f.guest);
	f.options.kernel_address = MADE_STEXT + 0x5000000;
	must_refuse(-ENOENT, "not the one that runs");
	f.options.kernel_address = MADE_STEXT + 0x180;
	must_find();
	vprof_guest_kernel_free(f.kernel);
	f.nr_seen = 0;
	f.options.kernel_address = MADE_MODULE(0) + MADE_TEXT_AT;
	must_find();
	end();
}
END_TEST

START_TEST(names_that_are_not_printable_are_made_so)
{
	begin();
	made_guest_make(&f.guest);
	made_guest_put(&f.guest, MADE_NAMES,
		       "\x12"
		       "Afixed\x1b\n\x7f\xff_data",
		       16);
	/* the tokens of these are empty: what they name is shorter */
	made_guest_put(&f.guest, MADE_MODULE(0) + MADE_KALLSYMS_AT + 0x201,
		       "ma\x1b[2J", 6);
	must_find();
	ck_assert(was_seen("%llx t ma?[2Jfunction1 [made0]",
			   MADE_MODULE(0) + MADE_TEXT_AT + 0x100));
	for (size_t i = 0; i < f.nr_seen; i++)
		ck_assert_ptr_null(strpbrk(f.seen[i].text, "\x1b\n\x7f"));
	end();
}
END_TEST

/* ---- what is forged ----------------------------------------------------------------- */

static void put_u32(uint64_t at, uint32_t value)
{
	made_guest_put(&f.guest, at, &value, sizeof(value));
}

static void no_symbol(void)
{
	put_u32(MADE_NUM_SYMS, 0);
}

static void too_many_symbols(void)
{
	put_u32(MADE_NUM_SYMS, UINT32_MAX);
}

static void more_symbols_than_names(void)
{
	put_u32(MADE_NUM_SYMS, 300000);
}

static void name_of_nothing(void)
{
	made_guest_put(&f.guest, MADE_NAMES, "", 1);
}

static void name_too_long(void)
{
	uint8_t long_name[1002] = { 0xe8, 0x07 };

	memset(long_name + 2, 'x', sizeof(long_name) - 2);
	made_guest_put(&f.guest, MADE_NAMES, long_name, sizeof(long_name));
}

static void name_without_end(void)
{
	uint8_t names[4096];

	memset(names, 0xff, sizeof(names));
	made_guest_put(&f.guest, MADE_NAMES, names, sizeof(names));
}

static void token_far_away(void)
{
	made_guest_put(&f.guest, MADE_TOKEN_INDEX + 2 * 'A', "\xff\xff", 2);
}

static void tokens_without_end(void)
{
	char token[8192];

	memset(token, 'A', sizeof(token));
	made_guest_put(&f.guest, MADE_TOKEN_TABLE, token, sizeof(token));
}

static void stext_moved(void)
{
	uint32_t moved[3] = { -1 - 0x1000, -1 - 0x1000, -1 - 0x1000 };

	made_guest_put(&f.guest, MADE_OFFSETS + 8, moved, sizeof(moved));
}

static void base_moved(void)
{
	made_guest_put_u64(&f.guest, MADE_BASE, 1ULL << 63);
}

static void nothing(void)
{
}

static const struct forgery {
	const char *about;
	const char *extra_note;
	void (*forge)(void);
	int code;
	const char *word;
} forgeries[] = {
	{ "release", "OSRELEASE=\n", nothing, -EBADMSG, "VMCOREINFO" },
	{ "build-id", "BUILD-ID=xyz\n", nothing, -EBADMSG, "VMCOREINFO" },
	{ "long build-id",
	  "BUILD-ID=00010203040506070809000102030405060708090001\n", nothing,
	  -EBADMSG, "VMCOREINFO" },
	{ "address", "SYMBOL(_stext)=-1\n", nothing, -EBADMSG, "_stext" },
	{ "no number", "SYMBOL(_stext)=there\n", nothing, -EBADMSG,
	  "VMCOREINFO" },
	{ "image of 2^63", "NUMBER(KERNEL_IMAGE_SIZE)=9223372036854775808\n",
	  nothing, -EBADMSG, "0x8000000000000000" },
	{ "text in user space", "SYMBOL(_stext)=400000\n", nothing, -EBADMSG,
	  "_stext at 0x400000" },
	{ "phys_base of 2^63", "NUMBER(phys_base)=-9223372036854775808\n",
	  nothing, -EBADMSG, "not in memory" },
	{ "no tables", "SYMBOL(kallsyms_names)=0\n", nothing, -ENOENT,
	  "before 6.0" },
	{ "tables at 2^64", "SYMBOL(kallsyms_names)=ffffffffffffffff\n",
	  nothing, -EBADMSG, "not in memory" },
	{ "number of symbols at a page's end",
	  "SYMBOL(kallsyms_num_syms)=ffffffff81fffffe\n", nothing, -EBADMSG,
	  "not in memory" },
	{ "no symbol", NULL, no_symbol, -EBADMSG, "no symbol" },
	{ "too many", NULL, too_many_symbols, -E2BIG, "4294967295" },
	{ "more than there are", NULL, more_symbols_than_names, -EBADMSG,
	  "not" },
	{ "name of nothing", NULL, name_of_nothing, -EBADMSG, "name 1 of" },
	{ "name too long", NULL, name_too_long, -EBADMSG, "name 1 of" },
	{ "name without end", NULL, name_without_end, -EBADMSG, "name" },
	{ "token far away", NULL, token_far_away, -EBADMSG, "token at 65535" },
	{ "tokens without end", NULL, tokens_without_end, -EBADMSG, "token" },
	{ "_stext elsewhere", NULL, stext_moved, -EBADMSG, "_stext" },
	{ "base elsewhere", NULL, base_moved, -EBADMSG, "_stext" },
};

START_TEST(a_forged_kernel_is_refused)
{
	const struct forgery *forgery = &forgeries[_i];

	begin();
	f.guest.extra_note = forgery->extra_note;
	made_guest_make(&f.guest);
	forgery->forge();
	must_refuse(forgery->code, forgery->word);
	end();
}
END_TEST

START_TEST(memory_without_a_kernel_is_refused)
{
	begin();
	made_guest_put(&f.guest, MADE_STEXT, "no note", 7);
	must_refuse(-ENOENT, "--map NAME=FILE");
	end();
}
END_TEST

/* Each is a note as far as its head says. */
START_TEST(memory_full_of_notes_is_refused)
{
	begin();
	for (int i = 0; i < 300; i++)
		made_guest_put_note(
			&f.guest, i * 4096,
			"OSRELEASE=1\nSYMBOL(_stext)=ffffffff81000000\n"
			"NUMBER(phys_base)=0\nXXXXXXXXXXXXXXXXXXXXX\n");
	must_refuse(-ENOENT, "before 6.0");
	ck_assert_uint_lt(f.pieces.nr_reads, 200);
	end();
}
END_TEST

/* ---- forged modules: the kernel's names stay --------------------------------------------- */

static void list_to_nowhere(void)
{
	made_guest_put_u64(&f.guest, MADE_LIST, 1ULL << 63);
}

static void list_to_itself(void)
{
	made_guest_put_u64(&f.guest, MADE_MODULE(0) + MADE_MODULE_LIST,
			   MADE_MODULE(0) + MADE_MODULE_LIST);
}

static void second_breaks(void)
{
	made_guest_put_u64(&f.guest, MADE_MODULE(1) + MADE_MODULE_KALLSYMS,
			   0x1000);
}

static void second_has_2_32_symbols(void)
{
	put_u32(MADE_MODULE(1) + MADE_KALLSYMS_AT + 8, UINT32_MAX);
}

static void second_has_huge_text(void)
{
	put_u32(MADE_MODULE(1) + MADE_MODULE_MEM + 16, UINT32_MAX);
}

static void second_at_the_end_of_memory(void)
{
	made_guest_put_u64(&f.guest, MADE_MODULE(1) + MADE_MODULE_MEM,
			   UINT64_MAX - 16);
}

static void second_without_a_name(void)
{
	made_guest_put(&f.guest, MADE_MODULE(1) + MADE_MODULE_NAME, "", 1);
}

static void types_without_magic(void)
{
	made_guest_put(&f.guest, MADE_BTF, "\x1", 1);
}

static void types_of_2_32(void)
{
	put_u32(MADE_BTF + 12, UINT32_MAX);
}

static void types_of_unknown_kind(void)
{
	put_u32(MADE_BTF + 24 + 4, 31u << 24);
}

static void member_far_away(void)
{
	put_u32(MADE_BTF + 24 + 16 + 12 + 8, 0xfffffff8);
}

/* The root's entry leads to the root. */
static void page_tables_that_loop(void)
{
	made_guest_put_u64(&f.guest, MADE_ROOT + 511 * 8,
			   (MADE_ROOT - MADE_IMAGE) | 1);
}

static const struct module_forgery {
	const char *about;
	void (*forge)(void);
	size_t nr_modules;
	const char *word;
} module_forgeries[] = {
	{ "list to nowhere", list_to_nowhere, 0, "not in memory" },
	{ "list to itself", list_to_itself, 0, "no end" },
	{ "second breaks", second_breaks, 1, "not in memory" },
	{ "2^32 symbols", second_has_2_32_symbols, 1, "too many symbols" },
	{ "huge text", second_has_huge_text, 1, "place" },
	{ "at the end", second_at_the_end_of_memory, 1, "place" },
	{ "no name", second_without_a_name, 1, "without a name" },
	{ "types without magic", types_without_magic, 0, "its form" },
	{ "types of 2^32", types_of_2_32, 0, "its form" },
	{ "types of unknown kind", types_of_unknown_kind, 0, "its form" },
	{ "member far away", member_far_away, 0, "struct module" },
	{ "page tables that loop", page_tables_that_loop, 0, "not in memory" },
};

static void count_symbol(void *data, const struct vprof_guest_symbol *symbol)
{
	(void)data, (void)symbol;
}

START_TEST(forged_modules_leave_the_kernel)
{
	const struct module_forgery *forgery = &module_forgeries[_i];
	const struct vprof_guest_info *info;

	begin();
	f.options.each_symbol = count_symbol;
	made_guest_make(&f.guest);
	forgery->forge();
	must_find();
	info = vprof_guest_kernel_get_info(f.kernel);
	ck_assert_uint_eq(info->nr_modules, forgery->nr_modules);
	ck_assert_uint_ge(info->nr_symbols, MADE_NR_SYMBOLS);
	ck_assert_msg(strstr(info->no_modules, forgery->word) != NULL, "%s",
		      info->no_modules);
	end();
}
END_TEST

/* ---- a guest whose page tables are not ours to walk: PV on Xen ------------------------- */

#define MACHINE_BIT (1ULL << 62)
#define DIRECT_MAP 0xffff888000000000ULL
#define MADE_DATA (MADE_STEXT + 0x110000)
#define MADE_DATA_END (MADE_STEXT + 0x200000)

static int translate(void *data, uint64_t virtual, uint64_t *ret_address)
{
	uint64_t end = MADE_MODULE(MADE_NR_MODULES);

	(void)data;
	if (virtual < MADE_IMAGE || virtual >= end)
		return -EFAULT;
	if (virtual < MADE_MODULE(0))
		virtual -= f.guest.kaslr;
	*ret_address = made_guest_physical(&f.guest, virtual) | MACHINE_BIT;
	if (virtual >= MADE_DATA && virtual < MADE_DATA_END)
		*ret_address |= VPROF_GUEST_WRITABLE;
	return 0;
}

static int read_machine(void *data, uint64_t address, void *buffer, size_t size)
{
	return pieces_read(data, address & ~MACHINE_BIT, buffer, size);
}

static size_t read_machine_pages(void *data, const uint64_t *addresses,
				 size_t nr, void *pages)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (read_machine(data, addresses[i],
				 (char *)pages + i * PIECES_PAGE, PIECES_PAGE))
			break;
	}
	return i;
}

static bool was_scanned;

static void scan(void *data, uint64_t start, size_t nr, void *heads)
{
	was_scanned = true;
	pieces_read_heads(data, start, nr, heads);
}

static void must_find_translated(bool reads_many)
{
	page_tables_that_loop();
	pieces_open(&f.pieces, f.guest.bytes, f.guest.size, &f.memory);
	was_scanned = false;
	f.memory.read = read_machine;
	f.memory.read_heads = scan;
	f.memory.translate = translate;
	f.memory.direct_map = DIRECT_MAP;
	f.memory.read_pages = reads_many ? read_machine_pages : NULL;
	ck_assert_msg(!vprof_guest_kernel_read(&f.memory, &f.options, &f.kernel,
					       &f.err),
		      "%s", f.err.text);
	check_all_symbols();
}

static void make_translated(void)
{
	begin();
	f.guest.kaslr = 0x16000000;
	f.guest.phys = 0x600000;
	/* what the note says of physical memory is not true there */
	f.guest.extra_note = "NUMBER(phys_base)=0\n";
	made_guest_make(&f.guest);
}

/* With and without reading many pages at once. */
START_TEST(memory_may_translate_by_itself)
{
	make_translated();
	must_find_translated(_i);
	ck_assert(was_scanned);
	end();
}
END_TEST

/* Which in a big machine is the only way that ends soon. */
START_TEST(a_note_is_found_by_what_points_to_it)
{
	make_translated();
	made_guest_put_u64(&f.guest, MADE_DATA + 0x48, DIRECT_MAP + 0x1000);
	made_guest_put_u64(&f.guest, MADE_DATA + 0x50, DIRECT_MAP - 0x1000);
	made_guest_put_u64(&f.guest, MADE_DATA + 0x58, ~4095ULL);
	made_guest_put_u64(&f.guest, MADE_DATA + 0x9ff8,
			   DIRECT_MAP + MADE_NOTE_AT);
	must_find_translated(_i);
	ck_assert(!was_scanned);
	end();
}
END_TEST

/* To a note that is no kernel's, and to pages that have none. */
START_TEST(pointers_that_lead_astray_leave_the_scan)
{
	uint64_t pointers[512];

	make_translated();
	made_guest_put_note(&f.guest, 0x3000,
			    "OSRELEASE=5.10.0-old\n"
			    "SYMBOL(_stext)=ffffffff90000000\n"
			    "SYMBOL(kallsyms_names)=ffffffff91000000\n");
	for (size_t i = 0; i < 512; i++)
		pointers[i] = DIRECT_MAP + 0x6000 + (i << 12);
	pointers[7] = DIRECT_MAP + 0x3000;
	made_guest_put(&f.guest, MADE_DATA + 0x8000, pointers,
		       sizeof(pointers));
	must_find_translated(true);
	ck_assert(was_scanned);
	end();
}
END_TEST

/* ---- bounds ------------------------------------------------------------------------------ */

static int read_slowly(void *data, uint64_t address, void *buffer, size_t size)
{
	struct timespec nap = { .tv_nsec = 50000000 };

	nanosleep(&nap, NULL);
	return pieces_read(data, address, buffer, size);
}

START_TEST(one_look_takes_no_longer_than_allowed)
{
	struct timespec began, ended;

	begin();
	made_guest_make(&f.guest);
	pieces_open(&f.pieces, f.guest.bytes, f.guest.size, &f.memory);
	f.memory.read = read_slowly;
	f.options.timeout_ms = 20;
	clock_gettime(CLOCK_MONOTONIC, &began);
	ck_assert_int_eq(vprof_guest_kernel_read(&f.memory, &f.options,
						 &f.kernel, &f.err),
			 -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	ck_assert_int_le(ended.tv_sec - began.tv_sec, 2);
	ck_assert_ptr_nonnull(strstr(f.err.text, "20 ms"));
	f.kernel = NULL;
	end();
}
END_TEST

static bool is_stopped(void *data)
{
	ck_assert_ptr_eq(data, &f);
	return true;
}

START_TEST(a_look_that_nobody_wants_any_more_ends)
{
	struct timespec began, ended;

	begin();
	made_guest_make(&f.guest);
	pieces_open(&f.pieces, f.guest.bytes, f.guest.size, &f.memory);
	f.memory.read = read_slowly;
	f.memory.patience = 100;
	f.options.is_stopped = is_stopped;
	clock_gettime(CLOCK_MONOTONIC, &began);
	ck_assert_int_eq(vprof_guest_kernel_read(&f.memory, &f.options,
						 &f.kernel, &f.err),
			 -ECANCELED);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	ck_assert_int_le(ended.tv_sec - began.tv_sec, 2);
	ck_assert_ptr_nonnull(strstr(f.err.text, "the recording ended"));
	f.kernel = NULL;
	end();
}
END_TEST

/* Its CPU time counts for less; so does time by the clock. */
START_TEST(slow_memory_is_given_more_time)
{
	begin();
	made_guest_make(&f.guest);
	pieces_open(&f.pieces, f.guest.bytes, f.guest.size, &f.memory);
	f.memory.read = read_slowly;
	f.memory.patience = 1000;
	f.options.timeout_ms = 200;
	ck_assert_msg(!vprof_guest_kernel_read(&f.memory, &f.options, &f.kernel,
					       &f.err),
		      "%s", f.err.text);
	check_all_symbols();
	end();
}
END_TEST

START_TEST(no_child_is_left_behind)
{
	begin();
	made_guest_make(&f.guest);
	must_find();
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest names");
	TCase *tcase = tcase_create("guest names");

#define NR_OF(table) (int)(sizeof(table) / sizeof((table)[0]))
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, every_name_is_found, 0, 16);
	tcase_add_test(tcase, the_kernel_says_what_it_is);
	tcase_add_test(tcase, kernels_that_are_alike_have_their_names_once);
	tcase_add_test(tcase,
		       modules_of_one_name_are_not_all_held_against_each_other);
	tcase_add_loop_test(tcase, an_address_is_resolved, 0, NR_OF(places));
	tcase_add_test(tcase, the_right_one_of_two_notes_is_taken);
	tcase_add_test(tcase, a_kernel_that_does_not_run_is_not_taken);
	tcase_add_test(tcase, names_that_are_not_printable_are_made_so);
	tcase_add_loop_test(tcase, a_forged_kernel_is_refused, 0,
			    NR_OF(forgeries));
	tcase_add_test(tcase, memory_without_a_kernel_is_refused);
	tcase_add_test(tcase, memory_full_of_notes_is_refused);
	tcase_add_loop_test(tcase, forged_modules_leave_the_kernel, 0,
			    NR_OF(module_forgeries));
	tcase_add_loop_test(tcase, memory_may_translate_by_itself, 0, 2);
	tcase_add_loop_test(tcase, a_note_is_found_by_what_points_to_it, 0, 2);
	tcase_add_test(tcase, pointers_that_lead_astray_leave_the_scan);
	tcase_add_test(tcase, one_look_takes_no_longer_than_allowed);
	tcase_add_test(tcase, a_look_that_nobody_wants_any_more_ends);
	tcase_add_test(tcase, slow_memory_is_given_more_time);
	tcase_add_test(tcase, no_child_is_left_behind);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
