// SPDX-License-Identifier: GPL-2.0-only
/* A row's places: any text gives items and an end, or an errno. */
#include "bytes_fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/places_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *copy = strndup((const char *)bytes, size);
	const char *text = copy, *before;
	struct vprof_places_item item;
	int ret;

	require(copy != NULL);
	ret = vprof_places_begin(&text);
	require(!ret || ret == -EBADMSG);
	while (!ret) {
		before = text;
		ret = vprof_places_next(&text, &item);
		require(ret == 1 || !ret || ret == -EBADMSG);
		if (ret != 1)
			break;
		require(text > before && text <= copy + strlen(copy));
		ret = 0;
	}
	free(copy);
	return 0;
}
