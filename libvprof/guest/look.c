// SPDX-License-Identifier: LGPL-2.1-or-later
/* One look at a guest's memory, from the note to the last module. */
#include "guest/look.h"

#include "guest/modules.h"
#include "guest/note.h"
#include "guest/reader.h"
#include "guest/tables.h"

/* The guest has started anew since: it is not this one that runs. */
static bool is_old(const struct vprof_guest_reader *reader,
		   const struct vprof_guest_note *note)
{
	size_t i;

	for (i = 0; i < reader->nr_old_notes; i++) {
		if (reader->old_notes[i] == note->identity.note)
			return true;
	}
	return false;
}

/* An address where kernels lie that is not in this one: an older kernel's note,
 * left behind by kexec. @end: 0: not known yet */
static enum vprof_guest_fault check_running(struct vprof_guest_reader *reader,
					    const struct vprof_guest_note *note,
					    uint64_t end)
{
	uint64_t address = reader->kernel_address;
	uint64_t start = note->identity.stext;

	if (is_old(reader, note))
		return vprof_guest_fail(reader, VPROF_GUEST_OTHER_KERNEL,
					"it ran before the guest started anew");
	if (address - reader->paging.image_start >= note->image_size ||
	    (address >= start && (!end || address < end)))
		return VPROF_GUEST_OK;
	return vprof_guest_fail(reader, VPROF_GUEST_OTHER_KERNEL,
				"0x%llx is not in its text",
				(unsigned long long)address);
}

static enum vprof_guest_fault try_identity(struct vprof_guest_reader *reader,
					   const struct vprof_guest_note *note)
{
	enum vprof_guest_fault fault = check_running(reader, note, 0);

	if (fault != VPROF_GUEST_OK)
		return fault;
	reader->result->used = 0;
	vprof_guest_result_identity(reader->result, &note->identity);
	return VPROF_GUEST_OK;
}

static void add_text(struct vprof_guest_reader *reader,
		     const struct vprof_guest_note *note,
		     const struct vprof_guest_found *found)
{
	struct vprof_guest_text text = {
		.stext = note->identity.stext,
		.etext = found->etext,
		.end = found->end,
	};

	if (!found->clock || found->clock % sizeof(uint64_t) ||
	    vprof_guest_translate(reader, found->clock, &text.clock))
		text.clock = VPROF_GUEST_NO_CLOCK;
	vprof_guest_result_text(reader->result, &text);
}

static void add_modules(struct vprof_guest_reader *reader,
			const struct vprof_guest_found *found)
{
	enum vprof_guest_fault fault = vprof_guest_modules_read(reader, found);

	if (fault != VPROF_GUEST_OK)
		vprof_guest_result_no_modules(reader->result, fault,
					      reader->detail);
}

static enum vprof_guest_fault try_kernel(struct vprof_guest_reader *reader,
					 const struct vprof_guest_note *note)
{
	struct vprof_guest_found found;
	enum vprof_guest_fault fault;

	fault = try_identity(reader, note);
	if (fault == VPROF_GUEST_OK)
		fault = vprof_guest_tables_read(reader, note, &found);
	if (fault == VPROF_GUEST_OK)
		fault = check_running(reader, note, found.end);
	if (fault != VPROF_GUEST_OK)
		return fault;
	add_text(reader, note, &found);
	add_modules(reader, &found);
	return VPROF_GUEST_OK;
}

void vprof_guest_look(struct vprof_guest_reader *reader, bool identity_only)
{
	enum vprof_guest_fault fault;

	fault = vprof_guest_note_find(reader, identity_only ? try_identity
							    : try_kernel);
	if (fault != VPROF_GUEST_OK)
		reader->result->used = 0;
	vprof_guest_result_end(reader->result, fault,
			       fault == VPROF_GUEST_NO_NOTE ? ""
							    : reader->detail);
}
