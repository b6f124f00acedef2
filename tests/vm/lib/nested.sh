# SPDX-License-Identifier: GPL-2.0-only
# What guests of guests boot: Debian's kernel for clouds, which has less to set up
# than the machine's own and unpacks itself in a tenth of the time.
# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used in other files

# nested_prepare RELEASE: sets NESTED_ENTRY, a cache entry with vmlinuz in it.
nested_prepare()
{
	local release=$1 key

	key=$(cache_key "$release" \
		"$(declare -f _nested_build _nested_download)")
	cache_build "nested-$release" "$key" _nested_build "$release"
	NESTED_ENTRY=$(cache_path "nested-$release" "$key")
}

_nested_build()
{
	local release=$1 entry=$2 work=$2/work

	mkdir "$work"
	say "nested-$release: fetching Debian's kernel for clouds"
	(cd "$work" && _nested_download "$release" "$entry/build.log")
	dpkg-deb --fsys-tarfile "$work"/linux-image-*.deb |
		tar -C "$work" -x --wildcards './boot/vmlinuz-*'
	cp "$work"/boot/vmlinuz-* "$entry/vmlinuz"
	rm -rf "$work"
}

# The package of this name depends on the kernel's; apt checks signatures.
_nested_download()
{
	local release=$1 log=$2 package

	run_logged "$log" apt_private "$PWD/apt" "$release" apt-get update
	package=$(apt_private "$PWD/apt" "$release" \
		apt-cache show --no-all-versions linux-image-cloud-amd64 |
		sed -n 's/^Depends: *\(linux-image-[^ ,]*\).*/\1/p')
	[ -n "$package" ] || die "Debian's $release has no kernel for clouds"
	run_logged "$log" apt_private "$PWD/apt" "$release" \
		apt-get download "$package"
}
