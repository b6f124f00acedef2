/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns a slice's tallies into rows of the store: addresses become places in images. */
#ifndef LIBVPROF_SLICE_WRITER_H
#define LIBVPROF_SLICE_WRITER_H

#include "record/aggregate.h"
#include "record/chain_table.h"
#include "record/domain_table.h"

#include <vprof/capture.h>
#include <vprof/process.h>
#include <vprof/store.h>

enum { VPROF_SLICE_MAX_EVENTS = VPROF_RECORD_MAX_EVENTS };

/**
 * struct vprof_slice - what was counted in a span of time
 * @accounts: what they grew by
 */
struct vprof_slice {
	uint64_t start_ns;
	uint64_t end_ns;
	const struct vprof_aggregate *aggregate;
	const struct vprof_chain_table *chains;
	const struct vprof_store_account *accounts;
	size_t nr_accounts;
};

/**
 * struct vprof_slice_writer - where slices go, and what of it has a number
 * @xen_symbols: see struct vprof_recorder_options
 * @hypervisor: Xen; NULL: no sample of it yet
 * @images: those of the store that came from this writer and may have places
 *          without names; their tags are the store's numbers
 *
 * The first six members are set by its owner, the rest is the implementation's.
 */
struct vprof_slice_writer {
	struct vprof_store *store;
	struct vprof_processes *processes;
	struct vprof_domain_table *domains;
	int64_t events[VPROF_SLICE_MAX_EVENTS];
	unsigned int nr_events;
	const char *xen_symbols;
	struct vprof_image *hypervisor;
	struct vprof_image **images;
	size_t nr_images;
	uint64_t nr_processes;
	struct written_chain *chains;
	size_t max_chains;
};

/**
 * vprof_slice_writer_write - one transaction: all of the slice, or nothing
 *
 * Processes get the store's number as their tag.
 *
 * Return: 0, -ENOSPC: disk full, or another negative errno.
 */
int vprof_slice_writer_write(struct vprof_slice_writer *writer,
			     const struct vprof_slice *slice,
			     struct vprof_error *err);

/**
 * vprof_slice_writer_name_places - names for what slices had since the last time
 *
 * Images that nothing maps any more are let go of.
 *
 * Return: as vprof_store_name_places().
 */
int vprof_slice_writer_name_places(struct vprof_slice_writer *writer,
				   struct vprof_error *err);

/** vprof_slice_writer_destroy - free what the implementation holds */
void vprof_slice_writer_destroy(struct vprof_slice_writer *writer);

#endif
