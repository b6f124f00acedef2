// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module for systematic fault injection to find wanting: with is_careless=1,
 * when its second allocation fails, it leaks the first and gives a wrong errno.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

enum {
	OBJECT_SIZE = 64,
};

static bool is_careless;
module_param(is_careless, bool, 0);
MODULE_PARM_DESC(is_careless, "leak and lie when an allocation fails");

static char *first, *second;

static int __init load_careless(void)
{
	first = kmalloc(OBJECT_SIZE, GFP_KERNEL);
	if (!first)
		return -ENOMEM;
	/* By which the leak is known: init code has no symbols afterwards. */
	strscpy(first, "careless", OBJECT_SIZE);
	second = kmalloc(OBJECT_SIZE, GFP_KERNEL);
	if (second)
		return 0;
	if (is_careless)
		return -EBADSLT;
	kfree(first);
	return -ENOMEM;
}

static void __exit unload_careless(void)
{
	kfree(second);
	kfree(first);
}

module_init(load_careless);
module_exit(unload_careless);
MODULE_DESCRIPTION("Mishandles a failure when told to");
MODULE_LICENSE("GPL");
