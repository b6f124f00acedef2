// SPDX-License-Identifier: LGPL-2.1-or-later
/* Turns a slice's tallies into rows of the store: addresses become places in images. */
#include "record/slice_writer.h"

#include "record/guest_images.h"
#include "store/store_explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/image.h>
#include <vprof/sample.h>

enum { MAX_FRAMES = 512 };

/* A chain's number in the store. Most belong to one process only. */
struct written_chain {
	const struct vprof_process *process;
	uint16_t domain;
	uint8_t context;
	int64_t id;
};

static int add_image(struct vprof_slice_writer *writer,
		     struct vprof_image *image, int64_t *ret_id)
{
	int64_t id = (int64_t)vprof_image_get_tag(image);
	struct vprof_image **images;
	bool is_new = !id;

	if (vprof_store_has_image(writer->store, id)) {
		*ret_id = id;
		return 0;
	}
	images = reallocarray(writer->images, writer->nr_images + is_new,
			      sizeof(*images));
	if (!images)
		return -ENOMEM;
	writer->images = images;
	id = vprof_store_add_image(writer->store, image);
	if (id < 0)
		return (int)id;
	if (is_new)
		images[writer->nr_images++] = image;
	vprof_image_set_tag(image, (uint64_t)id);
	*ret_id = id;
	return 0;
}

/* Xen's code: one image, offsets are addresses. */
static int get_hypervisor(struct vprof_slice_writer *writer,
			  struct vprof_image **ret_image)
{
	const char *path = writer->xen_symbols ? writer->xen_symbols : "";
	int ret = 0;

	if (!writer->hypervisor)
		ret = vprof_image_new(VPROF_IMAGE_HYPERVISOR, "[xen]", path,
				      NULL, 0, &writer->hypervisor);
	*ret_image = writer->hypervisor;
	return ret;
}

/* On KVM the hypervisor is the host's kernel. */
static bool is_xen(const struct vprof_slice_writer *writer)
{
	const struct vprof_capture_info *info =
		vprof_capture_get_info(writer->domains->capture);

	return info->guests == VPROF_GUEST_XEN || info->is_active_domain;
}

/* Where nothing is mapped the address itself is what is left to say. */
static int resolve_here(struct vprof_slice_writer *writer,
			struct vprof_process *process, uint8_t context,
			uint64_t ip, struct vprof_store_frame *frame)
{
	struct vprof_image *image;
	uint64_t offset = ip;
	int ret;

	if (context == VPROF_SAMPLE_USER && !process)
		ret = -ENOENT;
	else if (context == VPROF_SAMPLE_USER)
		ret = vprof_process_resolve(process, ip, &image, &offset);
	else if (context == VPROF_SAMPLE_HYPERVISOR && is_xen(writer))
		ret = get_hypervisor(writer, &image);
	else
		ret = vprof_kernel_resolve(writer->processes, ip, &image,
					   &offset);
	if (ret)
		return 0;
	frame->offset = offset;
	return add_image(writer, image, &frame->image);
}

static int resolve(struct vprof_slice_writer *writer,
		   const struct vprof_place *place, uint8_t context,
		   uint64_t ip, struct vprof_store_frame *ret_frame)
{
	struct vprof_store_frame frame = { .offset = ip, .context = context };
	struct vprof_recorded_domain *domain;
	int ret;

	if (place->domain && context != VPROF_SAMPLE_HYPERVISOR) {
		domain = vprof_domain_table_get(writer->domains, place->domain);
		ret = vprof_guest_names_place(&domain->names, writer->store,
					      &domain->info, context, ip,
					      &frame);
	} else {
		ret = resolve_here(writer, place->process, context, ip, &frame);
	}
	*ret_frame = frame;
	return ret;
}

/* A return address is just past its call: what counts is the call. */
static int resolve_caller(struct vprof_slice_writer *writer,
			  const struct vprof_place *place, uint8_t context,
			  uint64_t ip, struct vprof_store_frame *ret_frame)
{
	int ret;

	ret = resolve(writer, place, context, ip - 1, ret_frame);
	if (!ret && ret_frame->offset)
		ret_frame->offset++;
	return ret;
}

/* The kernel part of a hypervisor's sample is the hypervisor's. */
static int write_chain(struct vprof_slice_writer *writer,
		       const struct vprof_chain *chain,
		       const struct vprof_place *place, int64_t *ret_id)
{
	uint8_t kernel = place->context == VPROF_SAMPLE_HYPERVISOR
				 ? VPROF_SAMPLE_HYPERVISOR
				 : VPROF_SAMPLE_KERNEL;
	struct vprof_store_frame frames[MAX_FRAMES];
	unsigned int nr = chain->nr_kernel + chain->nr_user;
	int64_t id;
	int ret;

	if (nr > MAX_FRAMES)
		nr = MAX_FRAMES;
	for (unsigned int i = 0; i < nr; i++) {
		ret = resolve_caller(writer, place,
				     i < chain->nr_kernel ? kernel
							  : VPROF_SAMPLE_USER,
				     chain->ips[i], &frames[i]);
		if (ret)
			return ret;
	}
	id = vprof_store_add_chain(writer->store, frames, nr);
	if (id < 0)
		return (int)id;
	*ret_id = id;
	return 0;
}

static int find_chain(struct vprof_slice_writer *writer,
		      const struct vprof_slice *slice,
		      const struct vprof_place *place, int64_t *ret_id)
{
	struct vprof_chain chain;
	struct written_chain *written;
	int ret;

	if (!place->chain) {
		*ret_id = 0;
		return 0;
	}
	written = &writer->chains[place->chain - 1];
	if (!written->id || written->process != place->process ||
	    written->domain != place->domain ||
	    written->context != place->context) {
		chain = vprof_chain_table_get(slice->chains, place->chain);
		ret = write_chain(writer, &chain, place, &written->id);
		if (ret)
			return ret;
		written->process = place->process;
		written->domain = place->domain;
		written->context = place->context;
	}
	*ret_id = written->id;
	return 0;
}

static int add_process(struct vprof_slice_writer *writer,
		       struct vprof_process *process, int64_t *ret_id)
{
	int64_t id;

	/* 0 or negative: the recorder's marks of processes not yet written */
	id = (int64_t)vprof_process_get_tag(process);
	if (id <= 0) {
		id = vprof_store_add_process(
			writer->store,
			vprof_domain_table_get(writer->domains, 0)->store_id,
			vprof_process_get_pid(process),
			vprof_process_get_start_ns(process),
			vprof_process_get_comm(process),
			vprof_process_get_executable(process));
		if (id < 0)
			return (int)id;
		vprof_process_set_tag(process, (uint64_t)id);
		writer->nr_processes++;
	}
	*ret_id = id;
	return 0;
}

static int write_tally(struct vprof_slice_writer *writer,
		       const struct vprof_slice *slice,
		       const struct vprof_tally *tally)
{
	const struct vprof_place *place = &tally->place;
	struct vprof_store_row row = {
		.event = writer->events[place->event],
		.domain = vprof_domain_table_get(writer->domains, place->domain)
				  ->store_id,
		.count = tally->count,
		.weight = tally->weight,
		.context = place->context,
	};
	struct vprof_store_frame frame;
	int ret = 0;

	if (place->process)
		ret = add_process(writer, place->process, &row.process);
	if (ret)
		return ret;
	ret = resolve(writer, place, place->context, place->ip, &frame);
	if (ret)
		return ret;
	ret = find_chain(writer, slice, place, &row.chain);
	if (ret)
		return ret;
	row.image = frame.image;
	row.offset = frame.offset;
	ret = vprof_store_add_row(writer->store, &row);
	if (ret != -ESTALE)
		return ret;
	/* idle for so long that the store had forgotten it */
	vprof_process_set_tag(place->process, 0);
	ret = add_process(writer, place->process, &row.process);
	return ret ? ret : vprof_store_add_row(writer->store, &row);
}

static int reserve_chains(struct vprof_slice_writer *writer, size_t nr)
{
	struct written_chain *chains;

	if (nr > writer->max_chains) {
		chains = reallocarray(writer->chains, nr, sizeof(*chains));
		if (!chains)
			return -ENOMEM;
		writer->chains = chains;
		writer->max_chains = nr;
	}
	if (nr)
		memset(writer->chains, 0, nr * sizeof(*writer->chains));
	return 0;
}

static int write_tallies(struct vprof_slice_writer *writer,
			 const struct vprof_slice *slice)
{
	const struct vprof_aggregate *aggregate = slice->aggregate;
	int ret;

	ret = reserve_chains(writer, slice->chains->nr_entries);
	if (ret)
		return ret;
	for (size_t i = 0; i < aggregate->nr_tallies; i++) {
		ret = write_tally(writer, slice, &aggregate->tallies[i]);
		if (ret)
			return ret;
	}
	return 0;
}

int vprof_slice_writer_write(struct vprof_slice_writer *writer,
			     const struct vprof_slice *slice,
			     struct vprof_error *err)
{
	int ret;

	ret = vprof_store_begin_slice(writer->store, slice->start_ns);
	if (ret)
		return vprof_store_explain(writer->store, ret, err);
	ret = write_tallies(writer, slice);
	if (ret) {
		vprof_store_cancel_slice(writer->store);
		return vprof_store_explain(writer->store, ret, err);
	}
	return vprof_store_end_slice(writer->store, slice->end_ns,
				     slice->accounts, slice->nr_accounts, err);
}

/* What is mapped may have more places. */
static void keep_mapped(struct vprof_slice_writer *writer)
{
	size_t nr_kept = 0;

	for (size_t i = 0; i < writer->nr_images; i++)
		if (!vprof_processes_let_go(writer->images[i]))
			writer->images[nr_kept++] = writer->images[i];
	writer->nr_images = nr_kept;
}

int vprof_slice_writer_name_places(struct vprof_slice_writer *writer,
				   struct vprof_error *err)
{
	int ret = vprof_store_name_places(
		writer->store,
		(const struct vprof_image *const *)writer->images,
		writer->nr_images, err);

	if (!ret)
		keep_mapped(writer);
	return ret;
}

void vprof_slice_writer_destroy(struct vprof_slice_writer *writer)
{
	vprof_image_free(writer->hypervisor);
	free(writer->images);
	free(writer->chains);
	writer->images = NULL;
	writer->chains = NULL;
}
