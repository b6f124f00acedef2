// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which domain a sample is charged to; a guest that starts anew is another. */
#include "record/domain_charge.h"

#include <errno.h>
#include <vprof/sample.h>

static int find_whose(struct vprof_domain_table *table,
		      const struct vprof_sample *sample)
{
	int index;

	if (sample->domain < VPROF_RECORD_MAX_NUMBERS &&
	    table->by_number[sample->domain])
		return table->by_number[sample->domain];
	index = vprof_domain_table_find_guest(table, sample->pid);
	return index == -ENOENT
		       ? vprof_domain_table_add_unknown(table, sample->pid)
		       : index;
}

/*
 * One that has started anew is another: what is known of the kernel that it had
 * is of the samples up to now. The entry of those is forgotten with the slice.
 */
static int restart(struct vprof_domain_table *table, int index)
{
	struct vprof_recorded_domain *before = table->domains[index];
	struct vprof_recorded_domain *guest;
	int next = vprof_domain_table_make_entry(table);

	if (next < 0)
		return next;
	guest = table->domains[next];
	*guest = *before;
	vprof_guest_names_restart(&before->names, &guest->names);
	if (before->number)
		table->by_number[before->number] = (uint16_t)next;
	before->number = 0;
	before->accounts = NULL;
	before->is_gone = true;
	return next;
}

/* The module tells vCPUs apart in what it has numbered. */
static int follow(struct vprof_domain_table *table, int index,
		  const struct vprof_sample *sample)
{
	struct vprof_recorded_domain *guest = table->domains[index];
	bool is_first_cpu = !guest->number || !sample->pid;

	if (!vprof_guest_names_follow(&guest->names, sample->ip,
				      sample->time_ns, is_first_cpu))
		return index;
	index = restart(table, index);
	if (index > 0)
		vprof_guest_names_follow(&table->domains[index]->names,
					 sample->ip, sample->time_ns,
					 is_first_cpu);
	return index;
}

int vprof_domain_table_charge(struct vprof_domain_table *table,
			      const struct vprof_sample *sample)
{
	int index;

	if (!sample->domain)
		return 0;
	index = find_whose(table, sample);
	if (index <= 0)
		return index;
	if (sample->context == VPROF_SAMPLE_HYPERVISOR)
		table->domains[index]->nr_hypervisor++;
	else
		table->domains[index]->has_own = true;
	return sample->context == VPROF_SAMPLE_KERNEL
		       ? follow(table, index, sample)
		       : index;
}
