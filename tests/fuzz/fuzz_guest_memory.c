// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's memory: whatever is in its note, tables, types and modules, the
 * reader ends, within bounds, with a result that the other side takes.
 */
#include "../unit/guest_pieces.h"
#include "bytes_fd.h"

#include "guest/look.h"
#include "guest/reader.h"
#include "guest/result.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MAX_READS = 100000 };

#define IMAGE_START 0xffffffff80000000ULL
#define DIRECT_MAP 0xffff888000000000ULL

static struct vprof_guest_reader reader;
static uint8_t result_bytes[VPROF_GUEST_RESULT_SIZE];

static int check_identity(void *data,
			  const struct vprof_guest_identity *identity)
{
	(void)data;
	require(identity->build_id_size <= VPROF_BUILD_ID_MAX);
	return 0;
}

static int check_text(void *data, const struct vprof_guest_text *text)
{
	(void)data;
	require(text->stext < text->etext && text->etext <= text->end);
	return 0;
}

static int check_module(void *data, uint64_t start, uint64_t size,
			const char *name)
{
	(void)data;
	require(start + size > start && name[0]);
	return 0;
}

static int check_symbol(void *data, uint64_t address, char type,
			const char *name)
{
	(void)data, (void)address, (void)type;
	require(strlen(name) <= VPROF_GUEST_NAME_MAX);
	return 0;
}

static int check_fault(void *data, enum vprof_guest_fault fault,
		       const char *detail)
{
	struct vprof_error err;

	(void)data;
	if (fault != VPROF_GUEST_OK)
		require(vprof_guest_explain(fault, "it", detail, &err) < 0 &&
			err.text[0]);
	return 0;
}

static const struct vprof_guest_result_ops ops = {
	check_identity, check_text,  check_module,
	check_symbol,   check_fault, check_fault,
};

static bool is_there[PIECES_GUEST_SIZE / PIECES_PAGE];

static void note_pages(const struct pieces *pieces)
{
	memset(is_there, 0, sizeof(is_there));
	for (size_t i = 0; i < pieces->nr; i++) {
		uint64_t page = pieces->pieces[i].address / PIECES_PAGE;
		uint64_t end = pieces->pieces[i].address +
			       pieces->pieces[i].size + PIECES_PAGE - 1;

		for (; page < end / PIECES_PAGE; page++)
			if (page < PIECES_GUEST_SIZE / PIECES_PAGE)
				is_there[page] = true;
	}
}

/* As of a PV guest of Xen, where what is there may be written to. */
static int translate(void *data, uint64_t virtual, uint64_t *ret_address)
{
	uint64_t address = virtual - IMAGE_START;

	(void)data;
	if (address >= PIECES_GUEST_SIZE || !is_there[address / PIECES_PAGE])
		return -EFAULT;
	*ret_address = address | VPROF_GUEST_WRITABLE;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct vprof_guest_result result = {
		.bytes = result_bytes,
		.size = sizeof(result_bytes),
	};
	struct vprof_guest_memory memory;
	struct vprof_guest_access access;
	static struct pieces pieces;

	if (!size)
		return 0;
	pieces_open(&pieces, bytes + 1, size - 1, &memory);
	if (bytes[0] & 2) {
		memory.translate = translate;
		note_pages(&pieces);
		memory.direct_map = DIRECT_MAP;
	}
	vprof_guest_access_init(&access, &memory);
	memset(reader.cached, 0, sizeof(reader.cached));
	for (size_t i = 0; i < VPROF_GUEST_RUNS; i++)
		reader.runs[i].start = 0;
	reader.error = 0;
	reader.has_last = false;
	reader.access = &access;
	reader.result = &result;
	vprof_guest_look(&reader, bytes[0] & 1);
	require(pieces.nr_reads < MAX_READS);
	require(!vprof_guest_result_read(result.bytes, result.used, &ops,
					 NULL));
	return 0;
}
