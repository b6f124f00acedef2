# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034 # read in lib/
vm_about="Xen 4.17 (with xenoprof), Debian 12 as dom0, PV guests"
VM_MEM=2048

# dropbear: a way into guests; the others are what vprof-study calls.
vm_prepare()
{
	xen_prepare linux bookworm 4.17 dropbear-bin iperf3 ethtool
}

vm_boot_args()
{
	xen_boot_args
}

vm_payload()
{
	xen_payload "$@"
}

vm_kbuild()
{
	vm_kbuild_chroot "$@"
}
