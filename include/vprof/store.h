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

/** Where vprofd keeps its store, unless its configuration says otherwise. */
#define VPROF_STORE_ROLLING_PATH "/var/lib/vprof/vprof.store"

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

/**
 * struct vprof_store_session - what one session of recording was
 *
 * A text that is NULL is stored as "".
 */
struct vprof_store_session {
	const char *host;       /* node name */
	const char *kernel;     /* release */
	const char *hypervisor; /* "Xen 4.17.7", or "" */
	const char *capture;    /* "kmod", "perf_event" */
	const char *source;     /* "perf" */
	const char *pmu;
	const char *why;       /* why not the module: vprof_capture_info */
	const char *command;   /* what was recorded, or "" for the machine */
	const char *no_guests; /* why guests could not be sampled */
	unsigned int nr_cpus;
	uint64_t start_wall_ns; /* CLOCK_REALTIME */
	uint64_t start_mono_ns;
};

/**
 * vprof_store_create - make a store, or continue vprofd's
 * @path: an older store of that name is kept as PATH.old; a file that is no
 *        store is left alone. Rolling: an existing store is continued; a damaged
 *        one is kept as PATH.old and a new one begun.
 *
 * Return: 0; -EBUSY another recorder writes to it, -EEXIST a file that is no
 * store, -EPROTO a store of a newer version, -EINVAL bounds too small, or the
 * errno of the file system.
 */
int vprof_store_create(const char *path,
		       const struct vprof_store_options *options,
		       struct vprof_store **ret_store, struct vprof_error *err);
/** vprof_store_free - let go without settling: what was committed stays */
void vprof_store_free(struct vprof_store *store);

/** vprof_store_get_size - bytes on disk now, write-ahead log included */
uint64_t vprof_store_get_size(const struct vprof_store *store);

/**
 * struct vprof_store_domain - a domain; texts that are NULL are ""
 * @kind: "host", "kvm", "xen"
 * @number: in its kind
 * @names_from: where its functions' names come from; a later one replaces it
 */
struct vprof_store_domain {
	const char *kind;
	uint64_t number;
	const char *name;
	const char *uuid;
	const char *names_from;
};

/*
 * Each returns an id (> 0) or a negative errno. Equal events, domains and images
 * get one id, also over sessions.
 */
int64_t vprof_store_begin_session(struct vprof_store *store,
				  const struct vprof_store_session *session);
int64_t vprof_store_add_event(struct vprof_store *store,
			      const struct vprof_event_spec *event);
int64_t vprof_store_add_domain(struct vprof_store *store,
			       const struct vprof_store_domain *domain);
int64_t vprof_store_add_process(struct vprof_store *store, int64_t domain,
				int32_t pid, uint64_t start_ns,
				const char *comm, const char *executable);
int64_t vprof_store_add_image(struct vprof_store *store,
			      const struct vprof_image *image);

/** struct vprof_store_image - an image by its parts; texts that are NULL are "" */
struct vprof_store_image {
	const char *name;
	const char *path;
	enum vprof_image_kind kind;
	const uint8_t *build_id;
	size_t build_id_size;
};
/** vprof_store_put_image - vprof_store_add_image() for who has no vprof_image */
int64_t vprof_store_put_image(struct vprof_store *store,
			      const struct vprof_store_image *image);
/**
 * vprof_store_has_image - is an image of that id still there?
 *
 * From a rolling store an image goes when no sample is left in it: whoever keeps
 * its id asks before each use. An id never becomes another image's.
 */
bool vprof_store_has_image(const struct vprof_store *store, int64_t id);

struct vprof_store_frame {
	int64_t image;   /* 0: unknown */
	uint64_t offset; /* address where the image is unknown */
	uint8_t context;
};
/**
 * vprof_store_add_chain - innermost caller first; equal chains get one id
 *
 * To be asked for in the slice whose rows have it: a rolling store lets go of
 * those that no row has had for long.
 */
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
 * -EBUSY: a reader of a rolling store stays, and writing on would break the
 * bound; a later slice may fare better.
 *
 * On a full disk a call of the slice returns -ENOSPC; the slice is rolled back,
 * what was committed before stays, and the caller says what was lost.
 *
 * vprof_store_add_row() returns -ESTALE when its process was forgotten: it has
 * ended, and no slice of a rolling store mentioned it any more. Added again it has
 * another number.
 */
int vprof_store_begin_slice(struct vprof_store *store, uint64_t start_ns);
int vprof_store_add_row(struct vprof_store *store,
			const struct vprof_store_row *row);

/**
 * struct vprof_store_account - what the accounts grew by since the last slice
 * @event: as vprof_store_add_event() numbered it
 * @domain: whose; 0: it is not known whose
 */
struct vprof_store_account {
	int64_t event;
	int64_t domain;
	struct vprof_accounts grown;
};

/** vprof_store_end_slice - commit the slice, with its accounts */
int vprof_store_end_slice(struct vprof_store *store, uint64_t end_ns,
			  const struct vprof_store_account *accounts,
			  size_t nr_accounts, struct vprof_error *err);
void vprof_store_cancel_slice(struct vprof_store *store);

/**
 * vprof_store_name_places - give names to what has none yet
 * @images: their tags are the ids that vprof_store_add_image() gave
 *
 * Makes the store self-contained. vprofd calls it now and then, vprof-record at
 * the end. An image without names keeps the sentence that says why; that is no
 * failure.
 */
int vprof_store_name_places(struct vprof_store *store,
			    const struct vprof_image *const *images,
			    size_t nr_images, struct vprof_error *err);

/**
 * struct vprof_store_names - names of one image, from wherever they come
 * @image: id
 * @find: the symbol that covers @offset, or -ENOENT; NULL: there are none
 * @why: why there are none, or not all, and what to give; NULL: it need not be
 *       said
 * @may_come: there are none yet: what has no name now is asked for again
 */
struct vprof_store_names {
	int64_t image;
	int (*find)(void *data, uint64_t offset,
		    struct vprof_symbol *ret_symbol);
	void *data;
	const char *why;
	bool may_come;
};

/** vprof_store_name_image - vprof_store_name_places() for who has the names */
int vprof_store_name_image(struct vprof_store *store,
			   const struct vprof_store_names *names);

/**
 * vprof_store_close - commit, settle the write-ahead log, make it one file; free
 *
 * @store is gone afterwards, also on failure. -ENOSPC: no room to settle; PATH
 * and PATH-wal together still are a whole store.
 */
int vprof_store_close(struct vprof_store *store, struct vprof_error *err);

#endif
