# SPDX-License-Identifier: GPL-2.0-only
# Root file systems: a Debian release with its kernel, as a directory (to
# build modules in) and as a disk.
# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used in other files

# In every root: the kernel with what builds modules for it, and what the
# guest's scripts call.
_ROOT_PACKAGES="
	linux-image-amd64 linux-headers-amd64 linux-perf gcc libc6-dev make
	kmod procps iproute2 busybox-static util-linux strace
"

# root_prepare RELEASE PACKAGE...: sets ROOT_ENTRY, a cache entry with
# root/, root.img, vmlinuz, vmlinux and release.
root_prepare()
{
	local release=$1 key

	shift
	key=$(cache_key "$release" "$_ROOT_PACKAGES" "$*" \
		"$(declare -f _root_build _root_kernel kernel_unpack \
			disk_from_directory)")
	cache_build "root-$release" "$key" _root_build "$release" \
		"$_ROOT_PACKAGES $*"
	ROOT_ENTRY=$(cache_path "root-$release" "$key")
}

_root_build()
{
	local release=$1 packages=$2 entry=$3 root=$3/root log=$3/build.log

	say "root-$release: installing Debian into it (2 to 4 minutes)"
	apt_sources "$release" >"$entry/sources.list"
	# shellcheck disable=SC2086 # a list
	run_logged "$log" as_root mmdebstrap --variant=minbase \
		--include="$(echo $packages | tr ' ' ,)" \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--aptopt='Acquire::Retries "3"' \
		"$release" "$root" "$entry/sources.list"
	as_root rm -f "$root"/boot/initrd.img*
	as_root mkdir -p "$root/vprof" "$root/results"
	_root_kernel "$entry"
	say "root-$release: making its disk"
	disk_from_directory "$root" "$entry/root.img" 1024 root
}

_root_kernel()
{
	local entry=$1 packed

	packed=("$entry"/root/boot/vmlinuz-*)
	basename "${packed[0]}" | sed 's/^vmlinuz-//' >"$entry/release"
	cp "${packed[0]}" "$entry/vmlinuz"
	kernel_unpack "$entry/vmlinuz" "$entry/vmlinux"
}

# kernel_unpack BZIMAGE VMLINUX: QEMU boots an unpacked kernel directly (PVH),
# which saves the guest the seconds of unpacking itself. Where the payload is:
# Documentation/x86/boot.rst, setup_sects, payload_offset, payload_length.
kernel_unpack()
{
	local image=$1 sects offset length magic unpack

	sects=$(od -An -tu1 -j $((0x1f1)) -N1 "$image")
	offset=$(od -An -tu4 -j $((0x248)) -N4 "$image")
	length=$(od -An -tu4 -j $((0x24c)) -N4 "$image")
	offset=$(((sects + 1) * 512 + offset))
	magic=$(od -An -tx1 -j "$offset" -N4 "$image" | tr -d ' ')
	case $magic in
	fd377a58) unpack="xz -dc --single-stream" ;;
	28b52ffd) unpack="zstd -dcq" ;;
	1f8b*) unpack="gzip -dc" ;;
	*) die "$image: packed in a way not known here ($magic)" ;;
	esac
	# The payload ends in its unpacked size, which is not part of it.
	dd if="$image" skip="$offset" count=$((length - 4)) bs=64K \
		iflag=skip_bytes,count_bytes status=none | $unpack >"$2"
}

# disk_from_directory DIR IMAGE SPARE_MIB LABEL: an ext4 disk, without mounting.
disk_from_directory()
{
	local dir=$1 image=$2 spare=$3 label=$4 size files

	size=$(as_root du -sm --apparent-size "$dir" | cut -f1)
	files=$(as_root find "$dir" | wc -l)
	truncate -s $((size + size / 8 + spare))M "$image"
	run_logged "$image.log" as_root /sbin/mke2fs -q -F -t ext4 \
		-L "$label" -m 0 -O ^has_journal,^metadata_csum \
		-N $((files + files / 4 + 4096)) -d "$dir" "$image"
	rm -f "$image.log"
}

# chroot_run [--bind DIR]... -- COMMAND...: in the VM's root, on this machine.
# Each DIR is seen at the same path. A mount namespace of its own takes the
# mounts away again.
chroot_run()
{
	local binds=()

	while [ $# -gt 0 ]; do
		case $1 in
		--bind) binds+=("$(cd "$2" && pwd)"); shift 2 ;;
		--) shift; break ;;
		*) break ;;
		esac
	done
	[ $# -gt 0 ] || die "chroot: no command"
	# shellcheck disable=SC2016 # for the inner shell
	as_root unshare --mount sh -euc '
		root=$1 here=$2 binds=$3
		shift 3
		mount --bind "$root" "$root"
		mount -o remount,bind "$root"
		mount -t proc proc "$root/proc"
		mount --bind /dev "$root/dev"
		mount -t tmpfs tmpfs "$root/tmp"
		while [ "$binds" -gt 0 ]; do
			mkdir -p "$root$1"
			mount --bind "$1" "$root$1"
			shift
			binds=$((binds - 1))
		done
		exec chroot "$root" sh -c '\''
			cd "$0" 2>/dev/null || cd /; exec "$@"'\'' "$here" "$@"
	' sh "$VM_ROOT/root" "$PWD" ${#binds[@]} "${binds[@]}" "$@"
}
