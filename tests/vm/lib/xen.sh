# SPDX-License-Identifier: GPL-2.0-only
# Xen machines: the hypervisor, a Debian as dom0, and what its guests boot.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2054 # read elsewhere; QEMU has commas

# xen_prepare MACHINE RELEASE VERSION [PACKAGE]...: what vm_prepare must set. The
# root is that of MACHINE, a plain Linux of the same release, with Xen in it, and
# the packages.
xen_prepare()
{
	local machine=$1 release=$2 version=$3

	shift 3
	layer_on "$machine"
	layer_prepare "xen-$version" "$release" "xen-hypervisor-$version-amd64" \
		"xen-utils-$version" xenstore-utils bridge-utils "$@"
	vm_use_root
	_xen_files "$version"
}

# Sets XEN_ENTRY: the unpacked hypervisor, and the initrd of guests.
_xen_files()
{
	local modules=$VM_ROOT/root/lib/modules/$VM_RELEASE key

	key=$(cache_key "$VM_ROOT" "$(declare -f _xen_files_build)" \
		"@$MACHINE_DIR/guest/xen/domu-init")
	cache_build "xen-$1" "$key" _xen_files_build "$modules"
	XEN_ENTRY=$(cache_path "xen-$1" "$key")
}

_xen_files_build()
{
	local modules=$1 entry=$2 tree=$2/tree

	zcat "$VM_ROOT"/boot/xen-*-amd64.gz >"$entry/xen"
	mkdir -p "$tree"/{bin,dev,proc,sys,m}
	cp "$VM_ROOT/root/bin/busybox" "$tree/bin/busybox"
	install -m 755 "$MACHINE_DIR/guest/xen/domu-init" "$tree/init"
	_INITRD_MODULES=xen-netfront _initrd_modules "$modules" "$tree/m"
	(cd "$tree" && find . | sort | cpio -o -H newc --quiet -R 0:0) \
		>"$entry/domu-initrd"
	rm -r "$tree"
}

# xen_payload STAGE: dom0's start, the command that starts guests, their initrd.
xen_payload()
{
	mkdir "$1/.xen"
	cp "$MACHINE_DIR"/guest/xen/{start,vif,xen-guest} "$XEN_ENTRY/domu-initrd" \
		"$1/.xen/"
	ln -s .xen/start "$1/.start"
}

# QEMU takes a multiboot image and its modules, whose commas are doubled. Xen
# must not wait for a key or reboot when it is done for. Four pCPUs' worth of
# guests want more processors: --smp; dom0 has two of its own.
xen_boot_args()
{
	local kernel=$VM_KERNEL args

	[ -n "$RUN_KASLR" ] && kernel=$VM_KERNEL_PACKED
	args=$(run_kernel_args)
	args=${args/console=ttyS0,115200/console=hvc0}
	QEMU_ARGS+=(-kernel "$XEN_ENTRY/xen"
		-append "console=com1 com1=115200,8n1 loglvl=all guest_loglvl=all dom0_mem=1024M,max:1024M dom0_max_vcpus=2 ${XEN_APPEND-}"
		-initrd "$kernel ${args//,/,,},$VM_INITRD")
}
