// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the reader costs: a lane filled by hand, through the real recorder into a
 * real store. Counted by callgrind:
 *
 *   valgrind --tool=callgrind --toggle-collect=vprof_recorder_run_once reader
 *
 * Stands in for the module: linked before the library, its
 * vprof_capture_kmod_ops is the one that is used.
 */
#include "capture/accounts.h"
#include "capture/capture.h"
#include "capture/lane.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <vprof/recorder.h>

enum {
	NR_SLOTS = 1 << 16,
	/* a slice of one second at 10,000 samples a second */
	SAMPLES_PER_READ = 10000,
	NR_READS = 20,
	/* return addresses; a word beside them fills the slot */
	NR_CHAIN = 7,
};

static struct {
	struct vprof_capture base;
	struct vprof_lane_producer producer;
	struct vprof_lane_consumer consumer;
	struct vprof_slot slots[NR_SLOTS];
	struct vprof_lane lane;
	uint64_t text;
	unsigned int nr_places;
	bool has_chains;
	bool is_empty;
} fake;

/* A few places take most of the time, as in programs. */
static uint64_t choose_place(void)
{
	double x = drand48();

	return (uint64_t)(x * x * x * fake.nr_places);
}

static void put_slot(uint64_t head, uint64_t data)
{
	fake.slots[fake.producer.head & (NR_SLOTS - 1)] =
		(struct vprof_slot){ head, data };
	fake.producer.head++;
}

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void put_chain(uint64_t place)
{
	put_slot((uint64_t)NR_CHAIN << VPROF_CHAIN_USER_SHIFT,
		 fake.text + place / 4);
	for (unsigned int i = 1; i < NR_CHAIN; i += 2)
		put_slot(fake.text + place / 8, fake.text + 16 * i);
}

static void put_sample(void)
{
	unsigned int type = fake.has_chains ? VPROF_RECORD_CHAIN
					    : VPROF_RECORD_SAMPLE;
	unsigned int nr_slots = fake.has_chains ? 1 + (1 + NR_CHAIN) / 2 : 1;
	uint64_t place = choose_place();

	put_slot(VPROF_HEAD_PUT(TYPE, type) | VPROF_HEAD_PUT(SLOTS, nr_slots) |
			 VPROF_HEAD_PUT(CONTEXT, VPROF_CONTEXT_USER) |
			 VPROF_HEAD_PUT(PID, getpid()),
		 fake.text + place * 3);
	if (fake.has_chains)
		put_chain(place);
}

static void fill_lane(void)
{
	put_slot(VPROF_HEAD_PUT(TYPE, VPROF_RECORD_TIME) |
			 VPROF_HEAD_PUT(SLOTS, 1),
		 now_ns());
	for (int i = 0; i < SAMPLES_PER_READ; i++)
		put_sample();
}

static int open_fake(const struct vprof_capture_options *options,
		     struct vprof_capture **ret_capture,
		     struct vprof_error *err)
{
	(void)err;
	fake.base.fd = eventfd(0, EFD_CLOEXEC);
	fake.base.info.nr_cpus = 1;
	fake.base.info.is_whole_machine = true;
	fake.lane = (struct vprof_lane){
		.producer = &fake.producer,
		.slots = fake.slots,
		.consumer = &fake.consumer,
		.mask = NR_SLOTS - 1,
		.nr_events = options->nr_events,
	};
	*ret_capture = &fake.base;
	return 0;
}

static void free_fake(struct vprof_capture *capture)
{
	close(capture->fd);
}

static int switch_fake(struct vprof_capture *capture, struct vprof_error *err)
{
	(void)capture;
	(void)err;
	return 0;
}

static void mark_fake(struct vprof_capture *capture)
{
	(void)capture;
	vprof_lane_mark(&fake.lane);
}

static ssize_t read_fake(struct vprof_capture *capture,
			 const struct vprof_capture_handler *handler)
{
	(void)capture;
	return (ssize_t)vprof_lane_read(&fake.lane, handler);
}

static int get_accounts_fake(struct vprof_capture *capture, unsigned int domain,
			     unsigned int event,
			     struct vprof_accounts *ret_accounts)
{
	(void)capture;
	(void)domain;
	memset(ret_accounts, 0, sizeof(*ret_accounts));
	ret_accounts->delivered = fake.lane.delivered[event];
	vprof_accounts_settle(ret_accounts);
	return 0;
}

const struct vprof_capture_ops vprof_capture_kmod_ops = {
	.name = "kmod",
	.open = open_fake,
	.free = free_fake,
	.start = switch_fake,
	.stop = switch_fake,
	.mark = mark_fake,
	.read = read_fake,
	.get_accounts = get_accounts_fake,
};

int main(int argc, char **argv)
{
	struct vprof_recorder_options options = {
		.size = sizeof(options),
		.capture = { .size = sizeof(options.capture),
			     .kind = VPROF_CAPTURE_KMOD,
			     .nr_events = 1 },
		.store = { .size = sizeof(options.store) },
		.store_path = argc > 1 ? argv[1] : "/tmp/vprof-bench.store",
		/* every read ends its slice */
		.slice_ns = 1,
	};
	struct vprof_recorder *recorder;
	struct vprof_event_spec event;
	struct vprof_error error;

	fake.nr_places = argc > 2 ? (unsigned int)atoi(argv[2]) : 1000;
	fake.has_chains = argc > 3;
	fake.text = (uint64_t)(uintptr_t)main;
	options.capture.events = &event;
	if (vprof_event_parse("cpu-clock", NULL, &event, &error) ||
	    vprof_recorder_new(&options, &recorder, &error) ||
	    vprof_recorder_start(recorder, &error))
		errx(1, "%s", error.text);
	for (int i = 0; i < NR_READS; i++) {
		fill_lane();
		if (vprof_recorder_run_once(recorder, &error))
			errx(1, "%s", error.text);
	}
	printf("%llu samples\n", (unsigned long long)fake.lane.delivered[0]);
	if (vprof_recorder_finish(recorder, &error))
		errx(1, "%s", error.text);
	vprof_recorder_free(recorder);
	return 0;
}
