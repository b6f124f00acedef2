/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of code, known by build-id, and the names of what is in them. */
#ifndef VPROF_IMAGE_H
#define VPROF_IMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <vprof/error.h>

struct vprof_image;
struct vprof_symbols;

enum { VPROF_BUILD_ID_MAX = 20 };

enum vprof_image_kind {
	VPROF_IMAGE_FILE, /* ELF executable or library */
	VPROF_IMAGE_KERNEL,
	VPROF_IMAGE_MODULE, /* of the kernel */
	VPROF_IMAGE_VDSO,
	VPROF_IMAGE_JIT, /* code without a file; /tmp/perf-PID.map may name it */
	VPROF_IMAGE_HYPERVISOR,
	VPROF_IMAGE_GUEST, /* of a guest, not told apart from outside */
};

/**
 * vprof_image_new - describe an image, as a store's row does
 * @name: as reports show it
 * @path: where its file was, or ""
 * @build_id: @build_id_size bytes, at most VPROF_BUILD_ID_MAX; size 0: unknown
 *
 * Images that a vprof_process resolves to are its vprof_processes'; those of
 * vprof_image_new() are the caller's.
 *
 * Return: 0, -EINVAL (an unknown kind, a build-id that is too long), -ENOMEM.
 */
int vprof_image_new(enum vprof_image_kind kind, const char *name,
		    const char *path, const uint8_t *build_id,
		    size_t build_id_size, struct vprof_image **ret_image);
/** vprof_image_free - free what vprof_image_new() made; NULL is allowed */
void vprof_image_free(struct vprof_image *image);

/** vprof_image_get_name - as reports show it: "libc.so.6", "[kernel]", "[ext4]", "[vdso]" */
const char *vprof_image_get_name(const struct vprof_image *image);
/** vprof_image_get_path - where its file was, or "" */
const char *vprof_image_get_path(const struct vprof_image *image);
enum vprof_image_kind vprof_image_get_kind(const struct vprof_image *image);
/** vprof_image_get_build_id - bytes; @ret_size 0 when unknown */
const uint8_t *vprof_image_get_build_id(const struct vprof_image *image,
					size_t *ret_size);
/* For the recorder's own number of an image; 0 at first. */
uint64_t vprof_image_get_tag(const struct vprof_image *image);
void vprof_image_set_tag(struct vprof_image *image, uint64_t tag);

/**
 * struct vprof_symbol - a name
 * @name: demangled, valid as long as the vprof_symbols
 * @offset: where it begins, in the image's offsets
 * @size: bytes; 0 where unknown and nothing follows
 */
struct vprof_symbol {
	const char *name;
	uint64_t offset;
	uint64_t size;
};

/**
 * vprof_symbols_load - read an image's symbols
 *
 * FILE: .symtab, else .dynsym and .gnu_debugdata-less separate debug file by
 * build-id or debuglink; KERNEL and MODULE: /proc/kallsyms; VDSO: its ELF;
 * JIT: /tmp/perf-PID.map in the process's root, owned by its user, not a link;
 * HYPERVISOR: the file at its path, or /proc/xen/xensyms where it has none.
 *
 * Return: 0; -ENOENT no symbols (the sentence says what to install or give),
 * -EPERM kallsyms hides addresses (what to do), -ENOEXEC not an ELF file or
 * malformed, -ESTALE the file is not the one that was sampled (build-id).
 */
int vprof_symbols_load(const struct vprof_image *image,
		       struct vprof_symbols **ret_symbols,
		       struct vprof_error *err);
void vprof_symbols_free(struct vprof_symbols *symbols);

/** vprof_symbols_find - the symbol that covers @offset; -ENOENT if none */
int vprof_symbols_find(const struct vprof_symbols *symbols, uint64_t offset,
		       struct vprof_symbol *ret_symbol);

#endif
