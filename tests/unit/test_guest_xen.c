// SPDX-License-Identifier: GPL-2.0-only
/*
 * A PV guest of Xen, made up: its machine frames are anywhere, and only Xen's
 * libraries reach them. What counts is how often: each map and each unmap is a
 * handful of hypercalls, and flushes TLBs.
 */
#include <check.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <vprof/guest.h>

#include "guest/xen_library.h"
#include "guest_pieces.h"
#include "made_guest.h"
#include "run_suite.h"

enum {
	PAGE = 4096,
	GUEST_PAGES = 128 << 10, /* 512 MiB */
	MACHINE_FRAMES = 2 * GUEST_PAGES,
	CR3_AT = 5008, /* of a vcpu_guest_context */
	DOMAIN = 7,
	PRESENT = 1,
	WRITABLE = 2,
	/* Where the kernel's image lies in its memory, and what of it is data. */
	IMAGE_START = 0x1000,
	IMAGE_PAGES = 12 << 10,
	DATA_START = IMAGE_START + (1 << 10),
	DATA_PAGES = 5 << 10,
	MODULES_START = 0x800,
	MODULES_PAGES = 16,
	FREE_START = 0x6000,
	LEADS_A_PAGE = 3,
	DATA_WITH_LEADS = 2500,
	MOST_MAPPED = 512,
	/* Of the kernel's names there are more than are made. */
	NR_NAMES = 60000,
	NAME_LENGTH = 16,
	NR_MODULES = 60,
	NR_MODULE_NAMES = 400,
	MODULE_PAGES = 16,
	MODULE_TABLES = 8 * PAGE, /* in it */
	MODULE_NAMES = MODULE_TABLES + NR_MODULE_NAMES * sizeof(Elf64_Sym),
	MODULE_TYPES = MODULE_NAMES + NR_MODULE_NAMES * NAME_LENGTH,
};

#define NAMES (MADE_STEXT + 0x800000)
#define OFFSETS (MADE_STEXT + 0xa00000)
#define MODULE(nr) (0xffffffffc0800000ULL + (nr)*2ULL * MODULE_PAGES * PAGE)

#define DIRECT_MAP 0xffff888000000000ULL

static struct made_guest made;
static uint8_t (*memory)[PAGE];
static uint64_t next_table; /* a page of the guest's, downwards */
static uint64_t root;

static struct counts {
	size_t maps;
	size_t pages;
	size_t mapped; /* now */
	size_t most_mapped;
} counts;

/* ---- in place of Xen's libraries --------------------------------------------------- */

/* Both ways: neighbours of the guest's are none of the machine's. */
static uint64_t to_machine(uint64_t page)
{
	return page * 0x9e3779b1 % MACHINE_FRAMES;
}

static uint64_t to_guest(uint64_t frame)
{
	return frame * 0x32f51 % MACHINE_FRAMES;
}

static void *open_any(void *logger, unsigned int flags)
{
	(void)logger, (void)flags;
	return &counts;
}

static void *open_ctrl(void *logger, void *build_logger, unsigned int flags)
{
	(void)build_logger;
	return open_any(logger, flags);
}

static int close_any(void *handle)
{
	ck_assert_ptr_eq(handle, &counts);
	return 0;
}

static void *map_pages(void *foreign, uint32_t domain, int prot, size_t nr,
		       const uint64_t *frames, int *errors)
{
	uint8_t *pages = malloc(nr * PAGE);
	size_t i;

	ck_assert_ptr_eq(foreign, &counts);
	ck_assert_uint_eq(domain, DOMAIN);
	ck_assert_int_eq(prot, PROT_READ);
	ck_assert_ptr_nonnull(pages);
	counts.maps++;
	counts.pages += nr;
	counts.mapped += nr;
	if (counts.most_mapped < counts.mapped)
		counts.most_mapped = counts.mapped;
	for (i = 0; i < nr; i++) {
		uint64_t page = to_guest(frames[i] % MACHINE_FRAMES);

		errors[i] = frames[i] < MACHINE_FRAMES && page < GUEST_PAGES
				    ? 0
				    : -EINVAL;
		if (!errors[i])
			memcpy(pages + i * PAGE, memory[page], PAGE);
	}
	return pages;
}

static int unmap_pages(void *foreign, void *pages, size_t nr)
{
	ck_assert_ptr_eq(foreign, &counts);
	counts.mapped -= nr;
	free(pages);
	return 0;
}

static int get_context(void *ctrl, uint32_t domain, uint32_t vcpu,
		       void *context)
{
	uint64_t cr3 = to_machine(root) * PAGE;

	ck_assert_ptr_eq(ctrl, &counts);
	ck_assert_uint_eq(domain, DOMAIN);
	ck_assert_uint_eq(vcpu, 0);
	memcpy((char *)context + CR3_AT, &cr3, sizeof(cr3));
	return 0;
}

int vprof_xen_library_open(struct vprof_xen_library *library)
{
	*library = (struct vprof_xen_library){
		.open_foreign = open_any,
		.close_foreign = close_any,
		.map = map_pages,
		.unmap = unmap_pages,
		.open_ctrl = open_ctrl,
		.close_ctrl = close_any,
		.get_context = get_context,
	};
	return 0;
}

void vprof_xen_library_close(struct vprof_xen_library *library)
{
	(void)library;
}

/* ---- the guest ---------------------------------------------------------------------- */

static void put_u64(uint64_t page, size_t index, uint64_t value)
{
	memcpy(memory[page] + 8 * index, &value, sizeof(value));
}

static uint64_t get_u64(uint64_t page, size_t index)
{
	uint64_t value;

	memcpy(&value, memory[page] + 8 * index, sizeof(value));
	return value;
}

/* The guest's page of the table below, made where there is none. */
static uint64_t get_table(uint64_t table, size_t index)
{
	uint64_t entry = get_u64(table, index);

	if (!entry) {
		entry = to_machine(--next_table) * PAGE | WRITABLE | PRESENT;
		put_u64(table, index, entry);
	}
	return to_guest(entry / PAGE);
}

static void map_page(uint64_t virtual, uint64_t page, uint64_t rights)
{
	uint64_t table = root;
	int shift;

	for (shift = 39; shift > 12; shift -= 9)
		table = get_table(table, virtual >> shift & 511);
	put_u64(table, virtual >> 12 & 511,
		to_machine(page) * PAGE | rights | PRESENT);
}

static void map_all(void)
{
	uint64_t i;

	root = next_table = GUEST_PAGES - 1;
	for (i = 0; i < GUEST_PAGES; i++)
		map_page(DIRECT_MAP + i * PAGE, i, 0);
	for (i = IMAGE_START; i < IMAGE_START + IMAGE_PAGES; i++)
		map_page(MADE_IMAGE + i * PAGE, i,
			 i - DATA_START < DATA_PAGES ? WRITABLE : 0);
	for (i = 0; i < MODULES_PAGES; i++)
		map_page(MADE_MODULE(0) + i * PAGE,
			 MODULES_START + MODULES_PAGES - 1 - i, WRITABLE);
}

/* Pages of the guest, anywhere, the same in each run. */
static uint64_t choose_page(void)
{
	static uint64_t state;

	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % GUEST_PAGES;
}

/* What the last of its data points to: anything, and somewhere in it the note. */
static void put_leads(uint64_t nr_pages)
{
	const uint64_t end = DATA_START + DATA_PAGES;
	uint64_t page;
	size_t i;

	for (page = end - nr_pages; page < end; page++)
		for (i = 0; i < LEADS_A_PAGE; i++)
			put_u64(page, 100 * (i + 1),
				DIRECT_MAP + choose_page() * PAGE);
	put_u64(end - nr_pages, 77, DIRECT_MAP + MADE_NOTE_AT);
}

static void put_made(const char *extra_note)
{
	struct vprof_guest_memory unused;
	static struct pieces pieces;
	size_t i;

	memset(&made, 0, sizeof(made));
	made.extra_note = extra_note;
	made_guest_make(&made);
	pieces_open(&pieces, made.bytes, made.size, &unused);
	for (i = 0; i < pieces.nr; i++)
		memcpy((uint8_t *)memory + pieces.pieces[i].address,
		       pieces.pieces[i].bytes, pieces.pieces[i].size);
}

/* ---- as many names as a kernel has -------------------------------------------------- */

static uint8_t *at_virtual(uint64_t virtual)
{
	uint64_t table = root;
	int shift;

	for (shift = 39; shift >= 12; shift -= 9)
		table = to_guest(get_u64(table, virtual >> shift & 511) / PAGE);
	return memory[table] + virtual % PAGE;
}

static void put(uint64_t virtual, const void *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		*at_virtual(virtual + i) = ((const uint8_t *)bytes)[i];
}

static void put_address(uint64_t virtual, uint64_t address)
{
	put(virtual, &address, sizeof(address));
}

/* Behind those that are made. */
static void put_names(void)
{
	char name[2 * NAME_LENGTH];
	uint32_t nr = NR_NAMES;
	uint64_t at = NAMES;
	int32_t offset;
	uint32_t i;

	for (i = 0; i < NR_NAMES; i++) {
		snprintf(name, sizeof(name), "%ct%0*u", NAME_LENGTH,
			 NAME_LENGTH - 1, i);
		offset = -1 - 0x100;
		if (i < MADE_NR_SYMBOLS) {
			name[0] = strlen(made_symbols[i].name);
			strcpy(name + 1, made_symbols[i].name);
			memcpy(&offset, at_virtual(MADE_OFFSETS + 4ULL * i), 4);
		}
		put(at, name, name[0] + 1);
		put(OFFSETS + 4ULL * i, &offset, 4);
		at += name[0] + 1;
	}
	put(MADE_NUM_SYMS, &nr, sizeof(nr));
}

static void put_module_names(uint64_t module, unsigned int nr)
{
	char name[NAME_LENGTH];
	Elf64_Sym symbol;
	size_t i;

	for (i = 0; i < NR_MODULE_NAMES; i++) {
		symbol = (Elf64_Sym){ .st_name = i * NAME_LENGTH,
				      .st_shndx = 1,
				      .st_value = module + MADE_TEXT_AT + i };
		put(module + MODULE_TABLES + i * sizeof(symbol), &symbol,
		    sizeof(symbol));
		snprintf(name, sizeof(name), "m%u_%zu", nr, i);
		put(module + MODULE_NAMES + i * NAME_LENGTH, name,
		    sizeof(name));
		put(module + MODULE_TYPES + i, "t", 1);
	}
}

static void put_module(unsigned int nr, uint64_t next)
{
	uint64_t module = MODULE(nr);
	uint64_t tables = module + MADE_KALLSYMS_AT;
	uint32_t text_size = MADE_TEXT_SIZE;
	uint32_t nr_names = NR_MODULE_NAMES;
	char name[NAME_LENGTH];
	size_t i;

	for (i = 0; i < MODULE_PAGES; i++)
		map_page(module + i * PAGE,
			 FREE_START + (nr * MODULE_PAGES + i) * 37, WRITABLE);
	snprintf(name, sizeof(name), "module%u", nr);
	put_address(module + MADE_MODULE_LIST, next);
	put(module + MADE_MODULE_NAME, name, sizeof(name));
	put_address(module + MADE_MODULE_MEM, module + MADE_TEXT_AT);
	put(module + MADE_MODULE_MEM + 16, &text_size, sizeof(text_size));
	put_address(module + MADE_MODULE_KALLSYMS, tables);
	put_address(tables, module + MODULE_TABLES);
	put(tables + 8, &nr_names, sizeof(nr_names));
	put_address(tables + 16, module + MODULE_NAMES);
	put_address(tables + 24, module + MODULE_TYPES);
	put_module_names(module, nr);
}

static void put_modules(void)
{
	uint64_t next = MADE_LIST;
	unsigned int i;

	for (i = 0; i < NR_MODULES; i++) {
		put_module(i, next);
		next = MODULE(i) + MADE_MODULE_LIST;
	}
	put_address(MADE_LIST, next);
}

/* ---- what it takes -------------------------------------------------------------------- */

static void make(const char *extra_note)
{
	memory = mmap(NULL, (size_t)GUEST_PAGES * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ck_assert(memory != MAP_FAILED);
	map_all();
	put_made(extra_note);
	memset(&counts, 0, sizeof(counts));
}

static void tear_down(void)
{
	munmap(memory, (size_t)GUEST_PAGES * PAGE);
}

static size_t nr_symbols, nr_modules;

static void count_symbol(void *data, const struct vprof_guest_symbol *symbol)
{
	(void)data, (void)symbol;
	nr_symbols++;
}

static void must_find_names(void)
{
	struct vprof_guest_options options = {
		.size = sizeof(options),
		.timeout_ms = 60000,
		.each_symbol = count_symbol,
	};
	struct vprof_guest_memory *guest;
	struct vprof_guest_kernel *kernel;
	struct vprof_error err = { 0 };

	nr_symbols = 0;
	ck_assert_msg(!vprof_guest_memory_open_xen(DOMAIN, &guest, &err), "%s",
		      err.text);
	ck_assert_msg(!vprof_guest_kernel_read(guest, &options, &kernel, &err),
		      "%s", err.text);
	nr_modules = vprof_guest_kernel_get_info(kernel)->nr_modules;
	vprof_guest_kernel_free(kernel);
	vprof_guest_memory_close(guest);
	ck_assert_uint_eq(counts.mapped, 0);
	printf("# %zu pages in %zu maps, at most %zu at once\n", counts.pages,
	       counts.maps, counts.most_mapped);
	ck_assert_uint_le(counts.most_mapped, MOST_MAPPED);
}

START_TEST(a_note_is_found_by_few_maps)
{
	make(NULL);
	put_leads(DATA_WITH_LEADS);
	must_find_names();
	ck_assert_uint_eq(nr_modules, MADE_NR_MODULES);
	ck_assert_uint_eq(nr_symbols,
			  MADE_NR_SYMBOLS +
				  MADE_NR_MODULES * MADE_NR_MODULE_SYMBOLS);
	/* A page of data, what it leads to, and few tables more. */
	ck_assert_uint_le(counts.pages,
			  (1 + LEADS_A_PAGE) * DATA_WITH_LEADS + 1000);
	ck_assert_uint_le(counts.maps, 80);
}
END_TEST

START_TEST(names_are_read_by_few_maps)
{
	make("SYMBOL(kallsyms_names)=ffffffff81800000\n"
	     "SYMBOL(kallsyms_offsets)=ffffffff81a00000\n");
	put_leads(128);
	put_names();
	put_modules();
	must_find_names();
	ck_assert_uint_eq(nr_modules, NR_MODULES);
	ck_assert_uint_eq(nr_symbols, NR_NAMES + NR_MODULES * NR_MODULE_NAMES);
	/* For each module two, one for itself and one for its names. */
	ck_assert_uint_le(counts.maps, 2 * NR_MODULES + 40);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guests of Xen");
	TCase *tcase = tcase_create("guests of Xen");

	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, a_note_is_found_by_few_maps);
	tcase_add_test(tcase, names_are_read_by_few_maps);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
