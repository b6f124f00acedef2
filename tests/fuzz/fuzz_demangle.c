// SPDX-License-Identifier: GPL-2.0-only
/* Mangled names: any text comes back bounded, soon, and without a leak. */
#include "bytes_fd.h"

#include <string.h>

#include "image/demangle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *name = strndup((const char *)bytes, size);
	char *readable = vprof_demangle(name);

	if (readable)
		require(readable[0] != '\0');
	free(readable);
	free(name);
	return 0;
}
