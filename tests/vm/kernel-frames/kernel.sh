# SPDX-License-Identifier: GPL-2.0-only
# A guest's kernel with frame pointers: Debian's 6.1 source as for the debug
# kernel, the configuration beside this file, built once and kept in the cache.
#
# An entry holds bzImage, System.map and config. Needs ../kernel-debug/kernel.sh
# and what that needs.
# shellcheck shell=bash

_kernel_frames_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# kernel_frames: build it if the cache has none; prints the entry's path.
kernel_frames()
{
	local key

	key=$(cache_key "$(_kernel_debug_key)" "@$_kernel_frames_dir/config" \
		"$(declare -f _kernel_frames_build)")
	cache_build kernel-frames "$key" _kernel_frames_build >&2
	cache_path kernel-frames "$key"
}

_kernel_frames_build()
{
	local entry=$1 source=$1/source

	# shellcheck disable=SC2086 # a list
	packages_install $_KERNEL_DEBUG_PACKAGES
	_kernel_debug_fetch "$entry"
	# shellcheck disable=SC2030 # the debug kernel's, for this one
	(
		_kernel_debug_dir=$_kernel_frames_dir
		_KERNEL_DEBUG_OBJECTS=605
		_kernel_debug_configure "$source" "$entry/build.log"
		_kernel_debug_make "$source" "$entry/build.log"
	)
	cp "$source/arch/x86/boot/bzImage" "$source/System.map" "$entry"
	cp "$source/.config" "$entry/config"
	say "kernel-frames: $(_kernel_debug_objects "$entry/build.log")" \
		"objects, bzImage $(du -h "$entry/bzImage" | cut -f1)"
	rm -rf "$source" "$entry/apt"
}
