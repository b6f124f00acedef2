/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records in a ring of Xen's: a sample, or a sample and its call chain.
 *
 * With call chains each record begins with a mark and goes on to the next mark.
 * Xen writes it entry by entry, so its last record may not be all there yet.
 *
 * Pure: built in user space too, for its test.
 */
#ifndef VPROF_XENOPROF_RECORD_H
#define VPROF_XENOPROF_RECORD_H

#include "xenoprof_abi.h"

struct vprof_chain;

/* As much of a ring as is needed to read it. */
struct vprof_xenoprof_entries {
	const struct xenoprof_log *log;
	u32 size;
	bool has_chains;
};

struct vprof_xenoprof_record {
	const struct xenoprof_log *sample; /* NULL: a mark alone */
	u32 callers;                       /* the first return address */
	u32 nr_callers;
};

u32 vprof_xenoprof_record_read(const struct vprof_xenoprof_entries *entries,
			       u32 at, u32 end,
			       struct vprof_xenoprof_record *ret_record);
u32 vprof_xenoprof_last_record(const struct vprof_xenoprof_entries *entries,
			       u32 at, u32 end);
void vprof_xenoprof_record_chain(const struct vprof_xenoprof_entries *entries,
				 const struct vprof_xenoprof_record *record,
				 u32 flags, unsigned int most,
				 struct vprof_chain *chain);

/* Is this where a record begins? */
static inline bool
vprof_xenoprof_is_record(const struct vprof_xenoprof_entries *entries, u32 at)
{
	return !entries->has_chains ||
	       READ_ONCE(entries->log[at].eip) == XENOPROF_ESCAPE;
}

#endif /* VPROF_XENOPROF_RECORD_H */
