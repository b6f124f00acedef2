// SPDX-License-Identifier: LGPL-2.1-or-later
/* The capture that the module makes: a session of /dev/vprof. */
#include "capture/capture.h"
#include "base/perf_open.h"
#include "capture/accounts.h"
#include "capture/kmod_buffer.h"
#include "capture/kmod_device.h"
#include "capture/xenpmu.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	HOST_LANE_BYTES = 256 * 1024,
	GUEST_LANE_BYTES = 64 * 1024,
	/* xenoprof: one for all vCPUs, not one for each CPU of the host */
	XENOPROF_LANE_BYTES = 256 * 1024,
	ALL = VPROF_CAPTURE_ALL,
};

/* A guest's buffer, and what came of it when the guest had gone. */
struct guest {
	struct vprof_kmod_buffer *buffer;
	bool is_removed;
	bool is_final; /* read to its end: @accounts are its last */
	struct vprof_accounts accounts[VPROF_MAX_EVENTS];
};

/**
 * @guests: by the module's index of the domain
 * @gone: accounts of guests whose number others have now
 */
struct kmod_capture {
	struct vprof_capture base;
	struct vprof_kmod_buffer *host;
	struct vprof_kmod_buffer *others;
	struct guest *guests[VPROF_MAX_DOMAINS];
	struct vprof_accounts gone[VPROF_MAX_EVENTS];
	unsigned int nr_events;
	bool has_chains;
	bool is_stopped;
};

static struct kmod_capture *to_kmod(struct vprof_capture *capture)
{
	return (struct kmod_capture *)capture;
}

/* ---- setting up ---------------------------------------------------------------- */

static int explain_event(int code, const struct kmod_capture *capture,
			 const struct vprof_event_spec *spec,
			 const struct vprof_event *event,
			 struct vprof_error *err)
{
	uint32_t chains = VPROF_EVENT_KERNEL_CHAIN | VPROF_EVENT_USER_CHAIN;

	if (code == -EINVAL && !spec->is_frequency &&
	    event->min_period > spec->period)
		return vprof_error_set(
			err, code,
			"a period of %llu is too short for %s: the module "
			"takes at least %llu",
			(unsigned long long)spec->period, spec->name,
			(unsigned long long)event->min_period);
	if (code == -EOPNOTSUPP && event->flags & chains &&
	    !capture->has_chains)
		return vprof_error_set(err, code,
				       "Xen (%s) gives no call chains: leave "
				       "out -g",
				       capture->base.source);
	return vprof_perf_explain(code, spec->name, true, err);
}

static int add_event(struct kmod_capture *capture,
		     const struct vprof_event_spec *spec,
		     const struct vprof_capture_options *options,
		     struct vprof_error *err)
{
	struct vprof_event event = {
		.size = sizeof(event),
		.type = spec->type,
		.config = spec->config,
		.config1 = spec->config1,
		.config2 = spec->config2,
		.period = spec->period,
	};
	int index;

	event.flags = (spec->exclude_user ? VPROF_EVENT_EXCLUDE_USER : 0) |
		      (spec->exclude_kernel ? VPROF_EVENT_EXCLUDE_KERNEL : 0) |
		      (spec->exclude_hypervisor ? VPROF_EVENT_EXCLUDE_HYPERVISOR
						: 0) |
		      (spec->is_frequency ? VPROF_EVENT_FREQUENCY : 0) |
		      (options->kernel_chain ? VPROF_EVENT_KERNEL_CHAIN : 0) |
		      (options->user_chain ? VPROF_EVENT_USER_CHAIN : 0) |
		      (options->guest_chain ? VPROF_EVENT_GUEST_CHAIN : 0) |
		      (capture->base.info.guests ? VPROF_EVENT_GUESTS : 0);
	index = ioctl(capture->base.fd, VPROF_IOC_ADD_EVENT, &event);
	if (index < 0)
		return explain_event(-errno, capture, spec, &event, err);
	if ((unsigned int)index != capture->nr_events)
		return vprof_error_set(err, -EPROTO,
				       "the module gave event %u the number %d",
				       capture->nr_events, index);
	capture->nr_events++;
	return 0;
}

static int add_buffer(struct kmod_capture *capture, uint32_t kind, uint64_t id,
		      uint32_t flags, size_t lane_bytes,
		      struct vprof_kmod_buffer **ret_buffer,
		      struct vprof_error *err)
{
	const struct vprof_kmod_buffer_request request = {
		.fd = capture->base.fd,
		.kind = kind,
		.id = id,
		.flags = flags,
		.lane_bytes = lane_bytes,
		.nr_events = capture->nr_events,
	};

	return vprof_kmod_buffer_new(&request, ret_buffer, err);
}

static void free_kmod(struct vprof_capture *base)
{
	struct kmod_capture *capture = to_kmod(base);

	for (size_t i = 0; i < VPROF_MAX_DOMAINS; i++) {
		if (capture->guests[i])
			vprof_kmod_buffer_free(capture->guests[i]->buffer);
		free(capture->guests[i]);
	}
	vprof_kmod_buffer_free(capture->others);
	vprof_kmod_buffer_free(capture->host);
	if (base->fd >= 0)
		close(base->fd);
	free(capture);
}

static enum vprof_guest_kind
choose_guests(const struct vprof_capture_options *options,
	      const struct vprof_info *info)
{
	/* A guest runs on any CPU: only the whole machine has all of it. */
	if (!options->with_guests || options->pid)
		return VPROF_GUEST_NONE;
	if (info->features & VPROF_FEATURE_XEN)
		return VPROF_GUEST_XEN;
	return info->features & VPROF_FEATURE_KVM ? VPROF_GUEST_KVM
						  : VPROF_GUEST_NONE;
}

/* Asked for before anything that would fail for want of them. */
static int check_xenpmu(const struct vprof_info *info, struct vprof_error *err)
{
	char why[VPROF_ERROR_TEXT_MAX];

	if (strcmp(info->source, "xenpmu") || !info->xenpmu_unmet)
		return 0;
	vprof_xenpmu_explain(info->xenpmu_unmet, why, sizeof(why));
	return vprof_error_set(err, -EOPNOTSUPP, "%s", why);
}

static bool has_kvm(void)
{
	return !access("/sys/module/kvm", F_OK);
}

static int check_guest_chain(const struct kmod_capture *capture,
			     const struct vprof_info *info,
			     struct vprof_error *err)
{
	if (capture->base.info.guests != VPROF_GUEST_KVM)
		return vprof_error_set(err, -EOPNOTSUPP,
				       "call chains of guests are taken of "
				       "KVM's alone, with the whole machine");
	if (!(info->features & VPROF_FEATURE_GUEST_CHAIN))
		return vprof_error_set(err, -EOPNOTSUPP,
				       "the module does not know call chains "
				       "of guests. " VPROF_KMOD_REINSTALL);
	return 0;
}

static int set_up(struct kmod_capture *capture,
		  const struct vprof_capture_options *options,
		  struct vprof_error *err)
{
	size_t bytes = options->buffer_bytes ? options->buffer_bytes
					     : HOST_LANE_BYTES;
	int ret;

	for (unsigned int i = 0; i < options->nr_events; i++) {
		ret = add_event(capture, &options->events[i], options, err);
		if (ret)
			return ret;
	}
	ret = add_buffer(capture, VPROF_DOMAIN_HOST, 0, 0, bytes,
			 &capture->host, err);
	if (!ret && capture->base.info.guests)
		ret = add_buffer(capture, VPROF_DOMAIN_OTHERS, 0, 0,
				 GUEST_LANE_BYTES, &capture->others, err);
	return ret;
}

static void describe(struct kmod_capture *capture,
		     const struct vprof_info *module)
{
	struct vprof_capture_info *info = &capture->base.info;

	info->nr_cpus = module->nr_cpus;
	info->is_whole_machine = true;
	info->has_hypervisor = info->guests == VPROF_GUEST_XEN &&
			       module->features & VPROF_FEATURE_XEN_ITSELF;
	capture->has_chains = module->features & VPROF_FEATURE_CHAIN;
	info->is_active_domain = module->features & VPROF_FEATURE_ACTIVE;
	snprintf(capture->base.source, sizeof(capture->base.source), "%.15s",
		 module->source);
	snprintf(capture->base.pmu, sizeof(capture->base.pmu), "%.31s",
		 module->pmu);
}

static int open_kmod(const struct vprof_capture_options *options,
		     struct vprof_capture **ret_capture,
		     struct vprof_error *err)
{
	struct kmod_capture *capture;
	struct vprof_info info;
	int ret;

	capture = calloc(1, sizeof(*capture));
	if (!capture)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	ret = vprof_kmod_open(&info, err);
	capture->base.fd = ret;
	if (ret >= 0)
		ret = check_xenpmu(&info, err);
	if (ret >= 0)
		capture->base.info.guests = choose_guests(options, &info);
	if (ret >= 0 && options->with_guests && !options->pid &&
	    !capture->base.info.guests && has_kvm())
		snprintf(capture->base.no_guests,
			 sizeof(capture->base.no_guests),
			 "no guest samples: the module was built for a kernel "
			 "without KVM. With --capture perf_event guests are "
			 "sampled");
	if (ret >= 0 && options->guest_chain)
		ret = check_guest_chain(capture, &info, err);
	if (ret >= 0) {
		describe(capture, &info);
		ret = set_up(capture, options, err);
	}
	if (ret < 0) {
		free_kmod(&capture->base);
		return ret;
	}
	*ret_capture = &capture->base;
	return 0;
}

/* ---- running --------------------------------------------------------------------- */

static int explain_start(const struct vprof_capture *base, int code,
			 struct vprof_error *err)
{
	struct vprof_info info = { .size = sizeof(info) };
	int ret;

	if (code == -EOPNOTSUPP && !ioctl(base->fd, VPROF_IOC_INFO, &info)) {
		ret = check_xenpmu(&info, err);
		if (ret)
			return ret;
	}
	if (code == -EXDEV)
		return vprof_error_set(
			err, code,
			"dom0 still samples other events than these, for a "
			"session of this domain's that is gone: end that in "
			"dom0");
	if (code == -ENOSPC && base->info.is_active_domain)
		return vprof_error_set(err, code,
				       "another vprof-record takes this "
				       "domain's samples: end it first");
	if (code == -ENOSPC)
		return vprof_error_set(
			err, code,
			"there are not as many free counters as "
			"events asked for: ask for fewer, or see "
			"who else counts (perf, the NMI "
			"watchdog: sudo sysctl "
			"kernel.nmi_watchdog=0)");
	return vprof_error_set(err, code, "the module does not start: %s",
			       strerror(-code));
}

static int start_kmod(struct vprof_capture *base, struct vprof_error *err)
{
	to_kmod(base)->is_stopped = false;
	if (!ioctl(base->fd, VPROF_IOC_START))
		return 0;
	return explain_start(base, -errno, err);
}

static int stop_kmod(struct vprof_capture *base, struct vprof_error *err)
{
	if (ioctl(base->fd, VPROF_IOC_STOP))
		return vprof_error_set(err, -errno,
				       "the module does not stop: %s",
				       strerror(errno));
	to_kmod(base)->is_stopped = true;
	return 0;
}

static bool is_counting_kmod(struct vprof_capture *base)
{
	struct vprof_stats stats = {
		.size = sizeof(stats),
		.domain = vprof_kmod_buffer_get_index(to_kmod(base)->host),
		.event = VPROF_STATS_ALL_EVENTS,
		.cpu = VPROF_STATS_ALL_CPUS,
	};

	return !ioctl(base->fd, VPROF_IOC_STATS, &stats) && stats.nr_counting;
}

static void mark_kmod(struct vprof_capture *base)
{
	struct kmod_capture *capture = to_kmod(base);

	vprof_kmod_buffer_mark(capture->host);
	if (!capture->others)
		return;
	vprof_kmod_buffer_mark(capture->others);
	for (size_t i = 0; i < VPROF_MAX_DOMAINS; i++)
		if (capture->guests[i])
			vprof_kmod_buffer_mark(capture->guests[i]->buffer);
}

/* Nothing comes after this: the numbers stand. */
static void finish_guest(const struct kmod_capture *capture,
			 struct guest *guest)
{
	for (unsigned int i = 0; i < capture->nr_events; i++)
		vprof_kmod_buffer_get_accounts(guest->buffer, i, ALL, true,
					       &guest->accounts[i]);
	guest->is_final = true;
}

static size_t read_guests(struct kmod_capture *capture,
			  const struct vprof_capture_handler *handler)
{
	struct guest *guest;
	size_t nr = 0;

	for (size_t i = 0; i < VPROF_MAX_DOMAINS; i++) {
		guest = capture->guests[i];
		if (!guest || guest->is_final)
			continue;
		nr += vprof_kmod_buffer_read(guest->buffer, handler);
		if (guest->is_removed)
			finish_guest(capture, guest);
	}
	return nr;
}

static ssize_t read_kmod(struct vprof_capture *base,
			 const struct vprof_capture_handler *handler)
{
	struct kmod_capture *capture = to_kmod(base);
	size_t nr;

	nr = vprof_kmod_buffer_read(capture->host, handler);
	if (capture->others) {
		nr += vprof_kmod_buffer_read(capture->others, handler);
		nr += read_guests(capture, handler);
	}
	return (ssize_t)nr;
}

/* ---- guests ------------------------------------------------------------------------ */

static struct guest *find_guest(const struct kmod_capture *capture,
				unsigned int domain)
{
	return domain < VPROF_MAX_DOMAINS ? capture->guests[domain] : NULL;
}

/* The module gave this number to another: it had read to the end. */
static void forget_guest(struct kmod_capture *capture, unsigned int domain)
{
	struct guest *guest = capture->guests[domain];

	if (!guest)
		return;
	for (unsigned int i = 0; i < capture->nr_events; i++)
		vprof_accounts_add(&capture->gone[i], &guest->accounts[i]);
	vprof_kmod_buffer_free(guest->buffer);
	free(guest);
	capture->guests[domain] = NULL;
}

/* Its index may be given away as soon as the next guest is added. */
static bool has_unread_removed(const struct kmod_capture *capture)
{
	for (size_t i = 0; i < VPROF_MAX_DOMAINS; i++)
		if (capture->guests[i] && capture->guests[i]->is_removed &&
		    !capture->guests[i]->is_final)
			return true;
	return false;
}

static int add_guest(struct vprof_capture *base, uint64_t id, uint32_t flags,
		     struct vprof_error *err)
{
	struct kmod_capture *capture = to_kmod(base);
	struct guest *guest;
	unsigned int domain;
	int ret;

	if (has_unread_removed(capture))
		return vprof_error_set(err, -EAGAIN,
				       "a guest that is gone has samples that "
				       "were not read yet");
	guest = calloc(1, sizeof(*guest));
	if (!guest)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	ret = add_buffer(capture, (uint32_t)base->info.guests, id, flags,
			 strcmp(base->source, "xenoprof") ? GUEST_LANE_BYTES
							  : XENOPROF_LANE_BYTES,
			 &guest->buffer, err);
	if (ret) {
		free(guest);
		return ret;
	}
	domain = vprof_kmod_buffer_get_index(guest->buffer);
	forget_guest(capture, domain);
	capture->guests[domain] = guest;
	return (int)domain;
}

static int add_guest_kmod(struct vprof_capture *base, uint64_t id,
			  struct vprof_error *err)
{
	return add_guest(base, id, 0, err);
}

static int add_active_guest_kmod(struct vprof_capture *base, uint64_t id,
				 struct vprof_error *err)
{
	return add_guest(base, id, VPROF_DOMAIN_ACTIVE, err);
}

static int remove_guest_kmod(struct vprof_capture *base, unsigned int domain)
{
	struct guest *guest = find_guest(to_kmod(base), domain);
	struct vprof_domain_ref ref = {
		.size = sizeof(ref),
		.index = domain,
	};

	if (!guest || guest->is_removed)
		return -ENOENT;
	if (ioctl(base->fd, VPROF_IOC_REMOVE_DOMAIN, &ref))
		return -errno;
	guest->is_removed = true;
	return 0;
}

/* ---- accounts ----------------------------------------------------------------------- */

static int get_guest_accounts(const struct kmod_capture *capture,
			      const struct guest *guest, unsigned int event,
			      struct vprof_accounts *ret_accounts)
{
	if (!guest->is_final)
		return vprof_kmod_buffer_get_accounts(guest->buffer, event, ALL,
						      capture->is_stopped,
						      ret_accounts);
	*ret_accounts = guest->accounts[event];
	return 0;
}

static int get_of_domain(const struct kmod_capture *capture,
			 unsigned int domain, unsigned int event,
			 struct vprof_accounts *ret_accounts)
{
	const struct vprof_kmod_buffer *buffer = NULL;
	const struct guest *guest;

	if (!domain)
		buffer = capture->host;
	else if (domain == VPROF_SAMPLE_OTHERS)
		buffer = capture->others;
	if (buffer)
		return vprof_kmod_buffer_get_accounts(
			buffer, event, ALL, capture->is_stopped, ret_accounts);
	guest = find_guest(capture, domain);
	return guest ? get_guest_accounts(capture, guest, event, ret_accounts)
		     : -ENOENT;
}

static int add_of_domain(const struct kmod_capture *capture,
			 unsigned int domain, unsigned int event,
			 struct vprof_accounts *sum)
{
	struct vprof_accounts accounts;
	int ret;

	ret = get_of_domain(capture, domain, event, &accounts);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	vprof_accounts_add(sum, &accounts);
	return 0;
}

static int get_of_event(const struct kmod_capture *capture, unsigned int domain,
			unsigned int event, struct vprof_accounts *ret_accounts)
{
	struct vprof_accounts accounts = capture->gone[event];
	int ret;

	if (domain != ALL)
		return get_of_domain(capture, domain, event, ret_accounts);
	ret = add_of_domain(capture, VPROF_SAMPLE_OTHERS, event, &accounts);
	for (unsigned int i = 0; !ret && i < VPROF_MAX_DOMAINS; i++)
		if (!i || capture->guests[i])
			ret = add_of_domain(capture, i, event, &accounts);
	*ret_accounts = accounts;
	return ret;
}

static int get_accounts_kmod(struct vprof_capture *base, unsigned int domain,
			     unsigned int event,
			     struct vprof_accounts *ret_accounts)
{
	struct kmod_capture *capture = to_kmod(base);
	struct vprof_accounts accounts, sum = { 0 };
	int ret;

	if (event != ALL && event >= capture->nr_events)
		return -ENOENT;
	for (unsigned int i = 0; i < capture->nr_events; i++) {
		if (event != ALL && event != i)
			continue;
		ret = get_of_event(capture, domain, i, &accounts);
		if (ret)
			return ret;
		vprof_accounts_add(&sum, &accounts);
	}
	*ret_accounts = sum;
	return 0;
}

static int get_cpu_accounts_kmod(struct vprof_capture *base, unsigned int event,
				 unsigned int cpu,
				 struct vprof_accounts *ret_accounts)
{
	struct kmod_capture *capture = to_kmod(base);

	if (event >= capture->nr_events || cpu == ALL)
		return -ENOENT;
	return vprof_kmod_buffer_get_accounts(
		capture->host, event, cpu, capture->is_stopped, ret_accounts);
}

const struct vprof_capture_ops vprof_capture_kmod_ops = {
	.name = "kmod",
	.open = open_kmod,
	.free = free_kmod,
	.start = start_kmod,
	.stop = stop_kmod,
	.mark = mark_kmod,
	.read = read_kmod,
	.get_accounts = get_accounts_kmod,
	.get_cpu_accounts = get_cpu_accounts_kmod,
	.add_guest = add_guest_kmod,
	.remove_guest = remove_guest_kmod,
	.add_active_guest = add_active_guest_kmod,
	.is_counting = is_counting_kmod,
};
