/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Build-ids: the number a linker gives to what it made. */
#ifndef LIBVPROF_BUILD_ID_H
#define LIBVPROF_BUILD_ID_H

#include <stddef.h>
#include <stdint.h>

struct vprof_build_id {
	size_t size; /* 0: none */
	uint8_t bytes[20];
};

/** vprof_build_id_read - of the ELF file open as @fd; -ENOENT none, -ENOEXEC no ELF */
int vprof_build_id_read(int fd, struct vprof_build_id *ret_id);

/** vprof_build_id_from_notes - of notes as the kernel shows them; -ENOENT none */
int vprof_build_id_from_notes(const void *notes, size_t size,
			      struct vprof_build_id *ret_id);

/** vprof_build_id_read_notes - of a file of notes, such as /sys/kernel/notes */
int vprof_build_id_read_notes(const char *path, struct vprof_build_id *ret_id);

enum { VPROF_BUILD_ID_TEXT = 41 };
/** vprof_build_id_format - as hex digits */
void vprof_build_id_format(const uint8_t *bytes, size_t size,
			   char text[VPROF_BUILD_ID_TEXT]);

#endif
