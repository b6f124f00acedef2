/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A lane of the module's buffers: from its slots to samples, read in place. */
#ifndef LIBVPROF_LANE_H
#define LIBVPROF_LANE_H

#include <stddef.h>
#include <stdint.h>
#include <uapi/vprof.h>
#include <vprof/capture.h>

/**
 * struct vprof_lane - one lane, as its reader sees it
 * @producer, @slots: the module's piece, read only
 * @consumer: ours
 * @mask: number of slots - 1
 * @nr_events: records of others make no sense
 * @time_ns: of the latest time record
 * @period: of the latest period record of each event; 0: fixed
 * @delivered: samples of each event that were handed out
 * @malformed: records that made no sense
 */
struct vprof_lane {
	const struct vprof_lane_producer *producer;
	const struct vprof_slot *slots;
	struct vprof_lane_consumer *consumer;
	uint64_t mask;
	uint64_t tail;
	uint64_t mark;
	uint64_t time_ns;
	uint64_t malformed;
	unsigned int nr_events;
	uint16_t cpu;
	uint16_t domain;
	uint64_t period[VPROF_MAX_EVENTS];
	uint64_t delivered[VPROF_MAX_EVENTS];
};

/** vprof_lane_mark - the next read goes as far as the lane is filled now */
void vprof_lane_mark(struct vprof_lane *lane);

/**
 * vprof_lane_read - hand out the samples up to the mark, and free their slots
 *
 * Return: number of samples.
 */
size_t vprof_lane_read(struct vprof_lane *lane,
		       const struct vprof_capture_handler *handler);

#endif
