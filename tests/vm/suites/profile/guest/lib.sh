# SPDX-License-Identifier: GPL-2.0-only
# What the scripts in the machine share. Everything that is left in /results is
# judged on the host.
# shellcheck shell=bash

PATH=/vprof/bin:/vprof/workloads:$PATH
results=/results
export clock=CPU_CLK_UNHALTED
export dtlb=L1_DTLB_AND_L2_DTLB_MISS:ALL

# scenario FUNCTION: run it; its trace goes to FUNCTION.log, its exit status to
# FUNCTION.status. (Not "|| status=$?", where set -e would do nothing.)
scenario() {
	(
		cd "$results" || exit
		set -eux
		"$1"
	) >"$results/$1.log" 2>&1
	echo "$?" >"$results/$1.status"
}

load_module() {
	[ -d /sys/module/vprof ] || insmod /vprof/bin/vprof.ko
}

unload_module() {
	[ ! -d /sys/module/vprof ] || rmmod vprof
}

# within_seconds SECONDS COMMAND...: until it succeeds, so long at most
within_seconds() {
	local left=$(($1 * 10))

	shift
	until "$@"; do
		[ $((left -= 1)) -gt 0 ] || return 1
		sleep 0.1
	done
}

nobody_holds_the_module() {
	[ "$(cat /sys/module/vprof/refcnt)" = 0 ]
}

# The enable bit (22) of the four event selects, on every processor.
counters_are_off() {
	local msr select

	for msr in /dev/cpu/[0-9]*/msr; do
		for select in 0xc0010000 0xc0010001 0xc0010002 0xc0010003; do
			[ $(($(msr_read "$msr" "$select") & 1 << 22)) = 0 ] || return 1
		done
	done
}

msr_read() {
	printf '0x%s' "$(dd if="$1" bs=8 count=1 skip=$(($2)) \
		iflag=skip_bytes status=none | od -An -tx8 | tr -d ' ')"
}

# record_in_background STORE OPTION...: the machine, until stop_recording; sets
# recorder
record_in_background() {
	local store=$1

	shift
	vprof-record -a -o "$store" "$@" 2>"$store.log" &
	recorder=$!
	within_seconds 20 test -s "$store"
	sleep 1
}

stop_recording() {
	kill -INT "$recorder"
	wait "$recorder"
}

report() {
	vprof-report -i "$1" --json --percent-limit 0 \
		--sort domain,process,context,image,symbol
}

echo -1 >/proc/sys/kernel/perf_event_paranoid
echo 0 >/proc/sys/kernel/kptr_restrict
# The rate is chosen here, not by what an emulated interrupt takes.
echo 0 >/proc/sys/kernel/perf_cpu_time_max_percent
modprobe msr
