// SPDX-License-Identifier: GPL-2.0-only
/* Which of a profile's functions deliver interrupts, real and virtual ones. */
#include "study/delivery.h"

#include <stdbool.h>
#include <string.h>

/**
 * struct delivery_name - functions of a context, by their names
 * @name: all of it, or, ending in "*", how it begins
 */
struct delivery_name {
	const char *context;
	const char *name;
};

static const struct delivery_name names[] = {
	/* Xen: real interrupts, and event channels */
	{ "hypervisor", "do_IRQ" },
	{ "hypervisor", "common_interrupt" },
	{ "hypervisor", "irq_*" },
	{ "hypervisor", "*_IRQ" },
	{ "hypervisor", "ack_*" },
	{ "hypervisor", "end_*irq*" },
	{ "hypervisor", "desc_guest_eoi" },
	{ "hypervisor", "pirq_*" },
	{ "hypervisor", "__do_IRQ_guest" },
	{ "hypervisor", "do_event_channel_op" },
	{ "hypervisor", "do_physdev_op" },
	{ "hypervisor", "evtchn_*" },
	{ "hypervisor", "send_guest_*" },
	{ "hypervisor", "hvm_*irq*" },
	{ "hypervisor", "vcpu_mark_events_pending" },
	{ "hypervisor", "vcpu_kick" },
	{ "hypervisor", "process_guest_events" },
	{ "hypervisor", "create_bounce_frame" },
	{ "hypervisor", "do_iret" },
	{ "hypervisor", "event_check_interrupt" },
	{ "hypervisor", "send_IPI_*" },
	{ "hypervisor", "apic_*" },
	/* Linux on Xen */
	{ "kernel", "xen_evtchn_*" },
	{ "kernel", "__xen_evtchn_*" },
	{ "kernel", "evtchn_*" },
	{ "kernel", "xen_pv_evtchn_*" },
	{ "kernel", "__xen_pv_evtchn_*" },
	{ "kernel", "xen_hypervisor_callback" },
	{ "kernel", "exc_xen_hypervisor_callback" },
	{ "kernel", "asm_exc_xen_hypervisor_callback" },
	{ "kernel", "xen_irq_*" },
	{ "kernel", "xen_iret" },
	{ "kernel", "xen_send_IPI_*" },
	{ "kernel", "xen_force_evtchn_callback" },
	{ "kernel", "do_softirq_own_stack" },
	{ "kernel", "*_dynirq" },
	{ "kernel", "*_pirq" },
	{ "kernel", "eoi_pirq" },
	{ "kernel", "notify_remote_via_*" },
	{ "kernel", "get_evtchn_*" },
	/* any Linux */
	{ "kernel", "asm_common_interrupt" },
	{ "kernel", "common_interrupt" },
	{ "kernel", "__common_interrupt" },
	{ "kernel", "asm_sysvec_*" },
	{ "kernel", "sysvec_*" },
	{ "kernel", "handle_irq*" },
	{ "kernel", "__handle_irq*" },
	{ "kernel", "handle_edge_irq" },
	{ "kernel", "handle_fasteoi_irq" },
	{ "kernel", "handle_level_irq" },
	{ "kernel", "generic_handle_*" },
	{ "kernel", "irq_enter*" },
	{ "kernel", "irq_exit*" },
	{ "kernel", "__irq_exit*" },
	{ "kernel", "irqentry_*" },
	{ "kernel", "apic_ack_*" },
	{ "kernel", "native_apic_*" },
	{ "kernel", "io_apic_*" },
	{ "kernel", "irq_chip_*" },
	{ "kernel", "note_interrupt" },
	{ "kernel", "add_interrupt_randomness" },
};

/* One "*", anywhere, or two around a middle. */
static bool matches(const char *pattern, const char *symbol)
{
	const char *star = strchr(pattern, '*');
	size_t before;

	if (!star)
		return !strcmp(pattern, symbol);
	before = (size_t)(star - pattern);
	if (strncmp(pattern, symbol, before) != 0)
		return false;
	if (!star[1])
		return true;
	for (symbol += before; *symbol; symbol++)
		if (matches(star + 1, symbol))
			return true;
	return false;
}

static bool delivers(const struct study_function *function)
{
	if (!function->symbol || !function->context)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].context, function->context) &&
		    matches(names[i].name, function->symbol))
			return true;
	return false;
}

double delivery_share(const struct study_profile *profile)
{
	double sum = 0;

	for (size_t i = 0; i < profile->nr_functions; i++)
		if (delivers(&profile->functions[i]))
			sum += profile->functions[i].share;
	return sum < 1 ? sum : 1;
}
