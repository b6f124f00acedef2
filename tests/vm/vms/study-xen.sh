# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034 # read in lib/
vm_about="xen with vprof-study's loads and four network cards (tests/vm/wires)"
study_defaults

vm_prepare()
{
	study_prepare_host
	# shellcheck disable=SC2086 # a list
	xen_prepare linux bookworm 4.17 dropbear-bin $STUDY_PACKAGES
}

# dom0 and its guest share the one processor.
vm_boot_args()
{
	XEN_APPEND="dom0_max_vcpus=1" xen_boot_args
	study_nic_args
}

vm_payload()
{
	xen_payload "$@"
	study_payload "$1"
	echo ". /vprof/.study/start" >>"$1/.xen/start"
}

vm_kbuild()
{
	vm_kbuild_chroot "$@"
}
