// SPDX-License-Identifier: LGPL-2.1-or-later
/* Captures: picks the module or perf_event_open, and says why. */
#include "capture/capture.h"

#include "capture/guest_access.h"

#include <errno.h>
#include <stdio.h>
#include <uapi/vprof.h>

static const struct vprof_capture_ops *const captures[] = {
	[VPROF_CAPTURE_KMOD] = &vprof_capture_kmod_ops,
	[VPROF_CAPTURE_PERF_EVENT] = &vprof_capture_perf_ops,
};

static int check_options(const struct vprof_capture_options *options,
			 struct vprof_error *err)
{
	if (options->size != sizeof(*options))
		return vprof_error_set(err, -EINVAL,
				       "this program was compiled for another "
				       "version of libvprof");
	if ((unsigned int)options->kind > VPROF_CAPTURE_PERF_EVENT)
		return vprof_error_set(err, -EINVAL, "no capture number %d",
				       options->kind);
	if (!options->nr_events || options->nr_events > VPROF_MAX_EVENTS)
		return vprof_error_set(err, -EINVAL,
				       "%u events: between 1 and %d can be "
				       "sampled at once",
				       options->nr_events, VPROF_MAX_EVENTS);
	return 0;
}

/* perf has none. */
static int refuse_guest_chain(const char *why, struct vprof_error *err)
{
	return vprof_error_set(err, -EOPNOTSUPP,
			       "call chains of guests are taken by the module "
			       "alone%s%s",
			       *why ? ": " : "", why);
}

static int open_one(const struct vprof_capture_ops *ops,
		    const struct vprof_capture_options *options,
		    const char *why, struct vprof_capture **ret_capture,
		    struct vprof_error *err)
{
	struct vprof_capture *capture;
	int ret;

	if (options->guest_chain && ops != &vprof_capture_kmod_ops)
		return refuse_guest_chain(why, err);
	ret = ops->open(options, &capture, err);
	if (ret)
		return ret;
	capture->ops = ops;
	snprintf(capture->why, sizeof(capture->why), "%s", why);
	capture->info.name = ops->name;
	capture->info.source = capture->source;
	capture->info.pmu = capture->pmu;
	capture->info.why = capture->why;
	if (capture->info.guests == VPROF_GUEST_KVM)
		vprof_guest_access_explain("", capture->no_guests,
					   sizeof(capture->no_guests));
	capture->info.no_guests = capture->no_guests;
	*ret_capture = capture;
	return 0;
}

/* The module is not there, not for this user or not of this version; anything
 * else would go wrong without it too. */
static bool is_module_unusable(int code)
{
	return code == -ENOENT || code == -ENXIO || code == -ENODEV ||
	       code == -EACCES || code == -EPERM || code == -EPROTO;
}

int vprof_capture_open(const struct vprof_capture_options *options,
		       struct vprof_capture **ret_capture,
		       struct vprof_error *err)
{
	struct vprof_error kmod_err = { 0 };
	int ret;

	ret = check_options(options, err);
	if (ret)
		return ret;
	if (options->kind != VPROF_CAPTURE_AUTO)
		return open_one(captures[options->kind], options, "",
				ret_capture, err);
	ret = open_one(captures[VPROF_CAPTURE_KMOD], options, "", ret_capture,
		       &kmod_err);
	if (!ret)
		return 0;
	if (!is_module_unusable(ret))
		return vprof_error_set(err, ret, "%s", kmod_err.text);
	return open_one(captures[VPROF_CAPTURE_PERF_EVENT], options,
			kmod_err.text, ret_capture, err);
}

void vprof_capture_free(struct vprof_capture *capture)
{
	if (capture)
		capture->ops->free(capture);
}

const struct vprof_capture_info *
vprof_capture_get_info(const struct vprof_capture *capture)
{
	return &capture->info;
}

int vprof_capture_start(struct vprof_capture *capture, struct vprof_error *err)
{
	return capture->ops->start(capture, err);
}

int vprof_capture_stop(struct vprof_capture *capture, struct vprof_error *err)
{
	return capture->ops->stop(capture, err);
}

int vprof_capture_get_fd(const struct vprof_capture *capture)
{
	return capture->fd;
}

void vprof_capture_mark(struct vprof_capture *capture)
{
	capture->ops->mark(capture);
}

ssize_t vprof_capture_read(struct vprof_capture *capture,
			   const struct vprof_capture_handler *handler)
{
	return capture->ops->read(capture, handler);
}

int vprof_capture_get_accounts(struct vprof_capture *capture,
			       unsigned int domain, unsigned int event,
			       struct vprof_accounts *ret_accounts)
{
	return capture->ops->get_accounts(capture, domain, event, ret_accounts);
}

int vprof_capture_get_cpu_accounts(struct vprof_capture *capture,
				   unsigned int event, unsigned int cpu,
				   struct vprof_accounts *ret_accounts)
{
	return capture->ops->get_cpu_accounts(capture, event, cpu,
					      ret_accounts);
}

int vprof_capture_add_guest(struct vprof_capture *capture, uint64_t id,
			    struct vprof_error *err)
{
	if (!capture->info.guests)
		return vprof_error_set(err, -EOPNOTSUPP,
				       "this capture samples no guests");
	return capture->ops->add_guest(capture, id, err);
}

int vprof_capture_add_active_guest(struct vprof_capture *capture, uint64_t id,
				   struct vprof_error *err)
{
	if (capture->info.guests != VPROF_GUEST_XEN ||
	    !capture->ops->add_active_guest)
		return vprof_error_set(err, -EOPNOTSUPP,
				       "only on a Xen dom0, with the module "
				       "and its source xenoprof, can a domain "
				       "be active");
	return capture->ops->add_active_guest(capture, id, err);
}

bool vprof_capture_is_counting(struct vprof_capture *capture)
{
	return !capture->ops->is_counting || capture->ops->is_counting(capture);
}

int vprof_capture_remove_guest(struct vprof_capture *capture,
			       unsigned int domain)
{
	if (!capture->info.guests)
		return -EOPNOTSUPP;
	return capture->ops->remove_guest(capture, domain);
}
