# SPDX-License-Identifier: GPL-2.0-only
# The initramfs: a static busybox, the modules that reach the disks, and the
# guest's scripts. It hands over to guest/init on the root disk.
# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used in other files

# In the order of loading; what they depend on comes by itself.
_INITRD_MODULES="virtio_pci virtio_blk virtio_console crc32c_generic ext4"

# initrd_prepare MODULE_DIR [BUSYBOX]: sets INITRD_ENTRY, a cache entry with
# the file initrd in it. MODULE_DIR is a /lib/modules/RELEASE; modules that are
# not there are taken to be built in.
initrd_prepare()
{
	local modules=$1 busybox=${2:-$VM_ROOT/root/bin/busybox} key

	key=$(cache_key "$modules" "$busybox" "$_INITRD_MODULES" \
		"$(declare -f _initrd_build _initrd_modules _initrd_depends)" \
		"@$MACHINE_DIR/guest/initramfs" "@$MACHINE_DIR/guest/init" \
		"@$modules/modules.dep")
	cache_build initrd "$key" _initrd_build "$modules" "$busybox"
	INITRD_ENTRY=$(cache_path initrd "$key")
}

_initrd_build()
{
	local modules=$1 busybox=$2 entry=$3 tree=$3/tree

	mkdir -p "$tree"/{bin,dev,proc,sys,root,m}
	cp "$busybox" "$tree/bin/busybox"
	install -m 755 "$MACHINE_DIR/guest/initramfs" "$tree/init"
	install -m 755 "$MACHINE_DIR/guest/init" "$tree/vm-init"
	_initrd_modules "$modules" "$tree/m"
	(cd "$tree" && find . | sort | cpio -o -H newc --quiet -R 0:0) \
		>"$entry/initrd"
	rm -r "$tree"
}

# Copy them unpacked and numbered in the order of loading.
_initrd_modules()
{
	local modules=$1 to=$2 name file nr=100

	for name in $_INITRD_MODULES; do
		_initrd_depends "$modules" "$name"
	done | awk '!seen[$0]++' | while read -r file; do
		nr=$((nr + 1))
		case $file in
		*.xz) xz -dc "$file" ;;
		*) cat "$file" ;;
		esac >"$to/$nr-$(basename "$file" .xz)"
	done
}

_initrd_depends()
{
	local modules=$1

	/sbin/modprobe -d "${modules%/lib/modules/*}" \
		-S "$(basename "$modules")" --show-depends "$2" 2>/dev/null |
		awk '$1 == "insmod" { print $2 }' || true
}
