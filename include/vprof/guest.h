/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel of a guest: its names, found in its memory or in a map that was given. */
#ifndef VPROF_GUEST_H
#define VPROF_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <vprof/error.h>
#include <vprof/image.h>

enum {
	VPROF_GUEST_MAX_RANGES = 64,
	VPROF_GUEST_HEAD_SIZE = 32,
	VPROF_GUEST_TEXT_MAX = 160,
	VPROF_GUEST_WRITABLE = 1 << 0, /* in what @translate gives */
};

/** struct vprof_guest_range - a part of a guest's physical addresses with memory behind it */
struct vprof_guest_range {
	uint64_t start;
	uint64_t size;
};

/**
 * struct vprof_guest_memory - a guest's memory, however it is reached
 * @read: copy @size bytes from physical @address, within one page or across
 *        pages; 0 or a negative errno, with nothing said of what was copied
 * @read_heads: the first VPROF_GUEST_HEAD_SIZE bytes of each of @nr pages of
 *              4 KiB from @start on; what cannot be read is zeroes. NULL: by
 *              @read, page by page
 * @read_pages: @nr whole pages of 4 KiB, one after another, to @pages; how many
 *              could be read, from the first on. NULL: by @read
 * @translate: of a page's virtual address in the guest's kernel, what @read
 *             takes for it, and VPROF_GUEST_WRITABLE where the kernel may write
 *             there. NULL: by the guest's own page tables, whose entries @read
 *             takes (a PV guest of Xen has machine frames in them: it needs one)
 * @close: frees @data; may be NULL
 * @direct_map: with @translate: the virtual address at which the kernel has all
 *              of its memory; 0: not known
 * @patience: how many times longer this takes than to read a process's memory,
 *            about; 0: as long
 * @ranges: where to look, ascending, multiples of 4 KiB
 * @about: in a sentence: "the memory of QEMU (1234)"
 *
 * The functions are called by the process that asks for names, with what a
 * sandboxed child wants: with any address.
 */
struct vprof_guest_memory {
	int (*read)(void *data, uint64_t address, void *buffer, size_t size);
	void (*read_heads)(void *data, uint64_t start, size_t nr, void *heads);
	size_t (*read_pages)(void *data, const uint64_t *addresses, size_t nr,
			     void *pages);
	int (*translate)(void *data, uint64_t virtual, uint64_t *ret_address);
	void (*close)(void *data);
	void *data;
	uint64_t direct_map;
	unsigned int patience;
	struct vprof_guest_range ranges[VPROF_GUEST_MAX_RANGES];
	size_t nr_ranges;
	char about[VPROF_GUEST_TEXT_MAX];
};

/**
 * vprof_guest_memory_open_file - a guest's memory that is a file
 *
 * Such as that of QEMU's memory-backend-file, or a plain dump: offset 0 is
 * physical address 0. One of more than 2 GiB has a hole in its addresses
 * below 4 GiB: where, is found out with the kernel.
 */
int vprof_guest_memory_open_file(const char *path,
				 struct vprof_guest_memory **ret_memory,
				 struct vprof_error *err);

/**
 * vprof_guest_memory_open_process - a guest's memory as its VMM has it mapped
 * @vmm: QEMU, Firecracker, cloud-hypervisor, crosvm, kvmtool
 *
 * The largest mapping is taken for the guest's memory.
 *
 * Return: 0; -EACCES it takes CAP_SYS_PTRACE; -ENOENT no such process, or
 * nothing in it looks like a guest's memory.
 */
int vprof_guest_memory_open_process(pid_t vmm,
				    struct vprof_guest_memory **ret_memory,
				    struct vprof_error *err);

/**
 * vprof_guest_memory_open_kvm - a guest's memory as KVM has it, by the module
 * @vmm: any program that runs a virtual machine of KVM
 *
 * However the VMM has laid it out. What is swapped out is not read.
 *
 * Return: 0; -EACCES it takes CAP_SYS_ADMIN; -ENOENT no such process, or it has
 * no virtual machine; -ENOTUNIQ it has several; -ENOSYS the module does not do
 * that; or what opening the module's device says: it is not loaded.
 */
int vprof_guest_memory_open_kvm(pid_t vmm,
				struct vprof_guest_memory **ret_memory,
				struct vprof_error *err);

/**
 * vprof_guest_memory_open_xen - the memory of a PV guest of Xen, in its dom0
 *
 * Return: 0; -ENOSYS the Xen libraries are missing; -EACCES it takes dom0's
 * root; -ESRCH no such domain; -ENOENT no 64-bit Linux as a PV guest.
 */
int vprof_guest_memory_open_xen(uint32_t domain,
				struct vprof_guest_memory **ret_memory,
				struct vprof_error *err);

void vprof_guest_memory_close(struct vprof_guest_memory *memory);

/**
 * struct vprof_guest_symbol - a name that was found, of code or data
 * @type: as nm(1) has it
 * @module: "" for the kernel proper
 */
struct vprof_guest_symbol {
	uint64_t address;
	char type;
	const char *name;
	const char *module;
};

/**
 * struct vprof_guest_options - how to look
 * @size: sizeof(struct vprof_guest_options)
 * @timeout_ms: of CPU time, to give up after; 0: 1000. Of time by the clock,
 *              eight times that. Where memory asks for @patience our part of
 *              the CPU time, and the time by the clock, may be so much longer
 * @kernel_address: an address that was sampled in the kernel: memory may hold
 *                  an older kernel's names too. 0: none
 * @old_notes: infos' @note of kernels that ran before the guest started anew:
 *             memory may hold what they left, which is not looked at
 * @map: take the names from this file; what memory says of the kernel
 *       is held against it. NULL: from memory
 * @modules: with @map: a copy of the guest's /proc/modules, which says where
 *           modules lie; NULL
 * @must_run: of several kernels in memory take the one that runs: it has to be
 *            running now, and to have a clock that goes. Not where memory
 *            translates: a domain of Xen's that starts anew has new memory
 * @is_stopped: asked now and then: true, and nobody wants the names any more.
 *              NULL
 * @each_symbol: called for every name; NULL
 */
struct vprof_guest_options {
	size_t size;
	unsigned int timeout_ms;
	uint64_t kernel_address;
	const uint64_t *old_notes;
	size_t nr_old_notes;
	const char *map;
	const char *modules;
	bool must_run;
	bool (*is_stopped)(void *data);
	void (*each_symbol)(void *data,
			    const struct vprof_guest_symbol *symbol);
	void *data;
};

struct vprof_guest_kernel;

/**
 * struct vprof_guest_info - what is known of a guest's kernel
 * @note: of the kernel as it runs, its random addresses included; 0: not known
 * @release: "6.1.0-56-amd64", or "" where nothing says it
 * @text_start: _stext, which is offset 0 of "[kernel]"
 * @text_end: _etext
 * @nr_symbols: of data too
 * @names_from: for a report: "guest memory, 6.1.0-56-amd64"
 * @no_modules: why the names of modules are missing, or some; "" if they are not
 */
struct vprof_guest_info {
	uint64_t note;
	char release[65];
	uint8_t build_id[VPROF_BUILD_ID_MAX];
	size_t build_id_size;
	uint64_t text_start;
	uint64_t text_end;
	size_t nr_symbols;
	size_t nr_modules;
	char names_from[VPROF_GUEST_TEXT_MAX];
	char no_modules[2 * VPROF_GUEST_TEXT_MAX];
};

/**
 * vprof_guest_kernel_read - find the names of a guest's kernel
 * @memory: needed no more afterwards; NULL where @options->map says it all
 *
 * What is in the memory is not trusted: it is read by a child process that may
 * do nothing else, within a bounded time and 64 MiB.
 *
 * Return: 0; -ENOENT no kernel was found, or it does not say where its names
 * are; -EBADMSG what it says is not valid; -ETIMEDOUT; -ECANCELED @is_stopped;
 * -ESTALE the map is another kernel's; or another negative errno. Each with a
 * sentence.
 */
int vprof_guest_kernel_read(struct vprof_guest_memory *memory,
			    const struct vprof_guest_options *options,
			    struct vprof_guest_kernel **ret_kernel,
			    struct vprof_error *err);

void vprof_guest_kernel_free(struct vprof_guest_kernel *kernel);

/**
 * vprof_guest_kernel_share - have once what two kernels have alike
 *
 * Some megabytes for each guest are one for all, where they run the same kernel.
 * Every name is compared: a guest's word for it is not enough.
 */
void vprof_guest_kernel_share(struct vprof_guest_kernel *kernel,
			      const struct vprof_guest_kernel *other);

const struct vprof_guest_info *
vprof_guest_kernel_get_info(const struct vprof_guest_kernel *kernel);

/**
 * vprof_guest_kernel_resolve - which image an address lies in, where in it
 * @ret_image: "[kernel]", "[ext4]"; valid as long as the kernel
 * @ret_offset: from _stext, or from where the module begins
 *
 * Return: 0, or -ENOENT: no code that is known (BPF, a module that came later).
 */
int vprof_guest_kernel_resolve(const struct vprof_guest_kernel *kernel,
			       uint64_t address, const char **ret_image,
			       uint64_t *ret_offset);

/**
 * vprof_guest_kernel_find - the symbol that covers an offset of an image
 * @image: as vprof_guest_kernel_resolve() names it
 *
 * Return: 0, or -ENOENT.
 */
int vprof_guest_kernel_find(const struct vprof_guest_kernel *kernel,
			    const char *image, uint64_t offset,
			    struct vprof_symbol *ret_symbol);

/** vprof_guest_kernel_for_each_module - "[ext4]", where its code begins, how much of it */
void vprof_guest_kernel_for_each_module(const struct vprof_guest_kernel *kernel,
					void (*fn)(void *data,
						   const char *image,
						   uint64_t start,
						   uint64_t size),
					void *data);

#endif
