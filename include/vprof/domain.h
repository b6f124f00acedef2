/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains: what samples are charged to. */
#ifndef VPROF_DOMAIN_H
#define VPROF_DOMAIN_H

#include <stdint.h>

enum { VPROF_DOMAIN_TEXT_MAX = 128 };

/**
 * struct vprof_domain_info - a domain of this machine
 * @kind: "host", ...
 * @id: in its kind; 0 for the host
 * @name: what --domain calls it
 * @about: what runs in it
 * @names_from: where the names of its functions come from
 */
struct vprof_domain_info {
	const char *kind;
	uint64_t id;
	char name[VPROF_DOMAIN_TEXT_MAX];
	char about[VPROF_DOMAIN_TEXT_MAX];
	char names_from[VPROF_DOMAIN_TEXT_MAX];
};

/**
 * vprof_domain_for_each - list this machine's domains, the host first
 *
 * Return: 0, or what @fn returned to stop it.
 */
int vprof_domain_for_each(int (*fn)(void *data,
				    const struct vprof_domain_info *info),
			  void *data);

#endif
