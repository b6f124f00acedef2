/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains: what samples are charged to. */
#ifndef VPROF_DOMAIN_H
#define VPROF_DOMAIN_H

#include <stdint.h>

enum {
	VPROF_DOMAIN_TEXT_MAX = 128,
	VPROF_DOMAIN_UUID_MAX = 37,
	VPROF_DOMAIN_ID_XEN = 0x7ff2, /* Xen's number for itself */
};

/**
 * struct vprof_domain_info - a domain of this machine
 * @kind: "host", "kvm", "xen"; in a recording also "hypervisor": Xen, where it is
 *        not known on whose behalf
 * @id: in its kind; 0 for the host; KVM: tgid of its VMM; Xen: domid
 * @start: tells it from another that had the same id before: KVM: when its VMM
 *         started, in clock ticks since boot; 0: @uuid does
 * @uuid: as libvirt and xl write it, or ""
 * @name: what --domain calls it
 * @about: what runs in it
 * @names_from: where the names of its functions come from
 */
struct vprof_domain_info {
	const char *kind;
	uint64_t id;
	uint64_t start;
	char uuid[VPROF_DOMAIN_UUID_MAX];
	char name[VPROF_DOMAIN_TEXT_MAX];
	char about[VPROF_DOMAIN_TEXT_MAX];
	char names_from[VPROF_DOMAIN_TEXT_MAX];
};

/**
 * vprof_domain_for_each - list this machine's domains, the host first
 * @kind: of this kind only, and nobody is asked for others; NULL: all
 *
 * Return: 0, or what @fn returned to stop it.
 */
int vprof_domain_for_each(const char *kind,
			  int (*fn)(void *data,
				    const struct vprof_domain_info *info),
			  void *data);

/**
 * vprof_domain_find - what is known of one domain
 *
 * Return: 0, or -ENOENT: there is none now.
 */
int vprof_domain_find(const char *kind, uint64_t id,
		      struct vprof_domain_info *ret_info);

/** enum vprof_active_state - how far a domain of Xen's is that samples itself */
enum vprof_active_state {
	VPROF_ACTIVE_ABSENT,  /* nothing there waits for dom0 */
	VPROF_ACTIVE_WAITING, /* its vprof-record waits for dom0's */
	VPROF_ACTIVE_JOINED,
	VPROF_ACTIVE_FAILED, /* it could not take part: its kernel log says why */
};

/** vprof_domain_get_active - what the Xen domain @id says of itself */
enum vprof_active_state vprof_domain_get_active(uint64_t id);

#endif
