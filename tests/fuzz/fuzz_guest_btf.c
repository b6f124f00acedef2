// SPDX-License-Identifier: GPL-2.0-only
/* BTF: any bytes give the offsets of members, or an error. */
#include "bytes_fd.h"

#include <errno.h>

#include "guest/btf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint32_t state;
	uint32_t mem;
	const struct vprof_btf_wanted wanted[] = {
		{ "module", "state", &state },
		{ "module", "mem", &mem },
	};
	int ret = vprof_btf_find(bytes, size, wanted, 2);

	require(!ret || ret == -EBADMSG);
	require(state == UINT32_MAX || state <= UINT32_MAX / 8);
	require(mem == UINT32_MAX || mem <= UINT32_MAX / 8);
	return 0;
}
