# SPDX-License-Identifier: GPL-2.0-only
# The emulator: Debian's QEMU source package with our PMU in it.
# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used in other files

# Nothing but what the machines use: TCG, and user networking (slirp).
_QEMU_CONFIGURE="--target-list=x86_64-softmmu --without-default-features
	--enable-tcg --enable-system --enable-slirp --enable-fdt=system
	--disable-werror --disable-docs"

# qemu_prepare: sets QEMU_ENTRY, with qemu-system-x86_64 and share/ in it.
qemu_prepare()
{
	local key

	key=$(cache_key "$_QEMU_CONFIGURE" "$(declare -f _qemu_build _qemu_fetch)" \
		"@$MACHINE_DIR/qemu/hooks.patch" "@$MACHINE_DIR/qemu/pmu.c" \
		"@$MACHINE_DIR/qemu/pmu.h")
	cache_build qemu "$key" _qemu_build
	QEMU_ENTRY=$(cache_path qemu "$key")
}

_qemu_build()
{
	local entry=$1 work=$1/work log=$1/build.log

	mkdir "$work"
	say "qemu: fetching Debian's source package"
	_qemu_fetch "$work" "$log"
	run_logged "$log" patch -d "$work/src" -p1 -i "$MACHINE_DIR/qemu/hooks.patch"
	cp "$MACHINE_DIR/qemu/pmu.h" "$work/src/target/i386/"
	cp "$MACHINE_DIR/qemu/pmu.c" "$work/src/target/i386/tcg/sysemu/"
	say "qemu: configuring"
	mkdir "$work/src/build"
	# shellcheck disable=SC2086 # a list
	(cd "$work/src/build" && run_logged "$log" \
		../configure $_QEMU_CONFIGURE)
	say "qemu: compiling (about 5 minutes on two processors)"
	run_logged "$log" nice ninja -C "$work/src/build" -j "$(nproc)" \
		qemu-system-x86_64
	say "qemu: installing"
	strip --strip-debug -o "$entry/qemu-system-x86_64" \
		"$work/src/build/qemu-system-x86_64"
	cp -r /usr/share/qemu "$entry/share"
	cp /usr/share/seabios/*.bin "$entry/share/"
	rm -rf "$work"
}

# apt checks the package against the archive's signed index.
_qemu_fetch()
{
	local work=$1 log=$2

	run_logged "$log" apt_private "$work/apt" bookworm apt-get update
	(cd "$work" && run_logged "$log" apt_private "$work/apt" bookworm \
		apt-get source --download-only qemu)
	run_logged "$log" dpkg-source --no-check -x "$work"/qemu_*.dsc \
		"$work/src"
	(cd "$work" && sha256sum qemu_*) >"$work/../SOURCES.sha256"
}
