/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's memory made of pieces, as bytes: for each its physical address (8),
 * its size (2), and what is there. A page that no piece touches is not there;
 * what lies between pieces is 0.
 */
#ifndef GUEST_PIECES_H
#define GUEST_PIECES_H

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <vprof/guest.h>

enum {
	PIECES_MAX = 1024,
	PIECES_GUEST_SIZE = 64 << 20,
	PIECES_PAGE = 4096,
};

struct piece {
	uint64_t address;
	uint16_t size;
	const uint8_t *bytes;
};

struct pieces {
	struct piece pieces[PIECES_MAX];
	size_t nr;
	size_t nr_reads;
};

/* What of @piece lies in [@address, @address + @size). */
static inline int piece_touches(const struct piece *piece, uint64_t address,
				size_t size)
{
	return piece->address < address + size &&
	       address < piece->address + piece->size;
}

static inline int pieces_read_page(struct pieces *pieces, uint64_t address,
				   uint8_t *to, size_t size)
{
	uint64_t page = address & ~(PIECES_PAGE - 1ULL);
	int is_there = 0;

	memset(to, 0, size);
	for (size_t i = 0; i < pieces->nr; i++) {
		const struct piece *piece = &pieces->pieces[i];

		is_there |= piece_touches(piece, page, PIECES_PAGE);
		if (!piece_touches(piece, address, size))
			continue;
		for (size_t at = 0; at < piece->size; at++) {
			if (piece->address + at - address < size)
				to[piece->address + at - address] =
					piece->bytes[at];
		}
	}
	return is_there ? 0 : -EFAULT;
}

static inline int pieces_read(void *data, uint64_t address, void *buffer,
			      size_t size)
{
	struct pieces *pieces = data;
	uint8_t *to = buffer;

	pieces->nr_reads++;
	if (address > UINT64_MAX - size - PIECES_PAGE)
		return -EFAULT;
	while (size) {
		size_t part = PIECES_PAGE - address % PIECES_PAGE;

		if (part > size)
			part = size;
		if (pieces_read_page(pieces, address, to, part))
			return -EFAULT;
		address += part;
		to += part;
		size -= part;
	}
	return 0;
}

/* A few pages have something in them: the others are not looked at. */
static inline void pieces_read_heads(void *data, uint64_t start, size_t nr,
				     void *heads)
{
	struct pieces *pieces = data;

	memset(heads, 0, nr * VPROF_GUEST_HEAD_SIZE);
	for (size_t i = 0; i < pieces->nr; i++) {
		uint64_t page = pieces->pieces[i].address &
				~(PIECES_PAGE - 1ULL);
		size_t index = (page - start) / PIECES_PAGE;

		if (page >= start && index < nr)
			pieces_read_page(pieces, page,
					 (uint8_t *)heads +
						 index * VPROF_GUEST_HEAD_SIZE,
					 VPROF_GUEST_HEAD_SIZE);
	}
}

/* @bytes stay the caller's. Pieces that are cut short are left out. */
static inline void pieces_open(struct pieces *pieces, const uint8_t *bytes,
			       size_t size, struct vprof_guest_memory *memory)
{
	const size_t head = sizeof(uint64_t) + sizeof(uint16_t);

	memset(pieces, 0, sizeof(*pieces));
	while (size >= head && pieces->nr < PIECES_MAX) {
		struct piece *piece = &pieces->pieces[pieces->nr];

		memcpy(&piece->address, bytes, sizeof(piece->address));
		memcpy(&piece->size, bytes + sizeof(piece->address),
		       sizeof(piece->size));
		piece->address &= (1ULL << 48) - 1;
		bytes += head;
		size -= head;
		if (piece->size > size)
			break;
		piece->bytes = bytes;
		bytes += piece->size;
		size -= piece->size;
		pieces->nr++;
	}
	memset(memory, 0, sizeof(*memory));
	memory->read = pieces_read;
	memory->read_heads = pieces_read_heads;
	memory->data = pieces;
	memory->ranges[0].size = PIECES_GUEST_SIZE;
	memory->nr_ranges = 1;
	strcpy(memory->about, "the guest of the test");
}

#endif
