/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the library: what a capture has to bring. */
#ifndef LIBVPROF_CAPTURE_H
#define LIBVPROF_CAPTURE_H

#include <vprof/capture.h>

enum {
	VPROF_CAPTURE_NAME_MAX = 64,
	VPROF_CAPTURE_WHY_MAX = 512,
};

/**
 * struct vprof_capture_ops - a way to take samples
 * @open: makes a capture that embeds struct vprof_capture, and fills in its
 *        info but for name and why
 * @mark, @read, ...: see the function of that name in <vprof/capture.h>
 */
struct vprof_capture_ops {
	const char *name;
	int (*open)(const struct vprof_capture_options *options,
		    struct vprof_capture **ret_capture,
		    struct vprof_error *err);
	void (*free)(struct vprof_capture *capture);
	int (*start)(struct vprof_capture *capture, struct vprof_error *err);
	int (*stop)(struct vprof_capture *capture, struct vprof_error *err);
	void (*mark)(struct vprof_capture *capture);
	ssize_t (*read)(struct vprof_capture *capture,
			const struct vprof_capture_handler *handler);
	int (*get_accounts)(struct vprof_capture *capture, unsigned int domain,
			    unsigned int event,
			    struct vprof_accounts *ret_accounts);
	int (*get_cpu_accounts)(struct vprof_capture *capture,
				unsigned int event, unsigned int cpu,
				struct vprof_accounts *ret_accounts);
	/* NULL where info->guests is always NONE */
	int (*add_guest)(struct vprof_capture *capture, uint64_t id,
			 struct vprof_error *err);
	int (*remove_guest)(struct vprof_capture *capture, unsigned int domain);
	int (*add_active_guest)(struct vprof_capture *capture, uint64_t id,
				struct vprof_error *err);
	/* NULL: from start to stop */
	bool (*is_counting)(struct vprof_capture *capture);
};

/* The part that every capture has. @fd belongs to the capture. */
struct vprof_capture {
	const struct vprof_capture_ops *ops;
	struct vprof_capture_info info;
	int fd;
	char source[VPROF_CAPTURE_NAME_MAX];
	char pmu[VPROF_CAPTURE_NAME_MAX];
	char why[VPROF_CAPTURE_WHY_MAX];
	char no_guests[VPROF_CAPTURE_WHY_MAX];
};

extern const struct vprof_capture_ops vprof_capture_kmod_ops;
extern const struct vprof_capture_ops vprof_capture_perf_ops;

#endif
