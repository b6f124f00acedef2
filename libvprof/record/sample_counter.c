// SPDX-License-Identifier: LGPL-2.1-or-later
/* Counts a slice's samples: whose they are, and equal ones together. */
#include "record/sample_counter.h"

#include "record/domain_charge.h"

#include <string.h>

enum {
	/* A slice ends early when it grows beyond these: some 50 MB. */
	MAX_TALLIES = 1 << 19,
	MAX_CHAIN_WORDS = 1 << 22,
};

/* A process's tag before it has a number in the store: negative as an int64_t. */
#define TAG_INSIDE (UINT64_MAX - 1)
#define TAG_OUTSIDE UINT64_MAX

int vprof_sample_counter_init(struct vprof_sample_counter *counter)
{
	int ret;

	memset(counter, 0, sizeof(*counter));
	ret = vprof_aggregate_init(&counter->aggregate);
	if (!ret)
		ret = vprof_chain_table_init(&counter->chains);
	return ret;
}

void vprof_sample_counter_destroy(struct vprof_sample_counter *counter)
{
	vprof_aggregate_destroy(&counter->aggregate);
	vprof_chain_table_destroy(&counter->chains);
}

/* These are out of line: most samples want none of them. */
static __attribute__((noinline)) bool
is_outside(struct vprof_sample_counter *counter, struct vprof_process *process)
{
	uint64_t tag = vprof_process_get_tag(process);
	bool is_below;

	if (tag)
		return tag == TAG_OUTSIDE;
	is_below = vprof_process_is_below(process, counter->only_pid);
	vprof_process_set_tag(process, is_below ? TAG_INSIDE : TAG_OUTSIDE);
	return !is_below;
}

static __attribute__((noinline)) uint32_t
number_chain(struct vprof_sample_counter *counter,
	     const struct vprof_sample *sample)
{
	return vprof_chain_table_intern(&counter->chains, sample->chain,
					sample->nr_kernel, sample->nr_user);
}

/* Return: whether the place is known whose it is, and wanted. */
static bool charge(struct vprof_sample_counter *counter,
		   const struct vprof_sample *sample, uint64_t count,
		   struct vprof_place *place)
{
	int domain;

	if (sample->domain) {
		domain = vprof_domain_table_charge(counter->domains, sample);
		if (domain < 0)
			counter->nr_not_stored[sample->event] += count;
		else if (counter->only_pid)
			counter->nr_outside += count;
		place->domain = (uint16_t)domain;
		return domain >= 0 && !counter->only_pid;
	}
	if (sample->pid != VPROF_SAMPLE_PID_UNKNOWN)
		place->process = vprof_processes_find(counter->processes,
						      (pid_t)sample->pid,
						      sample->time_ns);
	if (!counter->only_pid ||
	    (place->process && !is_outside(counter, place->process)))
		return true;
	counter->nr_outside += count;
	return false;
}

void vprof_sample_counter_take(void *data, const struct vprof_sample *sample)
{
	struct vprof_sample_counter *counter = data;
	uint64_t count = 1 + (uint64_t)sample->nr_more;
	struct vprof_place place = {
		.ip = sample->ip,
		.event = sample->event,
		.context = sample->context,
	};

	if (!charge(counter, sample, count, &place))
		return;
	if (sample->nr_kernel || sample->nr_user)
		place.chain = number_chain(counter, sample);
	if (vprof_aggregate_add(&counter->aggregate, &place, count,
				count * sample->weight))
		counter->nr_not_stored[sample->event] += count;
	else
		counter->nr_samples += count;
}

bool vprof_sample_counter_is_full(const struct vprof_sample_counter *counter)
{
	return counter->aggregate.nr_tallies >= MAX_TALLIES ||
	       counter->chains.nr_words >= MAX_CHAIN_WORDS;
}

void vprof_sample_counter_clear(struct vprof_sample_counter *counter)
{
	vprof_aggregate_clear(&counter->aggregate);
	vprof_chain_table_clear(&counter->chains);
}

void vprof_sample_counter_lose(struct vprof_sample_counter *counter)
{
	const struct vprof_tally *tally = counter->aggregate.tallies;

	for (size_t i = 0; i < counter->aggregate.nr_tallies; i++, tally++) {
		counter->nr_not_stored[tally->place.event] += tally->count;
		counter->nr_samples -= tally->count;
	}
	vprof_sample_counter_clear(counter);
}
