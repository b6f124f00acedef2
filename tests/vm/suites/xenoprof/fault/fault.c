// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes one call of a function fail: it is not entered, and returns an error.
 *
 *   insmod fault.ko function=NAME
 *
 * Its parameters, in /sys/module/fault/parameters: nth, which call from now on
 * (0: none); nr_calls, how many there were since.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/objtool.h>
#include <linux/ptrace.h>
#include <asm/linkage.h>

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "what is to fail");

static unsigned int nth;
static atomic_t nr_calls;

static int set_nth(const char *text, const struct kernel_param *param)
{
	WRITE_ONCE(nth, 0);
	atomic_set(&nr_calls, 0);
	return param_set_uint(text, param);
}

static const struct kernel_param_ops nth_ops = {
	.set = set_nth,
	.get = param_get_uint,
};
module_param_cb(nth, &nth_ops, &nth, 0644);
MODULE_PARM_DESC(nth, "the call that fails, from now on");
module_param_named(nr_calls, nr_calls.counter, int, 0444);
MODULE_PARM_DESC(nr_calls, "how many there were since");

asmlinkage void fault_return(void);
asm(".pushsection .text\n"
    ".type fault_return, @function\n"
    ".globl fault_return\n"
    "fault_return:\n" ANNOTATE_NOENDBR ASM_RET
    ".size fault_return, .-fault_return\n"
    ".popsection\n");

static int before(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned int nr = atomic_inc_return(&nr_calls);

	if (nr != READ_ONCE(nth))
		return 0;
	regs_set_return_value(regs, -EIO);
	instruction_pointer_set(regs, (unsigned long)fault_return);
	return 1;
}

static struct kprobe probe = { .pre_handler = before };

static int __init fault_init(void)
{
	probe.symbol_name = function;
	return register_kprobe(&probe);
}
module_init(fault_init);

static void __exit fault_exit(void)
{
	unregister_kprobe(&probe);
}
module_exit(fault_exit);

MODULE_DESCRIPTION("One call of a function fails");
MODULE_LICENSE("GPL");
