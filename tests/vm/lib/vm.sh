# SPDX-License-Identifier: GPL-2.0-only
# What a machine is. A file vms/NAME.sh sets
#
#   vm_about        one line for people
#
# and defines
#
#   vm_prepare      build (or find in the cache) all parts, then set
#     VM_ROOT         cache entry of the root file system: root/ and root.img
#     VM_RELEASE      release of the kernel that runs
#     VM_KERNEL       what QEMU boots: a bzImage, vmlinux or multiboot image
#     VM_KERNEL_PACKED  the bzImage for --kaslr, if that is another file
#     VM_INITRD       what goes with it, or empty
#     VM_APPEND       kernel arguments of this machine
#     VM_KDIR         kernel build directory, as seen in the root
#     VM_MODULES      directory to show as /lib/modules/$VM_RELEASE, or empty
#     VM_SMP, VM_MEM  defaults
#     VM_CPU          QEMU's -cpu
#     VM_ALLOW        regex of expected lines of the console log, or empty
#   vm_kbuild DIR TARGET...   build a kernel module against its kernel
#
# and, if it does not boot like Linux on QEMU, vm_boot_args (see run.sh), and if
# it needs more than the root has, vm_payload STAGE, which puts files into the
# payload; guest/init reads the script /vprof/.start before anything else; if it
# runs guests of its own, vm_guest_kernel, which prints where their kernel is, and
# vm_guest_kernel_frames, of one with frame pointers.
# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used in other files

vm_names()
{
	local file names=()

	for file in "$MACHINE_DIR"/vms/*.sh; do
		names+=("$(basename "$file" .sh)")
	done
	printf '%s\n' "${names[*]}"
}

vm_load()
{
	local file=$MACHINE_DIR/vms/$1.sh

	[ -f "$file" ] || die "no machine named '$1'. There are: $(vm_names)"
	VM_NAME=$1
	VM_ROOT='' VM_RELEASE='' VM_KERNEL='' VM_KERNEL_PACKED='' VM_INITRD=''
	VM_APPEND='' VM_KDIR='' VM_MODULES='' VM_ALLOW=''
	VM_SMP=2 VM_MEM=1024
	VM_CPU=phenom,pmu=on,+svm,+npt
	# shellcheck source=/dev/null
	. "$file"
}

# What vm_prepare must set, for a Linux in ROOT_ENTRY.
vm_use_root()
{
	VM_ROOT=$ROOT_ENTRY
	VM_RELEASE=$(cat "$VM_ROOT/release")
	VM_KERNEL=$VM_ROOT/vmlinux
	VM_KERNEL_PACKED=$VM_ROOT/vmlinuz
	VM_KDIR=/lib/modules/$VM_RELEASE/build
	initrd_prepare "$VM_ROOT/root/lib/modules/$VM_RELEASE"
	VM_INITRD=$INITRD_ENTRY/initrd
}

# A Debian root with Debian's own kernel in it: sets what vm_prepare must.
vm_prepare_debian()
{
	local release=$1

	shift
	qemu_prepare
	root_prepare "$release" "$@"
	vm_use_root
}

# The usual way to build a module: in the root, with its compiler and headers.
# The clone is there too, for a DIR that is made of links into it.
vm_kbuild_chroot()
{
	local dir=$1

	shift
	chroot_run --bind "$TOP_DIR" --bind "$dir" -- \
		make -C "$VM_KDIR" M="$dir" -j2 "${@:-modules}"
}
