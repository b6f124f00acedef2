// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that is wrong on purpose: one mistake for each alarm of the debug
 * kernel, made when its name is written to /sys/module/alarm/parameters/raise.
 * Every mistake is one that the kernel survives, so that one boot proves all.
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

enum {
	OBJECT_SIZE = 64,
	NR_LEAKS = 4,
	/* Well past the one second that the suite sets the watchdogs to. */
	STUCK_MS = 5000,
};

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);
static int __rcu *rcu_pointer;

/* Volatile, or the compiler sees the mistakes and removes them. */
static volatile unsigned int past_object = OBJECT_SIZE;
static volatile unsigned int past_array = 4;
static volatile unsigned int past_width = 40;
static volatile unsigned char not_a_bool = 0x55;

static int read_past_slab_object(void)
{
	char *object = kmalloc(OBJECT_SIZE, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	(void)READ_ONCE(object[past_object]);
	kfree(object);
	return 0;
}

static int read_freed_slab_object(void)
{
	char *object = kmalloc(OBJECT_SIZE, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	kfree(object);
	(void)READ_ONCE(object[0]);
	return 0;
}

static int free_slab_object_twice(void)
{
	char *object = kmalloc(OBJECT_SIZE, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	kfree(object);
	OPTIMIZER_HIDE_VAR(object);
	kfree(object);
	return 0;
}

static int read_past_vmalloc_area(void)
{
	/* Still on the area's last page: only KASAN_VMALLOC sees it. */
	char *area = vmalloc(OBJECT_SIZE);

	if (!area)
		return -ENOMEM;
	(void)READ_ONCE(area[past_object]);
	vfree(area);
	return 0;
}

static int read_past_stack_array(void)
{
	char array[OBJECT_SIZE];
	char *start = array;

	OPTIMIZER_HIDE_VAR(start);
	(void)READ_ONCE(start[past_object]);
	return 0;
}

static int index_past_array(void)
{
	/* Inside the structure, so that it is no memory error as well. */
	static struct {
		int array[4];
		int room[4];
	} numbers;

	return numbers.array[past_array];
}

static int shift_past_width(void)
{
	int one = 1;

	OPTIMIZER_HIDE_VAR(one);
	one <<= past_width;
	OPTIMIZER_HIDE_VAR(one);
	return 0;
}

static int load_not_a_bool(void)
{
	volatile bool *is_bad = (volatile bool *)&not_a_bool;

	return *is_bad ? 0 : -EIO;
}

static int sleep_under_spinlock(void)
{
	void *object;

	spin_lock(&spin);
	object = kmalloc(OBJECT_SIZE, GFP_KERNEL);
	spin_unlock(&spin);
	kfree(object);
	return 0;
}

static int use_cpu_number_preemptible(void)
{
	return smp_processor_id() < 0 ? -EIO : 0;
}

static int dereference_without_rcu(void)
{
	return rcu_dereference(rcu_pointer) ? -EIO : 0;
}

static void do_nothing(struct timer_list *timer)
{
}

static int free_armed_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return -ENOMEM;
	timer_setup(timer, do_nothing, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
	return 0;
}

static int delete_list_entry_twice(void)
{
	struct list_head list, entry;

	INIT_LIST_HEAD(&list);
	list_add(&entry, &list);
	list_del(&entry);
	list_del(&entry);
	return 0;
}

static int revive_dead_reference(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
	return 0;
}

/*
 * What kmemleak follows; leaked pages and per-CPU areas it never reports. More
 * than one of each: a stale pointer on some stack can hide the last.
 */
static int leak_slab_objects(void)
{
	int i;

	for (i = 0; i < NR_LEAKS; i++)
		if (!kmalloc(OBJECT_SIZE, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

static int leak_vmalloc_areas(void)
{
	int i;

	for (i = 0; i < NR_LEAKS; i++)
		if (!vmalloc(OBJECT_SIZE))
			return -ENOMEM;
	return 0;
}

static int hold_cpu(void)
{
	preempt_disable();
	mdelay(STUCK_MS);
	preempt_enable();
	return 0;
}

static int hold_cpu_without_interrupts(void)
{
	unsigned long flags;

	local_irq_save(flags);
	mdelay(STUCK_MS);
	local_irq_restore(flags);
	return 0;
}

static int sleep_uninterruptible(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(msecs_to_jiffies(STUCK_MS));
	return 0;
}

/* Lockdep's one report; it is off afterwards. */
static int invert_lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static const struct mistake {
	const char *name;
	int (*make)(void);
} mistakes[] = {
	{ "slab-out-of-bounds", read_past_slab_object },
	{ "slab-use-after-free", read_freed_slab_object },
	{ "slab-double-free", free_slab_object_twice },
	{ "vmalloc-out-of-bounds", read_past_vmalloc_area },
	{ "stack-out-of-bounds", read_past_stack_array },
	{ "array-index", index_past_array },
	{ "shift", shift_past_width },
	{ "bool", load_not_a_bool },
	{ "sleep-in-atomic", sleep_under_spinlock },
	{ "preemptible", use_cpu_number_preemptible },
	{ "rcu", dereference_without_rcu },
	{ "armed-timer", free_armed_timer },
	{ "list", delete_list_entry_twice },
	{ "refcount", revive_dead_reference },
	{ "leak-slab", leak_slab_objects },
	{ "leak-vmalloc", leak_vmalloc_areas },
	{ "soft-lockup", hold_cpu },
	{ "hard-lockup", hold_cpu_without_interrupts },
	{ "hung-task", sleep_uninterruptible },
	{ "lock-order", invert_lock_order },
};

static int raise_alarm(const char *value, const struct kernel_param *param)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++)
		if (sysfs_streq(value, mistakes[i].name))
			return mistakes[i].make();
	return -EINVAL;
}

static const struct kernel_param_ops raise_ops = {
	.set = raise_alarm,
};
module_param_cb(raise, &raise_ops, NULL, 0200);
MODULE_PARM_DESC(raise, "name of the mistake to make");

MODULE_DESCRIPTION("Raises each alarm of the debug kernel");
MODULE_LICENSE("GPL");
