/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Xen's other domains, as the toolstack knows them. */
#ifndef LIBVPROF_DOMAIN_XEN_H
#define LIBVPROF_DOMAIN_XEN_H

struct vprof_domain_info;

/**
 * vprof_domain_xen_for_each - the domains of Xen but dom0, from xenstore
 *
 * Needs libxenstore, which is looked for when this is called.
 *
 * Return: 0, also where there is no Xen, or what @fn returned to stop it.
 */
int vprof_domain_xen_for_each(int (*fn)(void *data,
					const struct vprof_domain_info *info),
			      void *data);

#endif
