// SPDX-License-Identifier: GPL-2.0-only
/* Reads the records in a ring of Xen's. */
#include "xenoprof_record.h"
#include "buffer.h"

static u32 after(const struct vprof_xenoprof_entries *entries, u32 at)
{
	return at + 1 < entries->size ? at + 1 : 0;
}

/**
 * vprof_xenoprof_record_read() - The record at a place
 * @entries: the ring's
 * @at: its first entry, not @end
 * @end: behind the ring's last
 * @ret_record: the record
 *
 * Return: where the next one begins.
 */
u32 vprof_xenoprof_record_read(const struct vprof_xenoprof_entries *entries,
			       u32 at, u32 end,
			       struct vprof_xenoprof_record *ret_record)
{
	*ret_record = (struct vprof_xenoprof_record){};
	if (entries->has_chains && vprof_xenoprof_is_record(entries, at)) {
		at = after(entries, at);
		if (at == end)
			return at;
	}
	ret_record->sample = &entries->log[at];
	at = after(entries, at);
	if (!entries->has_chains)
		return at;
	ret_record->callers = at;
	while (at != end && !vprof_xenoprof_is_record(entries, at)) {
		at = after(entries, at);
		ret_record->nr_callers++;
	}
	return at;
}

/**
 * vprof_xenoprof_last_record() - Where the last record begins
 * @entries: the ring's
 * @at: where the first one does
 * @end: behind the last one
 *
 * Return: that place; @at if there is none but it; @end if there are no chains:
 * then records are whole.
 */
u32 vprof_xenoprof_last_record(const struct vprof_xenoprof_entries *entries,
			       u32 at, u32 end)
{
	u32 last = end;

	if (!entries->has_chains)
		return end;
	while (last != at) {
		last = last ? last - 1 : entries->size - 1;
		if (vprof_xenoprof_is_record(entries, last))
			return last;
	}
	return at;
}

/**
 * vprof_xenoprof_record_chain() - A record's chain, as a lane takes it
 * @entries: the ring's
 * @record: read from it
 * @flags: VPROF_EVENT_KERNEL_CHAIN (Xen's own, too), VPROF_EVENT_USER_CHAIN
 * @most: addresses, at most VPROF_MAX_CHAIN
 * @chain: the words of a VPROF_RECORD_CHAIN
 *
 * Xen walks the part that the sample is in, by frame pointers.
 */
void vprof_xenoprof_record_chain(const struct vprof_xenoprof_entries *entries,
				 const struct vprof_xenoprof_record *record,
				 u32 flags, unsigned int most,
				 struct vprof_chain *chain)
{
	bool is_user = record->sample->mode == XENOPROF_MODE_USER;
	u32 wanted = is_user ? VPROF_EVENT_USER_CHAIN
			     : VPROF_EVENT_KERNEL_CHAIN;
	u32 nr = flags & wanted ? record->nr_callers : 0;
	u32 i, at = record->callers;
	u64 about = 0;

	if (nr > most) {
		nr = most;
		about = is_user ? VPROF_CHAIN_USER_CUT : VPROF_CHAIN_KERNEL_CUT;
	}
	about |= (u64)nr << (is_user ? VPROF_CHAIN_USER_SHIFT
				     : VPROF_CHAIN_KERNEL_SHIFT);
	chain->words[0] = about;
	for (i = 0; i < nr; i++) {
		chain->words[1 + i] = entries->log[at].eip;
		at = after(entries, at);
	}
	chain->nr_words = 1 + nr;
}
