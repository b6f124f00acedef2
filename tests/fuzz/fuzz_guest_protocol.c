// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a reader gone bad could send to the process that started it: requests
 * for memory, when the first byte is odd, and a result.
 */
#include "bytes_fd.h"

#include <errno.h>
#include <string.h>

#include "guest/channel.h"
#include "guest/result.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint8_t window[VPROF_GUEST_WINDOW_SIZE];

/* ---- requests ------------------------------------------------------------------- */

static int read_pages(void *data, const uint64_t *addresses, size_t nr,
		      void *to)
{
	(void)data;
	require(to == window && nr && nr <= VPROF_GUEST_BATCH_PAGES);
	for (size_t i = 0; i < nr; i++)
		require(addresses[i] % VPROF_GUEST_PAGE == 0);
	memset(to, 1, nr * VPROF_GUEST_PAGE);
	return nr;
}

static int read_heads(void *data, uint64_t start, size_t nr, void *to)
{
	(void)data;
	require(to == window && nr && nr <= VPROF_GUEST_BATCH_HEADS);
	require(start + (nr - 1) * VPROF_GUEST_PAGE >= start);
	memset(to, 1, nr * VPROF_GUEST_HEAD_SIZE);
	return 0;
}

static void serve(const uint8_t *bytes, size_t size)
{
	static const struct vprof_guest_access access = {
		.pages = read_pages,
		.heads = read_heads,
	};
	struct vprof_guest_answer answer;
	int ret = vprof_guest_channel_serve(&access, bytes, size, window,
					    &answer);

	require(!ret || ret == -EBADMSG);
}

/* ---- results ------------------------------------------------------------------------ */

struct counts {
	size_t nr_symbols;
	size_t nr_modules;
	int is_over;
};

static void require_printable(const char *text, char lowest)
{
	for (; *text; text++)
		require(*text >= lowest && *text <= '~');
}

static int take_identity(void *data,
			 const struct vprof_guest_identity *identity)
{
	(void)data;
	require(strlen(identity->release) < sizeof(identity->release));
	require_printable(identity->release, '!');
	require(identity->build_id_size <= VPROF_BUILD_ID_MAX);
	return 0;
}

static int take_text(void *data, const struct vprof_guest_text *text)
{
	(void)data;
	require(text->stext < text->etext && text->etext <= text->end);
	return 0;
}

static int take_module(void *data, uint64_t start, uint64_t size,
		       const char *name)
{
	struct counts *counts = data;

	require(++counts->nr_modules <= VPROF_GUEST_MAX_MODULES);
	require(size && start + size >= start);
	require(name[0] && strlen(name) <= VPROF_GUEST_MODULE_MAX);
	require_printable(name, '!');
	return 0;
}

static int take_symbol(void *data, uint64_t address, char type,
		       const char *name)
{
	struct counts *counts = data;

	(void)address;
	require(++counts->nr_symbols <= VPROF_GUEST_MAX_SYMBOLS);
	require(type > ' ' && type <= '~' && name[0]);
	require_printable(name, '!');
	return 0;
}

static int take_fault(void *data, enum vprof_guest_fault fault,
		      const char *detail)
{
	(void)data;
	require(fault < VPROF_GUEST_NR_FAULTS);
	require_printable(detail, ' ');
	return 0;
}

static int take_end(void *data, enum vprof_guest_fault fault,
		    const char *detail)
{
	struct counts *counts = data;

	require(!counts->is_over);
	counts->is_over = 1;
	return take_fault(data, fault, detail);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct vprof_guest_result_ops ops = {
		take_identity, take_text,  take_module,
		take_symbol,   take_fault, take_end,
	};
	struct counts counts = { 0 };
	int ret;

	if (!size)
		return 0;
	if (bytes[0] & 1) {
		serve(bytes + 1, size - 1);
		return 0;
	}
	ret = vprof_guest_result_read(bytes + 1, size - 1, &ops, &counts);
	require(ret == -EBADMSG || (!ret && counts.is_over));
	return 0;
}
