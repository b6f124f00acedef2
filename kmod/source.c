// SPDX-License-Identifier: GPL-2.0-only
/* Picks the source of this machine's samples, once, when the module is loaded. */
#include "source.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

static char *source = "auto";
module_param(source, charp, 0444);
MODULE_PARM_DESC(
	source,
	"Where samples come from: auto, perf, xenoprof, xenoprof-active, xenpmu");

static const struct vprof_source_ops *chosen;

static int probe_always(bool is_asked_for)
{
	return 0;
}

/* The first one that works is what auto means. */
static const struct {
	const struct vprof_source_ops *ops;
	int (*probe)(bool is_asked_for);
} sources[] = {
#if IS_ENABLED(CONFIG_XEN_PV_DOM0)
	{ &vprof_source_xenoprof, vprof_source_xenoprof_probe },
	{ &vprof_source_xenoprof_active, vprof_source_xenoprof_active_probe },
	{ &vprof_source_xenpmu, vprof_source_xenpmu_probe },
#endif
	{ &vprof_source_perf, probe_always },
};

static int choose_named(const char *name)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		if (strcmp(sources[i].ops->name, name))
			continue;
		err = sources[i].probe(true);
		if (err) {
			pr_err("vprof: source=%s does not work here: error %d; source=auto picks one that does\n",
			       name, -err);
			return err;
		}
		chosen = sources[i].ops;
		return 0;
	}
	pr_err("vprof: there is no source '%s' here; source=auto picks one\n",
	       name);
	return -EINVAL;
}

/**
 * vprof_source_init() - Pick it
 *
 * Return: 0, -EINVAL no such source, or why the one asked for does not work.
 */
int vprof_source_init(void)
{
	unsigned int i;

#if IS_ENABLED(CONFIG_XEN_PV_DOM0)
	vprof_source_xenpmu_init();
#endif
	if (strcmp(source, "auto"))
		return choose_named(source);
	for (i = 0; i < ARRAY_SIZE(sources) && !chosen; i++)
		if (!sources[i].probe(false))
			chosen = sources[i].ops;
	return 0;
}

/**
 * vprof_source_exit() - Leave the machine as it was found
 */
void vprof_source_exit(void)
{
	if (chosen->exit)
		chosen->exit();
}

/**
 * vprof_source_unmet() - What xenpmu lacks now, whichever was picked
 *
 * Return: bits of enum vprof_xenpmu_condition.
 */
u32 vprof_source_unmet(void)
{
#if IS_ENABLED(CONFIG_XEN_PV_DOM0)
	return vprof_source_xenpmu_unmet();
#else
	return VPROF_XENPMU_DOM0;
#endif
}

/**
 * vprof_source() - The one that was picked
 *
 * Return: its operations.
 */
const struct vprof_source_ops *vprof_source(void)
{
	return chosen;
}
