// SPDX-License-Identifier: GPL-2.0-only
/* ELF: any bytes give symbols or an errno, by descriptor and from memory. */
#include "bytes_fd.h"

#include "image/build_id.h"
#include "image/elf_file.h"
#include "image/elf_symbols.h"
#include "image/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void use(const struct vprof_elf *elf)
{
	struct vprof_symbols *symbols;
	struct vprof_symbol symbol;
	uint64_t offset;

	require(!vprof_symbols_new(true, &symbols));
	require(!vprof_elf_symbols_add(symbols, elf, elf));
	require(!vprof_elf_plt_add(symbols, elf));
	if (!vprof_symbols_finish(symbols)) {
		for (offset = 0; offset < 0x4000; offset += 16) {
			if (!vprof_symbols_find(symbols, offset, &symbol))
				require(symbol.name[0] &&
					offset - symbol.offset < symbol.size);
		}
	}
	vprof_symbols_free(symbols);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int fd = bytes_fd(bytes, size);
	struct vprof_build_id id;
	struct vprof_elf elf;

	if (!vprof_build_id_read(fd, &id))
		require(id.size && id.size <= sizeof(id.bytes));
	if (!vprof_elf_open(fd, &elf)) {
		use(&elf);
		vprof_elf_close(&elf);
	}
	if (!vprof_elf_open_memory(bytes, size, &elf)) {
		use(&elf);
		vprof_elf_close(&elf);
	}
	vprof_build_id_from_notes(bytes, size, &id);
	close(fd);
	return 0;
}
