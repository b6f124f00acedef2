/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest's kernel made up for tests: its note, tables, types and modules in memory. */
#ifndef MADE_GUEST_H
#define MADE_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MADE_GUEST_MAX = 64 << 10, MADE_NOTE_MAX = 4096 };

/* How its table has addresses. */
enum made_layout { MADE_PERCPU, MADE_TO_BASE, MADE_TO_ITSELF, MADE_ABSOLUTE };

/**
 * struct made_symbol - of the kernel
 * @offset: from _stext; absolute where @is_absolute
 */
struct made_symbol {
	uint64_t offset;
	const char *name; /* the type first */
	bool is_absolute;
};

/**
 * struct made_guest - what to make, all 0 is a kernel with two modules
 * @kaslr: added to the kernel's addresses; @phys: to its physical ones
 * @has_core_layout: struct module of Linux 6.1, else that of 6.4
 * @note_at: page of the note; 0: the usual one
 * @extra_note: lines that come last in the note, where they win
 */
struct made_guest {
	enum made_layout layout;
	uint64_t kaslr;
	uint64_t phys;
	bool has_core_layout;
	uint64_t note_at;
	const char *extra_note;
	uint8_t bytes[MADE_GUEST_MAX];
	size_t size;
};

enum {
	MADE_NR_SYMBOLS = 14,
	MADE_NR_MODULES = 2,
	MADE_NR_MODULE_SYMBOLS = 3, /* of each */
};

extern const struct made_symbol made_symbols[MADE_NR_SYMBOLS];

/* Where parts lie, so that tests can forge them: virtual addresses without
 * kaslr, and of modules as they are. */
#define MADE_IMAGE 0xffffffff80000000ULL
#define MADE_STEXT 0xffffffff81000000ULL
#define MADE_NUM_SYMS (MADE_STEXT + 0x100000)
#define MADE_NAMES (MADE_STEXT + 0x101000)
#define MADE_TOKEN_TABLE (MADE_STEXT + 0x102000)
#define MADE_TOKEN_INDEX (MADE_STEXT + 0x103000)
#define MADE_OFFSETS (MADE_STEXT + 0x104000)
#define MADE_BASE (MADE_STEXT + 0x105000)
#define MADE_CLOCK (MADE_STEXT + 0x105800)
#define MADE_BTF (MADE_STEXT + 0x106000)
#define MADE_LIST (MADE_STEXT + 0x110000)
#define MADE_ROOT (MADE_STEXT + 0x111000)
#define MADE_MODULE(nr) (0xffffffffc0000000ULL + (nr)*0x4000ULL)
enum {
	MADE_NOTE_AT = 0x5000,
	MADE_MODULE_LIST = 8, /* struct module */
	MADE_MODULE_NAME = 24,
	MADE_MODULE_KALLSYMS = 96,
	MADE_MODULE_MEM = 128,
	MADE_KALLSYMS_AT = 0x400, /* from the module's struct */
	MADE_TEXT_AT = 0x1000,
	MADE_TEXT_SIZE = 0x800,
};

/** made_guest_make - fill in @guest's bytes, which are pieces */
void made_guest_make(struct made_guest *guest);

/** made_guest_physical - where a virtual address, without kaslr, really is */
uint64_t made_guest_physical(const struct made_guest *guest, uint64_t virtual);

/** made_guest_put - one more piece, over what is there; at a virtual address of the kernel */
void made_guest_put(struct made_guest *guest, uint64_t virtual,
		    const void *bytes, size_t size);
void made_guest_put_u64(struct made_guest *guest, uint64_t virtual,
			uint64_t value);
/** made_guest_put_physical - the same at a physical address */
void made_guest_put_physical(struct made_guest *guest, uint64_t address,
			     const void *bytes, size_t size);

/** made_guest_put_note - a note as the kernel's is, at the start of a page */
void made_guest_put_note(struct made_guest *guest, uint64_t address,
			 const char *text);

#endif
