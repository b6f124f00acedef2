/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domains of a recording: an entry for the host and for each guest. */
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
 * @is_kept: the capture did not let it go, and its samples may still come
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
	bool is_kept;
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

/** vprof_domain_table_init - with the host; 0, else it wants destroying all the same */
int vprof_domain_table_init(struct vprof_domain_table *table,
			    struct vprof_capture *capture,
			    struct vprof_store *store, unsigned int nr_events);
void vprof_domain_table_destroy(struct vprof_domain_table *table);

/** vprof_domain_table_get - by index */
struct vprof_recorded_domain *
vprof_domain_table_get(const struct vprof_domain_table *table,
		       unsigned int index);

/** vprof_domain_table_next_guest - the first behind @index, and where it is; NULL */
struct vprof_recorded_domain *
vprof_domain_table_next_guest(const struct vprof_domain_table *table,
			      size_t *index);

/** vprof_domain_table_make_entry - the index of a free one, or of one more; -ENOMEM, -ENOSPC */
int vprof_domain_table_make_entry(struct vprof_domain_table *table);

/**
 * vprof_domain_table_find_guest - the one that has this id now
 *
 * Not one that has gone: what still comes with that id is another's.
 *
 * Return: its index, or -ENOENT.
 */
int vprof_domain_table_find_guest(const struct vprof_domain_table *table,
				  uint64_t id);

/** vprof_domain_table_add_unknown - an entry of which the id is all that is known */
int vprof_domain_table_add_unknown(struct vprof_domain_table *table,
				   uint64_t id);

/** vprof_recorded_domain_clear - make an entry free */
void vprof_recorded_domain_clear(struct vprof_recorded_domain *domain);

/** vprof_recorded_domain_is_meant - is @text its name, uuid or id? */
bool vprof_recorded_domain_is_meant(const char *text,
				    const struct vprof_domain_info *info);

/** vprof_domain_table_get_kind - of the guests that the capture tells of; "": of none */
const char *vprof_domain_table_get_kind(const struct vprof_domain_table *table);

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
