# SPDX-License-Identifier: GPL-2.0-only
# Recording on the build machine itself, by vprof and by perf at once.
# shellcheck shell=bash

. tests/bench/measure/common.sh

# A copy of the sources to build, so that the load is whole and our own build
# directory stays as it is.
load=build/bench/load

build_once() {
	make --no-print-directory -C "$load" -j"$(nproc)" all >/dev/null 2>&1
	rm -rf "$load/build"
}

# build_for SECONDS: builds, one after the other, and stops in the midst of one
build_for() {
	export -f build_once
	export load
	timeout "$1" bash -c 'while :; do build_once; done' || true
}

copy_load() {
	rm -rf "$load"
	mkdir -p "$load"
	cp -r Makefile include libvprof daemon tools kmod "$load"
}

# wait_for FILE PROCESS: until the recorder has begun its file
wait_for() {
	local tries

	for ((tries = 0; tries < 100; tries++)); do
		[ -s "$1" ] && return
		kill -0 "$2" || return
		sleep 0.1
	done
}

# perf is spared its look at build-ids when it ends (-B), where 6.1 crashes over
# files that are gone.
#
# record_both DIR HZ COMMAND...: run it, the machine sampled by both meanwhile
record_both() {
	local dir=$1 hz=$2 vprof perf

	shift 2
	copy_load
	build/vprof-record -a -e cpu-clock -F "$hz" -o "$dir/vprof.store" 2>"$dir/vprof.log" &
	vprof=$!
	perf record -B -a -e cpu-clock -F "$hz" -o "$dir/perf.data" 2>"$dir/perf.log" &
	perf=$!
	wait_for "$dir/vprof.store" "$vprof"
	wait_for "$dir/perf.data" "$perf"
	"$@" || say "the load failed"
	kill -INT "$vprof" "$perf"
	wait "$vprof" || { cat "$dir/vprof.log" >&2; return 1; }
	wait "$perf" || true # perf ends with the signal's status
	rm -rf "$load"
}
