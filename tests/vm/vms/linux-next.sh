# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034 # read in lib/
vm_about="Debian 13, Linux 6.12: the newest kernel the module is held to"

vm_prepare()
{
	vm_prepare_debian trixie libsqlite3-0 libelf1t64 libdw1t64 libpfm4 \
		libinih1 libjansson4 libcap2 libzstd1 libxxhash0 zlib1g \
		libc6-i386
}

vm_kbuild()
{
	vm_kbuild_chroot "$@"
}
