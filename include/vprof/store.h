/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The profile store: a SQLite database, written slice by slice. vprof-store(5) */
#ifndef VPROF_STORE_H
#define VPROF_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/capture.h>
#include <vprof/error.h>
#include <vprof/event.h>
#include <vprof/image.h>

struct vprof_store;

/** Raised when an older vprof could misread a store. */
enum { VPROF_STORE_VERSION = 1 };

/**
 * struct vprof_store_options - how to make a store
 * @size: sizeof
 * @is_rolling: vprofd's: an existing store is continued, old slices go
 * @max_bytes: rolling: bound of the file; 0: none
 * @max_age_s: rolling: slices older than this go; 0: none
 */
struct vprof_store_options {
	size_t size;
	bool is_rolling;
	uint64_t max_bytes;
	uint64_t max_age_s;
};

/** struct vprof_store_session - what one session of recording was */
struct vprof_store_session {
	const char *host;    /* node name */
	const char *kernel;  /* release */
	const char *capture; /* "kmod", "perf_event" */
	const char *source;  /* "perf" */
	const char *pmu;
	const char *command; /* what was recorded, or "" for the machine */
	unsigned int nr_cpus;
	uint64_t start_wall_ns; /* CLOCK_REALTIME */
	uint64_t start_mono_ns;
};

int vprof_store_create(const char *path,
		       const struct vprof_store_options *options,
		       struct vprof_store **ret_store, struct vprof_error *err);
void vprof_store_free(struct vprof_store *store);

/* Each returns an id (> 0) or a negative errno. */
int64_t vprof_store_begin_session(struct vprof_store *store,
				  const struct vprof_store_session *session);
int64_t vprof_store_add_event(struct vprof_store *store,
			      const struct vprof_event_spec *event);
int64_t vprof_store_add_domain(struct vprof_store *store, const char *kind,
			       uint64_t id, const char *name,
			       const char *names_from);
int64_t vprof_store_add_process(struct vprof_store *store, int64_t domain,
				int32_t pid, uint64_t start_ns,
				const char *comm, const char *executable);
int64_t vprof_store_add_image(struct vprof_store *store,
			      const struct vprof_image *image);

struct vprof_store_frame {
	int64_t image;   /* 0: unknown */
	uint64_t offset; /* address where the image is unknown */
	uint8_t context;
};
/** vprof_store_add_chain - innermost caller first; equal chains get one id */
int64_t vprof_store_add_chain(struct vprof_store *store,
			      const struct vprof_store_frame *frames,
			      size_t nr_frames);

/**
 * struct vprof_store_row - equal samples of one slice
 * @chain: 0: none
 * @weight: sum of the samples' counts; 0: count x the event's period
 */
struct vprof_store_row {
	int64_t event;
	int64_t domain;
	int64_t process;
	int64_t image;
	uint64_t offset;
	int64_t chain;
	uint64_t count;
	uint64_t weight;
	uint8_t context;
};

/**
 * vprof_store_begin_slice - open a slice: one transaction
 *
 * On a full disk a call of the slice returns -ENOSPC; the slice is rolled back,
 * what was committed before stays, and the caller says what was lost.
 */
int vprof_store_begin_slice(struct vprof_store *store, uint64_t start_ns);
int vprof_store_add_row(struct vprof_store *store,
			const struct vprof_store_row *row);
/** vprof_store_end_slice - with the accounts so far of each event, in event order */
int vprof_store_end_slice(struct vprof_store *store, uint64_t end_ns,
			  const struct vprof_accounts *accounts,
			  size_t nr_accounts, struct vprof_error *err);
void vprof_store_cancel_slice(struct vprof_store *store);

/**
 * vprof_store_name_places - give names to what has none yet
 * @load: loads the symbols of an image of this store (its tag is its id)
 *
 * Makes the store self-contained. vprofd calls it now and then, vprof-record at
 * the end. An image without names keeps the sentence that says why.
 */
int vprof_store_name_places(struct vprof_store *store,
			    const struct vprof_image *const *images,
			    size_t nr_images, struct vprof_error *err);

/** vprof_store_close - commit, settle the WAL, make it one file; then free */
int vprof_store_close(struct vprof_store *store, struct vprof_error *err);

#endif
