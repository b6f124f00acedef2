# SPDX-License-Identifier: GPL-2.0-only
# A root with more packages than one that is there already: a minute, not four,
# and the same kernel, so that modules built in the other root load here.
# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used in other files

# layer_on MACHINE: the root to put a layer on is that machine's: sets ROOT_ENTRY.
layer_on()
{
	qemu_prepare
	ROOT_ENTRY=$(
		# shellcheck source=/dev/null
		. "$MACHINE_DIR/vms/$1.sh"
		vm_prepare >&2
		printf '%s' "$VM_ROOT"
	)
}

# layer_prepare NAME RELEASE PACKAGE...: on top of ROOT_ENTRY, a root of Debian's
# RELEASE; sets ROOT_ENTRY to a cache entry that differs in root.img alone.
layer_prepare()
{
	local name=$1 release=$2 base=$ROOT_ENTRY key

	shift 2
	key=$(cache_key "$(basename "$base")" "$release" "$*" \
		"$(declare -f _layer_build _layer_download disk_from_directory)")
	cache_build "root-$name" "$key" _layer_build "$name" "$release" \
		"$base" "$*"
	ROOT_ENTRY=$(cache_path "root-$name" "$key")
}

_layer_build()
{
	local name=$1 release=$2 base=$3 packages=$4 entry=$5 file
	local root=$5/tree log=$5/build.log

	say "root-$name: adding packages to $(basename "$base")"
	for file in root release vmlinux vmlinuz; do
		ln -s "$base/$file" "$entry/$file"
	done
	as_root cp -a "$base/root" "$root"
	_layer_download "$entry" "$release" "$log" "$packages"
	as_root mkdir "$root/debs"
	as_root cp "$entry"/apt/cache/archives/*.deb "$root/debs"
	# shellcheck disable=SC2016 # for the inner shell
	run_logged "$log" as_root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
		unshare --mount sh -euc '
		mount -t proc proc "$1/proc"
		mount -t tmpfs tmpfs "$1/tmp"
		printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d"
		chmod +x "$1/usr/sbin/policy-rc.d"
		chroot "$1" sh -euc "dpkg --unpack /debs/*.deb
			dpkg --configure -a"
		rm "$1/usr/sbin/policy-rc.d"' sh "$root"
	as_root rm -rf "$root/debs" "$entry/apt"
	# Guests boot it unpacked too.
	as_root cp "$base/vmlinux" "$root/boot/vmlinux-$(cat "$base/release")"
	say "root-$name: making its disk"
	disk_from_directory "$root" "$entry/root.img" 1024 root
	as_root cp -r "$root/boot" "$entry/boot"
	as_root rm -rf "$root"
}

# The packages and what they need that the root has not; apt checks signatures.
_layer_download()
{
	local entry=$1 release=$2 log=$3 packages=$4

	mkdir "$entry/apt"
	apt_sources "$release" >"$entry/apt/sources.list"
	mkdir -p "$entry"/apt/{lists,cache/archives}/partial
	cat >"$entry/apt/apt.conf" <<-CONF
		Dir::Etc::sourcelist "$entry/apt/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::State "$entry/apt";
		Dir::State::lists "$entry/apt/lists";
		Dir::State::status "$entry/tree/var/lib/dpkg/status";
		Dir::Cache "$entry/apt/cache";
		APT::Sandbox::User "root";
		APT::Install-Recommends "false";
		Acquire::Retries "3";
	CONF
	run_logged "$log" as_root env "APT_CONFIG=$entry/apt/apt.conf" \
		apt-get update
	# shellcheck disable=SC2086 # a list
	run_logged "$log" as_root env "APT_CONFIG=$entry/apt/apt.conf" \
		apt-get install -y --download-only $packages
}
