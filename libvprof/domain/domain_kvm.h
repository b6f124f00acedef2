/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Virtual machines of KVM: processes that hold the descriptor of one. */
#ifndef LIBVPROF_DOMAIN_KVM_H
#define LIBVPROF_DOMAIN_KVM_H

#include <stddef.h>
#include <stdint.h>

struct vprof_domain_info;

/**
 * vprof_domain_kvm_for_each - list the machines whose VMM we may look into
 * @proc: where the processes are: "/proc"
 *
 * Return: 0, or what @fn returned to stop it.
 */
int vprof_domain_kvm_for_each(const char *proc,
			      int (*fn)(void *data,
					const struct vprof_domain_info *info),
			      void *data);

/**
 * vprof_domain_kvm_find - what is known of one
 * @id: tgid of its VMM
 *
 * Return: 0, or -ENOENT: that process is no VMM, or not ours to look into.
 */
int vprof_domain_kvm_find(const char *proc, uint64_t id,
			  struct vprof_domain_info *ret_info);

/**
 * vprof_domain_kvm_parse_arguments - name and uuid from a VMM's command line
 * @text: arguments, each ended by a NUL but perhaps the last; any bytes
 * @info: name and uuid are written where the command line has them
 *
 * QEMU's (libvirt's) -name and -uuid, crosvm's and kvmtool's --name,
 * Firecracker's --id.
 */
void vprof_domain_kvm_parse_arguments(const char *text, size_t size,
				      struct vprof_domain_info *info);

#endif
