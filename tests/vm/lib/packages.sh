# SPDX-License-Identifier: GPL-2.0-only
# What the build machine itself must have, installed when it is missing.
# shellcheck shell=bash

# To build QEMU, to make root file systems and disks, to run the machine.
_HOST_PACKAGES="
	build-essential dpkg-dev ninja-build pkg-config python3 python3-venv
	libglib2.0-dev libpixman-1-dev libslirp-dev libfdt-dev
	seabios qemu-system-data
	mmdebstrap arch-test e2fsprogs kmod cpio xz-utils zstd util-linux
"

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# packages_install PACKAGE...: make sure that these are installed.
packages_install()
{
	local missing=() package have

	have=$(dpkg-query -W -f '${Package} ${Status}\n' "$@" 2>/dev/null || true)
	for package; do
		grep -qxF "$package install ok installed" <<<"$have" ||
			missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] && return
	say "installing ${missing[*]}"
	mkdir -p "$VPROF_CACHE"
	if ! _packages_apt install -y "${missing[@]}"; then
		_packages_apt update || true
		_packages_apt install -y "${missing[@]}"
	fi
}

_packages_apt()
{
	local verb=$1

	shift
	run_logged "$VPROF_CACHE/packages.log" \
		as_root env DEBIAN_FRONTEND=noninteractive apt-get \
		-o DPkg::Lock::Timeout=600 --no-install-recommends "$verb" "$@"
}

packages_host()
{
	# shellcheck disable=SC2086 # a list
	packages_install $_HOST_PACKAGES
}
