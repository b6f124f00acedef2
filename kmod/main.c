// SPDX-License-Identifier: GPL-2.0-only
/* vprof.ko: from load to unload. */
#include "chardev.h"
#include "clock.h"
#include "guest_chain.h"
#include "guest_kvm.h"
#include "hotplug.h"
#include "source.h"

#include <linux/module.h>

static int __init vprof_init(void)
{
	int err;

	vprof_clock_init();
	err = vprof_source_init();
	if (err)
		return err;
	err = vprof_hotplug_init();
	if (err)
		goto err_source;
	err = vprof_guest_kvm_init();
	if (err)
		goto err_hotplug;
	err = vprof_chardev_init();
	if (err)
		goto err_guest_kvm;
	return 0;

err_guest_kvm:
	vprof_guest_kvm_exit();
err_hotplug:
	vprof_hotplug_exit();
err_source:
	vprof_source_exit();
	return err;
}

static void __exit vprof_exit(void)
{
	vprof_chardev_exit();
	vprof_guest_chain_exit();
	vprof_guest_kvm_exit();
	vprof_hotplug_exit();
	vprof_source_exit();
}

module_init(vprof_init);
module_exit(vprof_exit);

MODULE_DESCRIPTION("Domain-aware sampling profiler");
MODULE_AUTHOR("The vprof authors");
MODULE_LICENSE("GPL");
