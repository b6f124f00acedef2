// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finding the VMCOREINFO note in a guest's memory. */
#include "guest/note.h"

#include <string.h>

/* An ELF note's head and name; Linux puts it at the start of a page. */
struct note_head {
	uint32_t name_size;
	uint32_t size;
	uint32_t type;
	char name[12]; /* padded */
};

static const char note_name[12] = "VMCOREINFO";

enum {
	NAME_SIZE = 11, /* with its NUL */
	MIN_SIZE = 64,
	MAX_NOTES = 64,
	MAX_LEADS = 32 << 10,
};

/* Within an image so much that is not there is its end. */
static const uint64_t max_gap = 32 << 20;

struct search {
	struct vprof_guest_reader *reader;
	enum vprof_guest_fault (*try)(struct vprof_guest_reader *reader,
				      const struct vprof_guest_note *note);
	enum vprof_guest_fault fault; /* of the last note */
	size_t nr_notes;
};

static bool is_note(const struct note_head *head)
{
	return head->name_size == NAME_SIZE && !head->type &&
	       head->size >= MIN_SIZE && head->size <= VPROF_GUEST_NOTE_MAX &&
	       !memcmp(head->name, note_name, NAME_SIZE);
}

/* The paging that a note speaks of: of the image, and then of everything. */
static void use_paging(struct vprof_guest_reader *reader,
		       const struct vprof_guest_note *note)
{
	struct vprof_guest_paging paging = {
		.image_start = VPROF_GUEST_IMAGE_START,
		.image_size = note->image_size,
		.phys_base = note->phys_base,
		.root = note->root,
		.has_5_levels = note->has_5_levels == 1,
		.encryption_mask = note->encryption_mask,
	};

	vprof_guest_set_paging(reader, &paging);
}

static enum vprof_guest_fault try_note(struct search *search, uint64_t address,
				       size_t size)
{
	struct vprof_guest_reader *reader = search->reader;
	char text[VPROF_GUEST_NOTE_MAX];
	struct vprof_guest_note note;
	enum vprof_guest_fault fault;

	if (vprof_guest_read_physical(
		    reader, address + sizeof(struct note_head), text, size))
		return vprof_guest_fail(reader, VPROF_GUEST_BAD_NOTE,
					"a note that cannot be read");
	fault = vprof_guest_note_parse(reader, text, size, &note);
	if (fault != VPROF_GUEST_OK)
		return fault;
	use_paging(reader, &note);
	return search->try(reader, &note);
}

static bool is_over(const struct search *search)
{
	return search->fault == VPROF_GUEST_OK || search->reader->error ||
	       search->nr_notes >= MAX_NOTES;
}

/* Return: whether to stop. */
static bool look_at_page(struct search *search, uint64_t address,
			 const void *page)
{
	struct note_head head;

	memcpy(&head, page, sizeof(head));
	if (!is_note(&head))
		return false;
	search->nr_notes++;
	search->fault = try_note(search, address, head.size);
	return is_over(search);
}

/* ---- by what the kernel's data points to -------------------------------------------- */

/* What @vmcoreinfo_note holds is the address of a page, as are a few thousand
 * others. */
static bool is_lead(const struct vprof_guest_access *access, uint64_t address)
{
	size_t i;

	if (address % VPROF_GUEST_PAGE)
		return false;
	for (i = 0; i < access->nr_ranges; i++) {
		if (address - access->ranges[i].start < access->ranges[i].size)
			return true;
	}
	return false;
}

/*
 * Hands out every page that can be read; @to has room for @nr.
 *
 * Return: whether to stop, as @look does.
 */
static bool for_each_page(struct search *search, const uint64_t *addresses,
			  size_t nr, uint8_t (*to)[VPROF_GUEST_PAGE],
			  bool (*look)(struct search *search, uint64_t address,
				       const void *page))
{
	struct vprof_guest_reader *reader = search->reader;
	size_t done = 0;
	int got, i;

	for (; done < nr; done += got + 1) {
		got = reader->access->pages(reader->access->data,
					    addresses + done, nr - done, to);
		if (got < 0) {
			reader->error = got;
			return true;
		}
		for (i = 0; i < got; i++) {
			if (look(search, addresses[done + i], to[i]))
				return true;
		}
	}
	return false;
}

/* Return: whether to stop. */
static bool look_at_leads(struct search *search)
{
	struct vprof_guest_leads *leads = &search->reader->leads;
	size_t nr = leads->nr;

	leads->nr = 0;
	leads->nr_looked_at += nr;
	return for_each_page(search, leads->waiting, nr, leads->pages,
			     look_at_page) ||
	       leads->nr_looked_at >= MAX_LEADS;
}

static bool add_lead(struct search *search, uint64_t address)
{
	struct vprof_guest_leads *leads = &search->reader->leads;
	uint64_t *seen =
		&leads->seen[address / VPROF_GUEST_PAGE % VPROF_GUEST_SEEN];

	if (*seen == address + 1)
		return false;
	*seen = address + 1;
	leads->waiting[leads->nr++] = address;
	return leads->nr == VPROF_GUEST_BATCH_PAGES && look_at_leads(search);
}

static bool follow_page(struct search *search, uint64_t address,
			const void *page)
{
	const struct vprof_guest_access *access = search->reader->access;
	uint64_t value;
	size_t i;

	(void)address;
	for (i = 0; i < VPROF_GUEST_PAGE; i += sizeof(value)) {
		memcpy(&value, (const char *)page + i, sizeof(value));
		value -= access->direct_map;
		if (is_lead(access, value) && add_lead(search, value))
			return true;
	}
	return false;
}

/* What the kernel may write to is its data. Return: whether there is room for more. */
static bool take_data(struct vprof_guest_leads *leads)
{
	size_t i;

	for (i = 0; i < VPROF_GUEST_BATCH_TRANSLATIONS; i++) {
		if (leads->image[i] == VPROF_GUEST_NOWHERE ||
		    !(leads->image[i] & VPROF_GUEST_WRITABLE))
			continue;
		if (leads->nr_data == VPROF_GUEST_DATA_PAGES)
			return false;
		leads->data[leads->nr_data++] = leads->image[i] &
						~(VPROF_GUEST_PAGE - 1ULL);
	}
	return true;
}

static bool is_there(const uint64_t *image)
{
	size_t i;

	for (i = 0; i < VPROF_GUEST_BATCH_TRANSLATIONS; i++) {
		if (image[i] != VPROF_GUEST_NOWHERE)
			return true;
	}
	return false;
}

/* A kernel has some megabytes of data, where its machine may have a terabyte. */
static void find_data(struct search *search)
{
	const uint64_t step = VPROF_GUEST_BATCH_TRANSLATIONS * VPROF_GUEST_PAGE;
	struct vprof_guest_reader *reader = search->reader;
	const struct vprof_guest_access *access = reader->access;
	struct vprof_guest_leads *leads = &reader->leads;
	uint64_t last_there = 0;
	uint64_t at;

	for (at = 0; at < VPROF_GUEST_IMAGE_MAX; at += step) {
		reader->error = access->translate(
			access->data, VPROF_GUEST_IMAGE_START + at,
			VPROF_GUEST_BATCH_TRANSLATIONS, leads->image);
		if (reader->error)
			return;
		if (is_there(leads->image))
			last_there = at;
		else if (last_there && at - last_there > max_gap)
			return;
		if (!take_data(leads))
			return;
	}
}

/* From the end: @vmcoreinfo_note is not initialised, and such data is last. */
static void follow_data(struct search *search)
{
	struct vprof_guest_leads *leads = &search->reader->leads;
	size_t left = leads->nr_data;

	while (left) {
		size_t nr = left < VPROF_GUEST_BATCH_PAGES
				    ? left
				    : VPROF_GUEST_BATCH_PAGES;

		left -= nr;
		if (for_each_page(search, leads->data + left, nr,
				  leads->data_pages, follow_page))
			return;
	}
	look_at_leads(search);
}

static void begin_leads(struct vprof_guest_leads *leads)
{
	leads->nr = 0;
	leads->nr_looked_at = 0;
	leads->nr_data = 0;
	memset(leads->seen, 0, sizeof(leads->seen));
}

/* ---- page by page -------------------------------------------------------------------- */

/* Return: whether to stop. */
static bool look_at_heads(struct search *search, uint64_t start, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (look_at_page(search, start + i * VPROF_GUEST_PAGE,
				 search->reader->heads[i]))
			return true;
	}
	return false;
}

static bool look_at_range(struct search *search,
			  const struct vprof_guest_range *range)
{
	struct vprof_guest_reader *reader = search->reader;
	uint64_t left = range->size / VPROF_GUEST_PAGE;
	uint64_t start = range->start;

	while (left) {
		size_t nr = left < VPROF_GUEST_BATCH_HEADS
				    ? left
				    : VPROF_GUEST_BATCH_HEADS;

		reader->error = reader->access->heads(reader->access->data,
						      start, nr, reader->heads);
		if (reader->error || look_at_heads(search, start, nr))
			return true;
		start += nr * VPROF_GUEST_PAGE;
		left -= nr;
	}
	return false;
}

enum vprof_guest_fault vprof_guest_note_find(
	struct vprof_guest_reader *reader,
	enum vprof_guest_fault (*try)(struct vprof_guest_reader *reader,
				      const struct vprof_guest_note *note))
{
	struct search search = {
		.reader = reader,
		.try = try,
		.fault = VPROF_GUEST_NO_NOTE,
	};
	size_t i;

	begin_leads(&reader->leads);
	if (reader->access->translate && reader->access->direct_map)
		find_data(&search);
	if (!reader->error)
		follow_data(&search);
	for (i = 0; !is_over(&search) && i < reader->access->nr_ranges; i++) {
		if (look_at_range(&search, &reader->access->ranges[i]))
			break;
	}
	return reader->error ? VPROF_GUEST_GONE : search.fault;
}
