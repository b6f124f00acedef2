# SPDX-License-Identifier: GPL-2.0-only
# The debug kernel: Debian's 6.1 source, our configuration (config beside this
# file), built once and kept in the cache.
#
# An entry holds
#   bzImage, System.map, config    the kernel, its symbols and configuration
#   release, version               as uname -r says, as Debian's package is named
#   build/                         what modules are built against (KDIR)
#   lib/modules/RELEASE/           names of what is built in, for modprobe
#
# Needs lib/log.sh, lib/apt.sh, lib/cache.sh and lib/packages.sh.
# shellcheck shell=bash

_KERNEL_DEBUG_PACKAGES="
	build-essential flex bison bc libelf-dev libssl-dev
	dpkg xz-utils kmod cpio
"
_KERNEL_DEBUG_SOURCE=linux-source-6.1
# For the progress line only; what the build said when it was last changed.
_KERNEL_DEBUG_OBJECTS=1500
_kernel_debug_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# kernel_debug: build it if the cache has none; prints the entry's path.
kernel_debug()
{
	local key

	key=$(_kernel_debug_key)
	cache_build kernel-debug "$key" _kernel_debug_build >&2
	cache_path kernel-debug "$key"
}

# The source version that this machine's apt knows of is part of the key: a new
# kernel from Debian is a new debug kernel, once apt has heard of it.
_kernel_debug_key()
{
	local version

	version=$(apt-cache show --no-all-versions "$_KERNEL_DEBUG_SOURCE" \
		2>/dev/null | sed -n 's/^Version: //p')
	cache_key "$version" "@$_kernel_debug_dir/config" \
		"@$_kernel_debug_dir/kernel.sh"
}

_kernel_debug_build()
{
	local entry=$1 source=$1/source

	# shellcheck disable=SC2086 # a list
	packages_install $_KERNEL_DEBUG_PACKAGES
	_kernel_debug_fetch "$entry"
	_kernel_debug_configure "$source" "$entry/build.log"
	_kernel_debug_make "$source" "$entry/build.log"
	_kernel_debug_keep "$source" "$entry"
	_kernel_debug_keep_build "$source" "$entry/build"
	rm -rf "$source" "$entry/apt"
}

# Unpacked without what only documents or tests: half of its files.
_kernel_debug_fetch()
{
	local entry=$1 apt=$1/apt deb

	say "kernel-debug: fetching $_KERNEL_DEBUG_SOURCE"
	apt_private "$apt" bookworm true
	# The source comes as a binary package, which has Debian's patches in.
	apt_sources bookworm deb >"$apt/sources.list"
	run_logged "$entry/fetch.log" apt_private "$apt" bookworm \
		apt-get -q update
	(cd "$apt" && run_logged "$entry/fetch.log" apt_private "$apt" \
		bookworm apt-get -q download "$_KERNEL_DEBUG_SOURCE")
	deb=$(echo "$apt/$_KERNEL_DEBUG_SOURCE"_*.deb)
	dpkg-deb -f "$deb" Version >"$entry/version"
	say "kernel-debug: unpacking $(cat "$entry/version")"
	mkdir "$entry/source"
	dpkg-deb --fsys-tarfile "$deb" |
		tar -xO "./usr/src/$_KERNEL_DEBUG_SOURCE.tar.xz" |
		tar -xJ -C "$entry/source" --strip-components=1 \
			--exclude='*/tools/testing' \
			--exclude='*/Documentation/[a-z]*'
	rm "$deb"
}

# What the configuration does not name is off. A line that Linux drops, because
# something it depends on is missing, would be a check that silently never was.
_kernel_debug_configure()
{
	local source=$1 log=$2 dropped

	run_logged "$log" make -C "$source" allnoconfig \
		KCONFIG_ALLCONFIG="$_kernel_debug_dir/config"
	run_logged "$log" make -C "$source" olddefconfig
	dropped=$(kernel_debug_dropped "$_kernel_debug_dir/config" \
		"$source/.config")
	[ -z "$dropped" ] ||
		die "kernel-debug: Linux dropped ${dropped//$'\n'/ }"
}

# kernel_debug_dropped WANTED CONFIG: the wanted lines that CONFIG does not have.
kernel_debug_dropped()
{
	local line

	while read -r line; do
		case $line in
		CONFIG_*=n)
			! grep -q "^${line%n}" "$2" || printf '%s\n' "$line"
			;;
		CONFIG_*)
			grep -qxF -e "$line" "$2" || printf '%s\n' "$line"
			;;
		esac
	done <"$1"
}

_kernel_debug_make()
{
	local source=$1 log=$2 watcher status=0

	# The same bytes whoever builds it.
	export KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=vprof \
		KBUILD_BUILD_HOST=vprof
	_kernel_debug_progress "$log" &
	watcher=$!
	run_logged "$log" nice make -C "$source" -j"$(nproc)" \
		bzImage modules || status=$?
	kill "$watcher" 2>/dev/null || true
	wait "$watcher" 2>/dev/null || true
	return "$status"
}

_kernel_debug_progress()
{
	local log=$1 objects

	while sleep 30; do
		objects=$(_kernel_debug_objects "$log")
		say "kernel-debug: compiled $objects of about" \
			"$_KERNEL_DEBUG_OBJECTS objects"
	done
}

_kernel_debug_objects()
{
	grep -cE '^  (CC|AS) ' "$1" || true
}

_kernel_debug_keep()
{
	local source=$1 entry=$2

	cp "$source/arch/x86/boot/bzImage" "$source/System.map" "$entry"
	cp "$source/.config" "$entry/config"
	cp "$source/include/config/kernel.release" "$entry/release"
	_kernel_debug_keep_modules "$source" "$entry" "$(cat "$entry/release")"
	say "kernel-debug: $(cat "$entry/release")," \
		"$(_kernel_debug_objects "$entry/build.log") objects," \
		"bzImage $(du -h "$entry/bzImage" | cut -f1)"
}

# There are none, but modprobe shall know which names are built in.
_kernel_debug_keep_modules()
{
	local source=$1 entry=$2 release=$3 modules=$2/lib/modules/$3

	mkdir -p "$modules"
	cp "$source"/modules.builtin "$source"/modules.builtin.modinfo \
		"$source"/modules.order "$modules"
	/sbin/depmod -b "$entry" "$release"
}

# As Debian's linux-headers packages do: makefiles, scripts and the programs
# built from them, headers, objtool, symbol versions.
_kernel_debug_keep_build()
{
	local source=$1 build=$2

	mkdir "$build"
	(cd "$source" && _kernel_debug_build_files | tar -c -T -) |
		tar -x -C "$build"
}

_kernel_debug_build_files()
{
	printf '%s\n' Makefile .config Module.symvers tools/objtool/objtool \
		arch/x86/Makefile*
	find scripts include arch/x86/include -type f \
		! -name '*.o' ! -name '.*' ! -path 'include/dt-bindings/*' \
		! -path 'include/config/[A-Z0-9]*'
}
