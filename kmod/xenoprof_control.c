// SPDX-License-Identifier: GPL-2.0-only
/* Drives Xen's profiler by hypercalls, and brings it back to idle. */
#include "xenoprof_control.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/xen/hypercall.h>
#include <xen/interface/xen.h>

/* As much as Xen gives, whatever the number of vCPUs: it reduces it. */
enum { MAX_SAMPLES = 8192 };

/* Xen did not take dom0's buffers back, and gives them to nobody now. */
static bool has_left_buffer;

/* Its own function: tests make it fail. */
static noinline int xenoprof_call(enum xenoprof_op op, void *argument)
{
	int err = _hypercall2(int, xenoprof_op, op, argument);

	if (err < 0)
		pr_debug("vprof: xenoprof operation %d: %d\n", op, err);
	return err;
}

/* Returns whether this domain leads. */
static int init(struct vprof_xenoprof_control *control)
{
	struct xenoprof_init init = { .num_events = XENOPROF_MAX_COUNTERS };
	int err = xenoprof_call(XENOPROF_INIT, &init);

	if (err)
		return err;
	control->is_init = init.is_primary;
	control->nr_counters =
		clamp_t(int, init.num_events, 0, XENOPROF_MAX_COUNTERS);
	strscpy(control->cpu_type, init.cpu_type, sizeof(control->cpu_type));
	return control->is_init;
}

/**
 * vprof_xenoprof_init() - Become Xen's primary profiler
 * @control: zeroed; nr_counters and cpu_type are written
 *
 * Only while nobody of ours profiles: Xen forgets that it does. What a session
 * left that Xen did not let end, ends here.
 *
 * Return: 0, -ENOSYS Xen without xenoprof, -ENODEV not on this processor,
 * -EPERM another domain is the primary profiler.
 */
int vprof_xenoprof_init(struct vprof_xenoprof_control *control)
{
	int err;

	/* Refused where there is nothing to end, or by right of another domain. */
	xenoprof_call(XENOPROF_STOP, NULL);
	xenoprof_call(XENOPROF_RELEASE_COUNTERS, NULL);
	err = init(control);
	return err < 0 ? err : err ? 0 : -EPERM;
}

/**
 * vprof_xenoprof_ask() - What does Xen have, for a domain that does not lead?
 * @control: zeroed; nr_counters and cpu_type are written
 *
 * Return: 0, -ENOSYS Xen without xenoprof, -ENODEV not on this processor.
 */
int vprof_xenoprof_ask(struct vprof_xenoprof_control *control)
{
	int err = init(control);

	return err < 0 ? err : 0;
}

/* Only where there are buffers: Xen takes for granted that there are. */
static int take_back_left_buffer(void)
{
	u16 self = 0;
	int err;

	if (!has_left_buffer)
		return 0;
	err = xenoprof_call(XENOPROF_SET_ACTIVE, &self)
		      ?: xenoprof_call(XENOPROF_DISABLE_VIRQ, NULL)
		      ?: xenoprof_call(XENOPROF_RESET_ACTIVE_LIST, NULL);
	has_left_buffer = err;
	return err;
}

static int check_frames(s32 nr_buffers, s32 buffer_bytes, u64 address,
			struct vprof_xenoprof_frames *ret_frames)
{
	u64 bytes = (u64)max(nr_buffers, 0) * max(buffer_bytes, 0);

	if (nr_buffers < 1 || buffer_bytes < (s32)sizeof(struct xenoprof_buf) ||
	    bytes > XENOPROF_MAX_PAGES * PAGE_SIZE || offset_in_page(address))
		return -EIO;
	ret_frames->mfn = address >> PAGE_SHIFT;
	ret_frames->nr_pages = DIV_ROUND_UP(bytes, PAGE_SIZE);
	ret_frames->nr_buffers = nr_buffers;
	ret_frames->buffer_bytes = buffer_bytes;
	return 0;
}

/**
 * vprof_xenoprof_get_buffer() - This domain's own buffers
 * @ret_frames: where they are
 *
 * Return: 0, -EBUSY the counters are a guest's (vPMU), or somebody has the
 * buffers, -ENOMEM, -EIO.
 */
int vprof_xenoprof_get_buffer(struct vprof_xenoprof_frames *ret_frames)
{
	struct xenoprof_get_buffer get = { .max_samples = MAX_SAMPLES };
	int err = xenoprof_call(XENOPROF_GET_BUFFER, &get);

	if (err)
		return err;
	return check_frames(get.nbuf, get.bufsize, get.buf_gmaddr, ret_frames);
}

/**
 * vprof_xenoprof_get_own() - dom0's own buffers; dom0 is to be sampled
 * @control: after vprof_xenoprof_init()
 * @ret_frames: where they are
 *
 * Return: 0, -EBUSY the counters are a guest's (vPMU), -ENOMEM, -EIO.
 */
int vprof_xenoprof_get_own(struct vprof_xenoprof_control *control,
			   struct vprof_xenoprof_frames *ret_frames)
{
	u16 self = 0;
	int err;

	err = xenoprof_call(XENOPROF_RESET_ACTIVE_LIST, NULL)
		      ?: xenoprof_call(XENOPROF_RESET_PASSIVE_LIST, NULL)
		      ?: take_back_left_buffer();
	if (err)
		return err;
	err = vprof_xenoprof_get_buffer(ret_frames);
	control->has_buffer = !err || err == -EIO;
	if (err)
		return err;
	err = xenoprof_call(XENOPROF_SET_ACTIVE, &self);
	control->is_active = !err;
	return err;
}

/**
 * vprof_xenoprof_list_active() - A domain that has its own buffers may come in
 * @control: after vprof_xenoprof_get_own(), before vprof_xenoprof_set_counters()
 * @domid: the domain
 *
 * Return: 0, -ESRCH no such domain, -E2BIG too many.
 */
int vprof_xenoprof_list_active(struct vprof_xenoprof_control *control,
			       u16 domid)
{
	int err = xenoprof_call(XENOPROF_SET_ACTIVE, &domid);

	if (err)
		return err == -EINVAL ? -ESRCH : err;
	control->has_actives = true;
	return 0;
}

/**
 * vprof_xenoprof_get_passive() - A guest's buffers; it is to be sampled
 * @control: after vprof_xenoprof_init(), before vprof_xenoprof_set_counters()
 * @domid: the guest
 * @ret_frames: where they are
 *
 * Return: 0, -ESRCH no such domain, -E2BIG too many, -ENOMEM, -EIO, -EBUSY.
 */
int vprof_xenoprof_get_passive(struct vprof_xenoprof_control *control,
			       u16 domid,
			       struct vprof_xenoprof_frames *ret_frames)
{
	struct xenoprof_passive passive = {
		.domain_id = domid,
		.max_samples = MAX_SAMPLES,
	};
	int err = xenoprof_call(XENOPROF_SET_PASSIVE, &passive);

	if (err)
		return err == -EINVAL ? -ESRCH : err;
	control->has_passive = true;
	return check_frames(passive.nbuf, passive.bufsize, passive.buf_gmaddr,
			    ret_frames);
}

/**
 * vprof_xenoprof_set_counters() - Say what counts
 * @control: after vprof_xenoprof_get_own()
 * @counters: control->nr_counters of them, unused ones not enabled
 *
 * Return: 0, -EBUSY counters taken (Xen's watchdog), or what Xen says.
 */
int vprof_xenoprof_set_counters(struct vprof_xenoprof_control *control,
				struct xenoprof_counter *counters)
{
	unsigned int i;
	int err = xenoprof_call(XENOPROF_RESERVE_COUNTERS, NULL);

	if (err)
		return err;
	control->has_counters = true;
	/* Xen keeps what an index was set to before. */
	for (i = 0; i < control->nr_counters; i++) {
		counters[i].ind = i;
		err = xenoprof_call(XENOPROF_COUNTER, &counters[i]);
		if (err)
			return err;
	}
	return xenoprof_call(XENOPROF_SETUP_EVENTS, NULL);
}

/**
 * vprof_xenoprof_set_backtrace() - Say how many callers a sample has
 * @control: after vprof_xenoprof_init()
 * @depth: return addresses at most; 0: samples alone
 *
 * Return: 0, or -EINVAL Xen has none on this processor, and some are wanted.
 */
int vprof_xenoprof_set_backtrace(struct vprof_xenoprof_control *control,
				 unsigned int depth)
{
	u64 argument = depth;
	int err = xenoprof_call(XENOPROF_SET_BACKTRACE, &argument);

	return depth ? err : 0;
}

/**
 * vprof_xenoprof_enable() - This domain is ready
 *
 * Its buffers are mapped, and it is in Xen's list; after
 * vprof_xenoprof_set_counters(). Once.
 *
 * Return: 0 or what Xen says.
 */
int vprof_xenoprof_enable(void)
{
	return xenoprof_call(XENOPROF_ENABLE_VIRQ, NULL);
}

/**
 * vprof_xenoprof_disable() - Out of Xen's list, and the buffers back to it
 *
 * Return: 0, -EPERM not in the list, or Xen counts.
 */
int vprof_xenoprof_disable(void)
{
	return xenoprof_call(XENOPROF_DISABLE_VIRQ, NULL);
}

/**
 * vprof_xenoprof_start() - Counters on
 * @control: after vprof_xenoprof_enable()
 *
 * Return: 0, -EPERM a domain in the list is not ready, or what Xen says.
 */
int vprof_xenoprof_start(struct vprof_xenoprof_control *control)
{
	int err = xenoprof_call(XENOPROF_START, NULL);

	control->is_profiling = !err;
	return err;
}

/**
 * vprof_xenoprof_stop() - Counters off; buffers stay
 * @control: in any state
 *
 * When it returns Xen writes no more samples, unless it refused to stop.
 */
void vprof_xenoprof_stop(struct vprof_xenoprof_control *control)
{
	if (control->is_profiling)
		control->is_profiling = xenoprof_call(XENOPROF_STOP, NULL) < 0;
}

/**
 * vprof_xenoprof_end() - Bring Xen back to idle
 * @control: in any state, also after errors
 *
 * DISABLE_VIRQ is what takes dom0's buffers back and frees the counters for
 * guests, but Xen does that only for a domain in its active list.
 */
void vprof_xenoprof_end(struct vprof_xenoprof_control *control)
{
	u16 self = 0;

	vprof_xenoprof_stop(control);
	if (control->has_buffer && !control->is_active)
		control->is_active = !xenoprof_call(XENOPROF_SET_ACTIVE, &self);
	if (control->has_buffer)
		has_left_buffer = !control->is_active ||
				  xenoprof_call(XENOPROF_DISABLE_VIRQ, NULL);
	/* SHUTDOWN forgets who is in the list, and with them what Xen holds. */
	if (control->has_actives)
		xenoprof_call(XENOPROF_RESET_ACTIVE_LIST, NULL);
	if (control->has_counters)
		xenoprof_call(XENOPROF_RELEASE_COUNTERS, NULL);
	else if (control->has_passive)
		xenoprof_call(XENOPROF_RESET_PASSIVE_LIST, NULL);
	if (control->is_init)
		xenoprof_call(XENOPROF_SHUTDOWN, NULL);
	memset(control, 0, sizeof(*control));
}
