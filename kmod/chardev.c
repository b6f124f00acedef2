// SPDX-License-Identifier: GPL-2.0-only
/* /dev/vprof: carries requests from user space to a session and back. */
#include "chardev.h"
#include "access.h"
#include "domain.h"
#include "guest_memory.h"
#include "request.h"
#include "session.h"
#include "source.h"

#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/string.h>

static long get_info(struct vprof_session *session, unsigned int cmd,
		     void __user *user)
{
	struct vprof_info info;
	long err = vprof_request_fetch(&info, sizeof(info), cmd, user);

	if (err)
		return err;
	if (info.reserved0 ||
	    memchr_inv(info.reserved, 0, sizeof(info.reserved)))
		return -EINVAL;
	memset(&info, 0, sizeof(info));
	info.size = sizeof(info);
	info.api_version = VPROF_API_VERSION;
	info.record_version = VPROF_RECORD_VERSION;
	info.nr_cpus = nr_cpu_ids;
	info.max_events = VPROF_MAX_EVENTS;
	info.max_domains = VPROF_MAX_DOMAINS;
	info.nr_lost_reasons = VPROF_NR_LOST_REASONS;
	strscpy(info.source, session->source->name, sizeof(info.source));
	session->source->describe(&info);
	info.xenpmu_unmet = vprof_source_unmet();
	return vprof_request_give_back(user, &info, sizeof(info));
}

static long add_event(struct vprof_session *session, unsigned int cmd,
		      void __user *user)
{
	struct vprof_event event;
	long err = vprof_request_fetch(&event, sizeof(event), cmd, user);
	void *added;

	if (err)
		return err;
	event.min_period = 0;
	err = vprof_session_add_event(session, &event, &added);
	if (err) {
		if (err == -EINVAL &&
		    vprof_request_give_back(user, &event, sizeof(event)))
			return -EFAULT;
		return err;
	}
	err = vprof_request_give_back(user, &event, sizeof(event));
	if (err) {
		session->source->remove_event(added);
		return err;
	}
	return vprof_session_keep_event(session, added);
}

static long add_domain(struct vprof_session *session, unsigned int cmd,
		       void __user *user)
{
	struct vprof_domain_buffer *added;
	struct vprof_domain request;
	long err = vprof_request_fetch(&request, sizeof(request), cmd, user);

	if (err)
		return err;
	err = vprof_session_add_domain(session, &request, &added);
	if (err)
		return err;
	/* Before the others may see it: taking it back is no more than a put. */
	err = vprof_request_give_back(user, &request, sizeof(request));
	if (err) {
		vprof_domain_put(added);
		return err;
	}
	return vprof_session_keep_domain(session, added);
}

static long remove_domain(struct vprof_session *session, unsigned int cmd,
			  void __user *user)
{
	struct vprof_domain_ref ref;
	long err = vprof_request_fetch(&ref, sizeof(ref), cmd, user);

	if (err)
		return err;
	if (ref.reserved[0] || ref.reserved[1])
		return -EINVAL;
	return vprof_session_remove_domain(session, ref.index);
}

static long get_stats(struct vprof_session *session, unsigned int cmd,
		      void __user *user)
{
	struct vprof_stats stats, reply = {};
	long err = vprof_request_fetch(&stats, sizeof(stats), cmd, user);

	if (err)
		return err;
	if (stats.reserved0 || stats.reserved[0] || stats.reserved[1])
		return -EINVAL;
	reply.size = sizeof(reply);
	reply.domain = stats.domain;
	reply.event = stats.event;
	reply.cpu = stats.cpu;
	err = vprof_session_stats(session, &reply);
	return err ? err : vprof_request_give_back(user, &reply, sizeof(reply));
}

static long open_memory(struct vprof_session *session, unsigned int cmd,
			void __user *user)
{
	struct vprof_memory request;
	long err = vprof_request_fetch(&request, sizeof(request), cmd, user);

	if (err)
		return err;
	if (request.flags || request.reserved[0] || request.reserved[1])
		return -EINVAL;
	return vprof_guest_memory_open(request.id);
}

static long start(struct vprof_session *session, unsigned int cmd,
		  void __user *user)
{
	return vprof_session_start(session);
}

static long stop(struct vprof_session *session, unsigned int cmd,
		 void __user *user)
{
	return vprof_session_stop(session);
}

static const struct {
	unsigned int cmd;
	long (*run)(struct vprof_session *session, unsigned int cmd,
		    void __user *user);
} requests[] = {
	{ VPROF_IOC_INFO, get_info },
	{ VPROF_IOC_ADD_EVENT, add_event },
	{ VPROF_IOC_ADD_DOMAIN, add_domain },
	{ VPROF_IOC_START, start },
	{ VPROF_IOC_STOP, stop },
	{ VPROF_IOC_STATS, get_stats },
	{ VPROF_IOC_REMOVE_DOMAIN, remove_domain },
	{ VPROF_IOC_OPEN_MEMORY, open_memory },
};

static long ioctl_file(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct vprof_session *session = file->private_data;
	unsigned int i;
	long ret = -ENOTTY;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		if (vprof_request_without_size(requests[i].cmd) !=
		    vprof_request_without_size(cmd))
			continue;
		if (mutex_lock_interruptible(&session->lock))
			return -ERESTARTSYS;
		ret = requests[i].run(session, cmd, (void __user *)arg);
		mutex_unlock(&session->lock);
		break;
	}
	return ret;
}

static int open_file(struct inode *inode, struct file *file)
{
	struct vprof_session *session;
	int err = vprof_access_check();

	if (!err)
		err = vprof_session_new(vprof_source(), &session);
	if (err)
		return err;
	file->private_data = session;
	return nonseekable_open(inode, file);
}

static int release_file(struct inode *inode, struct file *file)
{
	vprof_session_free(file->private_data);
	return 0;
}

static __poll_t poll_file(struct file *file, poll_table *table)
{
	return vprof_session_poll(file->private_data, file, table);
}

static int mmap_file(struct file *file, struct vm_area_struct *vma)
{
	return vprof_session_mmap(file->private_data, vma);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = open_file,
	.release = release_file,
	.unlocked_ioctl = ioctl_file,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = poll_file,
	.mmap = mmap_file,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vprof",
	.fops = &fops,
	.mode = 0660,
};

/**
 * vprof_chardev_init() - Let /dev/vprof appear
 *
 * Return: 0 or a negative errno.
 */
int vprof_chardev_init(void)
{
	return misc_register(&device);
}

/**
 * vprof_chardev_exit() - Take /dev/vprof away
 */
void vprof_chardev_exit(void)
{
	misc_deregister(&device);
}
