# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034 # read in lib/
vm_about="linux with vprof-study's loads and four network cards (tests/vm/wires)"
study_defaults

vm_prepare()
{
	study_prepare_host
	layer_on linux
	# shellcheck disable=SC2086 # a list
	layer_prepare study-linux bookworm $STUDY_PACKAGES
	vm_use_root
}

vm_boot_args()
{
	linux_boot_args
	study_nic_args
}

vm_payload()
{
	study_payload "$1"
	ln -s .study/start "$1/.start"
}

vm_kbuild()
{
	vm_kbuild_chroot "$@"
}
