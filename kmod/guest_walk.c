// SPDX-License-Identifier: GPL-2.0-only
/* Walks the stack of a guest's kernel, and believes nothing that it reads. */
#include "guest_walk.h"

enum {
	PAGE_BITS = 12,
	LEVEL_BITS = 9,
	WORD = 8,

	ENTRY_PRESENT = 1 << 0,
	ENTRY_LARGE = 1 << 7,

	/* struct pt_regs of x86-64, which Linux's entry code leaves there */
	REGS_FRAME = 4 * WORD,
	REGS_IP = 16 * WORD,
	REGS_CS = 17 * WORD,
	CS_USER = 3,
};

static const u64 entry_address = 0x000ffffffffff000ull;

struct walk {
	const struct vprof_guest_stop *stop;
	u64 *addresses;
	unsigned int nr;
	unsigned int most;
	bool is_cut;
	/* The page that was translated last: a stack lies in few. */
	bool has_page;
	u64 page;
	u64 physical;
};

/* The upper half of its addresses, which is its kernel's. */
static bool is_kernel(const struct walk *walk, u64 address)
{
	return address >> (walk->stop->has_5_levels ? 56 : 47) ==
	       (walk->stop->has_5_levels ? 0xff : 0x1ffff);
}

/*
 * A table may be its own parent: there are as many steps as levels. @address is
 * a kernel's. A large page ends at levels 3 and 2.
 */
static bool translate_page(const struct walk *walk, u64 page, u64 *ret_physical)
{
	unsigned int level = walk->stop->has_5_levels ? 5 : 4;
	u64 table = walk->stop->root & entry_address;
	unsigned int shift;
	u64 index, entry;

	for (;; level--) {
		shift = PAGE_BITS + (level - 1) * LEVEL_BITS;
		index = page >> shift & ((1u << LEVEL_BITS) - 1);
		if (!walk->stop->read(walk->stop->data, table + index * WORD,
				      &entry) ||
		    !(entry & ENTRY_PRESENT))
			return false;
		table = entry & entry_address;
		if (level == 1 || (level <= 3 && entry & ENTRY_LARGE))
			break;
	}
	table &= ~((1ull << shift) - 1);
	*ret_physical = table | (page & ((1ull << shift) - 1));
	return true;
}

/* A word of the guest's kernel; @at is a multiple of its size. */
static bool read_word(struct walk *walk, u64 at, u64 *ret_word)
{
	u64 offset = at & ((1u << PAGE_BITS) - 1);
	u64 page = at - offset;

	if (!is_kernel(walk, at))
		return false;
	if (!walk->has_page || page != walk->page) {
		walk->has_page = translate_page(walk, page, &walk->physical);
		walk->page = page;
		if (!walk->has_page)
			return false;
	}
	return walk->stop->read(walk->stop->data, walk->physical + offset,
				ret_word);
}

static bool keep(struct walk *walk, u64 address)
{
	if (walk->nr == walk->most) {
		walk->is_cut = true;
		return false;
	}
	walk->addresses[walk->nr++] = address;
	return true;
}

static bool cut(struct walk *walk)
{
	walk->is_cut = true;
	return false;
}

/*
 * A frame and where the next one is. A stack grows down: a caller's frame lies
 * above, so no loop is followed twice.
 */
static bool take_frame(struct walk *walk, u64 *at)
{
	u64 next, address;

	if (!read_word(walk, *at, &next) ||
	    !read_word(walk, *at + WORD, &address) || !is_kernel(walk, address))
		return cut(walk);
	if (!keep(walk, address))
		return false;
	if (next && !(next & 1) && next <= *at)
		return cut(walk);
	*at = next;
	return true;
}

/*
 * Where an exception or interrupt came in, Linux's frame pointer is that of the
 * registers, plus 1. It may have come from another stack, anywhere.
 */
static bool take_registers(struct walk *walk, u64 *at)
{
	u64 registers = *at - 1;
	u64 ip, cs;

	if (!read_word(walk, registers + REGS_CS, &cs) ||
	    !read_word(walk, registers + REGS_IP, &ip))
		return cut(walk);
	if (cs & CS_USER)
		return false;
	if (!is_kernel(walk, ip) ||
	    !read_word(walk, registers + REGS_FRAME, at))
		return cut(walk);
	return keep(walk, ip);
}

/**
 * vprof_guest_walk() - Find the callers of where a guest's kernel was stopped
 * @stop: where; its registers do not change meanwhile
 * @addresses: room for @most
 * @most: addresses
 * @ret_is_cut: there is more, that cannot be read or had no room
 *
 * Each address is read with at most 14 calls of the reading function, and there
 * are no more steps than addresses.
 *
 * Return: how many addresses were found, innermost first.
 */
unsigned int vprof_guest_walk(const struct vprof_guest_stop *stop,
			      u64 *addresses, unsigned int most,
			      bool *ret_is_cut)
{
	struct walk walk = {
		.stop = stop,
		.addresses = addresses,
		.most = most,
	};
	u64 at = stop->frame;
	bool goes_on = true;

	while (goes_on && at) {
		if (at & 1 && !((at - 1) & (WORD - 1)))
			goes_on = take_registers(&walk, &at);
		else if (!(at & (WORD - 1)))
			goes_on = take_frame(&walk, &at);
		else
			goes_on = cut(&walk);
	}
	*ret_is_cut = walk.is_cut;
	return walk.nr;
}
