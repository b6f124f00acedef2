/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domains of a recording: the host, and guests as they come and go. */
#ifndef LIBVPROF_DOMAIN_TABLE_H
#define LIBVPROF_DOMAIN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/capture.h>
#include <vprof/domain.h>
#include <vprof/recorder.h>
#include <vprof/store.h>

#include "record/guest_names.h"
#include "record/name_search.h"

enum {
	VPROF_RECORD_MAX_EVENTS = 32,
	/* numbers that captures give guests are below it */
	VPROF_RECORD_MAX_NUMBERS = 256,
	/* beyond it guests that the capture does not number are one */
	VPROF_RECORD_MAX_DOMAINS = 4096,
};

/* How far accounts are in the store, and how far they are now. */
struct vprof_account_pair {
	struct vprof_accounts written;
	struct vprof_accounts now;
};

/**
 * struct vprof_recorded_domain - a domain of the recording
 * @info: as it was when it was last looked at; kind NULL: free for another
 * @store_id: 0: not written yet
 * @number: the capture's; 0: it has none
 * @is_known: @info says more than an id
 * @is_listed: it was among those listed last
 * @is_gone: it exists no more; what is left of it is being read
 * @is_refused: the capture had no number for it
 * @nr_hypervisor: samples of our work for a guest; @has_own: there are some of
 *                 its own, too
 * @is_active: it samples itself
 * @names: of a guest's code
 * @accounts: of each event, where the capture has them of this domain alone
 */
struct vprof_recorded_domain {
	struct vprof_domain_info info;
	int64_t store_id;
	unsigned int number;
	bool is_known;
	bool is_listed;
	bool is_gone;
	bool is_refused;
	bool has_own;
	uint64_t nr_hypervisor;
	bool is_active;
	struct vprof_guest_names names;
	struct vprof_account_pair *accounts;
};

/**
 * struct vprof_domain_table - all of them; the host is the first
 * @by_number: the capture's numbers; 0: none
 * @maps: see struct vprof_recorder_options
 * @search: for the names of @searched's kernel; NULL: none. One at a time
 * @searched: NULL: it is gone since
 * @actives: likewise
 * @others: accounts of samples that carried no number; of all samples, where
 *          the capture does not tell domains apart in them
 */
struct vprof_domain_table {
	struct vprof_capture *capture;
	struct vprof_store *store;
	struct vprof_recorded_domain **domains;
	size_t nr_domains;
	const struct vprof_guest_map *maps;
	size_t nr_maps;
	struct vprof_name_search *search;
	struct vprof_recorded_domain *searched;
	const char *const *actives;
	size_t nr_actives;
	uint16_t by_number[VPROF_RECORD_MAX_NUMBERS];
	struct vprof_account_pair *others;
	unsigned int nr_events;
	uint64_t not_stored_written[VPROF_RECORD_MAX_EVENTS];
	uint64_t not_stored_now[VPROF_RECORD_MAX_EVENTS];
};

/** vprof_domain_table_init - with the host, and the guests that there are now */
int vprof_domain_table_init(struct vprof_domain_table *table,
			    struct vprof_capture *capture,
			    struct vprof_store *store, unsigned int nr_events);
void vprof_domain_table_destroy(struct vprof_domain_table *table);

/**
 * vprof_domain_table_find - which domain a sample is charged to
 *
 * A guest that was never heard of gets an entry.
 *
 * Return: its index, or -ENOMEM.
 */
int vprof_domain_table_find(struct vprof_domain_table *table,
			    const struct vprof_sample *sample);

/** vprof_domain_table_get - by index */
struct vprof_recorded_domain *
vprof_domain_table_get(const struct vprof_domain_table *table,
		       unsigned int index);

/** vprof_domain_table_next_guest - the first behind @index, and where it is; NULL */
struct vprof_recorded_domain *
vprof_domain_table_next_guest(const struct vprof_domain_table *table,
			      size_t *index);

/**
 * vprof_domain_table_describe - the @index-th that there is; -ENOENT past the last
 *
 * See struct vprof_recorder_domain.
 */
int vprof_domain_table_describe(const struct vprof_domain_table *table,
				unsigned int index, const char **ret_name,
				struct vprof_accounts *ret_accounts);

/**
 * vprof_domain_table_name - find out about guests that samples told of, and
 * give every domain its row in the store
 *
 * Before a slice is written.
 */
int vprof_domain_table_name(struct vprof_domain_table *table);

/**
 * vprof_domain_table_look - for names of kernels: take what was found, begin anew
 *
 * Once a slice; does not wait.
 */
int vprof_domain_table_look(struct vprof_domain_table *table);

/**
 * vprof_domain_table_look_on - for names of kernels, after the last slice
 *
 * Return: 1: it goes on, ask again; 0: nothing is left to be found; or the
 * store's negative errno.
 */
int vprof_domain_table_look_on(struct vprof_domain_table *table);

/** vprof_domain_table_end_looking - take what was found up to now */
int vprof_domain_table_end_looking(struct vprof_domain_table *table);
/** vprof_recorded_domain_is_meant - is @text its name, uuid or id? */
bool vprof_recorded_domain_is_meant(const char *text,
				    const struct vprof_domain_info *info);
/** vprof_domain_table_is_active - is it one that is to sample itself? */
bool vprof_domain_table_is_active(const struct vprof_domain_table *table,
				  const struct vprof_domain_info *info);
/** vprof_domain_table_check_actives - all that are to be active are there, and can be */
int vprof_domain_table_check_actives(const struct vprof_domain_table *table,
				     struct vprof_error *err);

/**
 * vprof_domain_table_explain_actives - why the capture did not start
 * @code: what that returned: -EAGAIN, -EXDEV, -ETIMEDOUT; others are left alone
 */
int vprof_domain_table_explain_actives(const struct vprof_domain_table *table,
				       int code, struct vprof_error *err);

/** vprof_domain_table_name_places - give names to guests' code in the store */
int vprof_domain_table_name_places(struct vprof_domain_table *table);

/** vprof_domain_table_write_guest - its row, with where its names come from now */
int vprof_domain_table_write_guest(struct vprof_domain_table *table,
				   struct vprof_recorded_domain *guest);

/**
 * vprof_domain_table_update - tell the capture of guests that came and went
 *
 * After a slice was written: all of them have been read up to it.
 */
void vprof_domain_table_update(struct vprof_domain_table *table);

/**
 * vprof_domain_table_get_grown - what the accounts grew by since the last
 * vprof_domain_table_note_written()
 * @events: ids in the store
 * @nr_not_stored: of each event: delivered, but lost since
 * @ret_accounts: for free()
 */
int vprof_domain_table_get_grown(struct vprof_domain_table *table,
				 const int64_t *events,
				 const uint64_t *nr_not_stored,
				 struct vprof_store_account **ret_accounts,
				 size_t *ret_nr_accounts);
void vprof_domain_table_note_written(struct vprof_domain_table *table);

static inline bool
vprof_recorded_domain_is_free(const struct vprof_recorded_domain *domain)
{
	return !domain->info.kind;
}

static inline enum vprof_guest_kind
vprof_domain_table_get_guests(const struct vprof_domain_table *table)
{
	return vprof_capture_get_info(table->capture)->guests;
}

#endif
