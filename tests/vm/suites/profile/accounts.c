// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader that is stopped for seconds with tiny buffers, then reads on: what
 * it was handed, sample by sample, against the accounts, for each event on each
 * CPU.
 *
 *   accounts SECONDS EVENT...
 *
 * Prints "event NAME cpu N: T taken, D delivered, L lost" and, when the sums do
 * not hold, what is wrong; exits 1 then.
 */
#include <err.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vprof/capture.h>
#include <vprof/event.h>

enum { MAX_EVENTS = 4, MAX_CPUS = 16, BUFFER_BYTES = 4096 };

/* What the reader was handed. */
struct handed {
	uint64_t samples[MAX_EVENTS][MAX_CPUS];
};

static void take_sample(void *data, const struct vprof_sample *sample)
{
	struct handed *handed = data;

	if (sample->event >= MAX_EVENTS || sample->cpu >= MAX_CPUS)
		errx(1, "a sample of event %u on CPU %u", sample->event,
		     sample->cpu);
	handed->samples[sample->event][sample->cpu]++;
}

static void read_all(struct vprof_capture *capture, struct handed *handed)
{
	const struct vprof_capture_handler handler = {
		.sample = take_sample,
		.data = handed,
	};

	vprof_capture_mark(capture);
	if (vprof_capture_read(capture, &handler) < 0)
		errx(1, "read");
}

static void read_for_a_second(struct vprof_capture *capture,
			      struct handed *handed)
{
	struct pollfd fd = {
		.fd = vprof_capture_get_fd(capture),
		.events = POLLIN,
	};
	int turn;

	for (turn = 0; turn < 20; turn++) {
		poll(&fd, 1, 50);
		read_all(capture, handed);
	}
}

static uint64_t sum(const uint64_t *numbers, size_t nr)
{
	uint64_t total = 0;

	while (nr--)
		total += numbers[nr];
	return total;
}

/* Whether the accounts of one event on one CPU hold. */
static bool check_cpu(struct vprof_capture *capture, unsigned int event,
		      unsigned int cpu, const struct handed *handed,
		      const char *name)
{
	struct vprof_accounts accounts;
	uint64_t lost;

	if (vprof_capture_get_cpu_accounts(capture, event, cpu, &accounts))
		errx(1, "no accounts of %s on CPU %u", name, cpu);
	lost = sum(accounts.lost, VPROF_NR_LOSSES);
	printf("event %s cpu %u: %llu taken, %llu delivered, %llu lost\n", name,
	       cpu, (unsigned long long)accounts.taken,
	       (unsigned long long)accounts.delivered,
	       (unsigned long long)lost);
	if (accounts.taken != accounts.delivered + lost) {
		printf("wrong: taken is not delivered + lost\n");
		return false;
	}
	if (accounts.delivered != handed->samples[event][cpu]) {
		printf("wrong: the reader was handed %llu\n",
		       (unsigned long long)handed->samples[event][cpu]);
		return false;
	}
	if (!lost)
		printf("wrong: nothing was lost, so nothing was shown\n");
	return lost != 0;
}

static struct vprof_capture *open_capture(char **names, int nr_names,
					  struct vprof_event_spec *specs)
{
	struct vprof_capture_options options = {
		.size = sizeof(options),
		.kind = VPROF_CAPTURE_KMOD,
		.events = specs,
		.nr_events = (unsigned int)nr_names,
		.buffer_bytes = BUFFER_BYTES,
	};
	struct vprof_capture *capture;
	struct vprof_error error;
	int i;

	for (i = 0; i < nr_names; i++)
		if (vprof_event_parse(names[i], NULL, &specs[i], &error))
			errx(1, "%s", error.text);
	if (vprof_capture_open(&options, &capture, &error))
		errx(1, "%s", error.text);
	return capture;
}

int main(int argc, char **argv)
{
	struct vprof_event_spec specs[MAX_EVENTS];
	struct handed handed = { 0 };
	struct vprof_capture *capture;
	struct vprof_error error;
	unsigned int event, cpu, nr_events, nr_cpus;
	bool is_right = true;

	if (argc < 3 || argc - 2 > MAX_EVENTS)
		errx(2, "usage: accounts SECONDS EVENT...");
	nr_events = (unsigned int)argc - 2;
	capture = open_capture(argv + 2, argc - 2, specs);
	nr_cpus = vprof_capture_get_info(capture)->nr_cpus;
	if (vprof_capture_start(capture, &error))
		errx(1, "%s", error.text);
	read_for_a_second(capture, &handed);
	sleep((unsigned int)atoi(argv[1]));
	read_for_a_second(capture, &handed);
	if (vprof_capture_stop(capture, &error))
		errx(1, "%s", error.text);
	read_all(capture, &handed);
	for (event = 0; event < nr_events; event++) {
		for (cpu = 0; cpu < nr_cpus; cpu++)
			is_right &= check_cpu(capture, event, cpu, &handed,
					      argv[event + 2]);
	}
	vprof_capture_free(capture);
	return is_right ? 0 : 1;
}
