# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034 # read in lib/
vm_about="Debian 12, Linux 6.1 that checks itself: KASAN, lockdep, kmemleak, faults"

# shellcheck source=tests/vm/kernel-debug/kernel.sh
. "$MACHINE_DIR/kernel-debug/kernel.sh"

# KASAN reports every error, not only the first; a page that nobody has written
# is a pattern. ACPI's interpreter, checked at each of its allocations, takes
# longest to boot: it gives timers and processors, but the old ways find PCI.
VM_APPEND="pci=noacpi kasan_multi_shot page_poison=1"

# All but the kernel is the plain machine's.
vm_prepare()
{
	local debug

	qemu_prepare
	VM_ROOT=$(
		# shellcheck source=tests/vm/vms/linux.sh
		. "$MACHINE_DIR/vms/linux.sh"
		vm_prepare >&2
		printf '%s' "$VM_ROOT"
	)
	debug=$(kernel_debug)
	VM_RELEASE=$(cat "$debug/release")
	VM_KERNEL=$debug/bzImage
	VM_KERNEL_PACKED=
	VM_KDIR=$debug/build
	VM_MODULES=$debug/lib/modules/$VM_RELEASE
	initrd_prepare "$VM_MODULES"
	VM_INITRD=$INITRD_ENTRY/initrd
}

# On this machine, with the compiler that built the kernel.
vm_kbuild()
{
	local dir=$1

	shift
	make -C "$VM_KDIR" M="$dir" -j2 "${@:-modules}"
}
