/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the sandboxed child found, as bytes in memory that it shares with us. */
#ifndef LIBVPROF_GUEST_RESULT_H
#define LIBVPROF_GUEST_RESULT_H

#include <stddef.h>
#include <stdint.h>
#include <vprof/guest.h>

enum {
	VPROF_GUEST_MAX_SYMBOLS = 384 << 10, /* twice those of Debian's 6.12 */
	VPROF_GUEST_MAX_MODULES = 4096,
	VPROF_GUEST_NAME_MAX = 511,  /* KSYM_NAME_LEN, without the NUL */
	VPROF_GUEST_MODULE_MAX = 63, /* more than Linux's longest */
	VPROF_GUEST_DETAIL_MAX = 120,
	VPROF_GUEST_RESULT_SIZE = 16 << 20,
};

/* Why there are no names. The sentences are in fault.c. */
enum vprof_guest_fault {
	VPROF_GUEST_OK,
	VPROF_GUEST_NO_NOTE,
	VPROF_GUEST_BAD_NOTE,
	VPROF_GUEST_NO_TABLES,
	VPROF_GUEST_BAD_TABLES,
	VPROF_GUEST_OTHER_KERNEL,
	VPROF_GUEST_NO_BTF,
	VPROF_GUEST_BAD_BTF,
	VPROF_GUEST_NO_LIST,
	VPROF_GUEST_BAD_LIST,
	VPROF_GUEST_TOO_MUCH,
	VPROF_GUEST_GONE,
	VPROF_GUEST_NR_FAULTS,
};

/**
 * struct vprof_guest_identity - which kernel, of what its note says
 * @note: stands for all that it says, random addresses included
 * @kaslr_offset: how far from where it was linked
 * @landmarks: addresses of init_uts_ns, swapper_pg_dir, node_online_map; 0: not said
 */
struct vprof_guest_identity {
	char release[65];
	uint8_t build_id[VPROF_BUILD_ID_MAX];
	uint64_t build_id_size;
	uint64_t note;
	uint64_t stext;
	uint64_t kaslr_offset;
	uint64_t landmarks[3];
};

enum { VPROF_GUEST_NR_LANDMARKS = 3 };
/** vprof_guest_landmarks - their names */
extern const char *const vprof_guest_landmarks[VPROF_GUEST_NR_LANDMARKS];

/** struct vprof_guest_result - the child's: records, one after another */
struct vprof_guest_result {
	uint8_t *bytes;
	size_t size;
	size_t used;
};

/* Each adds a record. Return: 0, or -ENOSPC: it was full. */
int vprof_guest_result_identity(struct vprof_guest_result *result,
				const struct vprof_guest_identity *identity);
/**
 * struct vprof_guest_text - where the kernel proper lies
 * @clock: what reads take for its jiffies; VPROF_GUEST_NO_CLOCK: not known
 */
struct vprof_guest_text {
	uint64_t stext;
	uint64_t etext;
	uint64_t end;
	uint64_t clock;
};
#define VPROF_GUEST_NO_CLOCK UINT64_MAX
int vprof_guest_result_text(struct vprof_guest_result *result,
			    const struct vprof_guest_text *text);
/** vprof_guest_result_module - the symbols that follow are its */
int vprof_guest_result_module(struct vprof_guest_result *result, uint64_t start,
			      uint64_t size, const char *name);
int vprof_guest_result_symbol(struct vprof_guest_result *result,
			      uint64_t address, char type, const char *name,
			      size_t length);
/** vprof_guest_result_no_modules - not all modules are there, and why */
int vprof_guest_result_no_modules(struct vprof_guest_result *result,
				  enum vprof_guest_fault fault,
				  const char *detail);
/** vprof_guest_result_end - the last one; the last 64 bytes are kept for it */
void vprof_guest_result_end(struct vprof_guest_result *result,
			    enum vprof_guest_fault fault, const char *detail);

/**
 * struct vprof_guest_result_ops - who is told what the records say
 *
 * Names are printable ASCII without blanks, of 1 to VPROF_GUEST_NAME_MAX or
 * VPROF_GUEST_MODULE_MAX bytes. Details are printable. Each may return a
 * negative errno, which ends the reading.
 */
struct vprof_guest_result_ops {
	int (*identity)(void *data,
			const struct vprof_guest_identity *identity);
	int (*text)(void *data, const struct vprof_guest_text *text);
	int (*module)(void *data, uint64_t start, uint64_t size,
		      const char *name);
	int (*symbol)(void *data, uint64_t address, char type,
		      const char *name);
	int (*no_modules)(void *data, enum vprof_guest_fault fault,
			  const char *detail);
	int (*end)(void *data, enum vprof_guest_fault fault,
		   const char *detail);
};

/**
 * vprof_guest_result_read - hand out the records, none of them trusted
 *
 * Return: 0, -EBADMSG they are not valid, or what an op returned.
 */
int vprof_guest_result_read(const uint8_t *bytes, size_t size,
			    const struct vprof_guest_result_ops *ops,
			    void *data);

/**
 * vprof_guest_explain - the sentence for a fault
 * @about: whose memory it was
 *
 * Return: the negative errno for it.
 */
int vprof_guest_explain(enum vprof_guest_fault fault, const char *about,
			const char *detail, struct vprof_error *err);

#endif
