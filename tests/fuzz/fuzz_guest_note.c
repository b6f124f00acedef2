// SPDX-License-Identifier: GPL-2.0-only
/* The text of a VMCOREINFO note: any bytes give a note within bounds, or a fault. */
#include "bytes_fd.h"

#include <string.h>

#include "guest/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct vprof_guest_reader reader;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct vprof_guest_note note;

	if (vprof_guest_note_parse(&reader, (const char *)bytes, size, &note)) {
		require(reader.detail[0] &&
			strlen(reader.detail) < sizeof(reader.detail));
		return 0;
	}
	require(note.identity.release[0]);
	require(note.identity.build_id_size <= VPROF_BUILD_ID_MAX);
	require(note.image_size && note.image_size <= 1ULL << 30);
	return 0;
}
