// SPDX-License-Identifier: GPL-2.0-only
/* /tmp/perf-PID.map: any bytes give symbols that cover what they say. */
#include "bytes_fd.h"

#include <string.h>

#include "image/perf_map.h"
#include "image/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(const struct vprof_symbols *symbols, uint64_t offset)
{
	struct vprof_symbol symbol;

	if (vprof_symbols_find(symbols, offset, &symbol))
		return;
	require(symbol.name[0]);
	require(offset >= symbol.offset);
	require(offset - symbol.offset < symbol.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int fd = bytes_fd(bytes, size);
	struct vprof_symbols *symbols;
	uint64_t offset;

	require(!vprof_symbols_new(false, &symbols));
	require(!vprof_perf_map_read(fd, symbols));
	if (!vprof_symbols_finish(symbols)) {
		for (offset = 0; offset < 512; offset++)
			check(symbols, offset);
		for (offset = 0; offset < 64; offset++)
			check(symbols, 1ull << offset);
		check(symbols, UINT64_MAX);
	}
	vprof_symbols_free(symbols);
	close(fd);
	return 0;
}
