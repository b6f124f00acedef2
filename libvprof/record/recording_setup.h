/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has to be there before the first sample: all parts of a recording. */
#ifndef LIBVPROF_RECORDING_SETUP_H
#define LIBVPROF_RECORDING_SETUP_H

struct vprof_error;
struct vprof_recorder;
struct vprof_recorder_options;

/**
 * vprof_recording_set_up - open the capture and the store, begin the session
 * @recorder: all 0, but without descriptors and with its slice_ns; to be freed
 *            whatever becomes of it
 */
int vprof_recording_set_up(struct vprof_recorder *recorder,
			   const struct vprof_recorder_options *options,
			   struct vprof_error *err);

#endif
