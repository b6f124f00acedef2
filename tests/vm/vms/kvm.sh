# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034 # read in lib/
vm_about="Debian 12, Linux 6.1: a KVM host, with a QEMU for guests of its own"

# shellcheck source=tests/vm/kernel-debug/kernel.sh
. "$MACHINE_DIR/kernel-debug/kernel.sh"
# shellcheck source=tests/vm/kernel-frames/kernel.sh
. "$MACHINE_DIR/kernel-frames/kernel.sh"

# The processor has SVM and nested paging: guests run by Linux's kvm_amd. The
# libraries are what vprof's programs need.
vm_prepare()
{
	vm_prepare_debian bookworm libsqlite3-0 libelf1 libdw1 libpfm4 \
		libinih1 libjansson4 libcap2 libzstd1 libxxhash0 zlib1g \
		qemu-system-x86
	VM_MEM=2048
}

vm_guest_kernel()
{
	nested_prepare bookworm
	printf '%s\n' "$NESTED_ENTRY/vmlinuz"
}

# With frame pointers.
vm_guest_kernel_frames()
{
	printf '%s\n' "$(kernel_frames)/bzImage"
}

vm_kbuild()
{
	vm_kbuild_chroot "$@"
}
