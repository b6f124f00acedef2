# SPDX-License-Identifier: GPL-2.0-only
# What the scripts that measure share.
# shellcheck shell=bash

say() {
	printf 'bench: %s\n' "$*" >&2
}

# count_vprof STORE, count_perf DATA: samples in it
count_vprof() {
	sqlite3 "$1" 'SELECT sum(count) FROM sample'
}

count_perf() {
	perf report -i "$1" --stats 2>/dev/null | awk '/ SAMPLE events:/ { print $3; exit }'
}

# per_sample BYTES SAMPLES: with two decimals
per_sample() {
	awk -v bytes="$1" -v samples="$2" 'BEGIN { printf "%.2f", bytes / samples }'
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# due FILE: as many samples as it has periods, of $period cycles: a load's parts say
# how long they took, and an unhalted cycle is a nanosecond
due() {
	awk -v period="$period" '$1 == "part" { sum += $2 }
		END { printf "%d", sum / period }' "$1"
}

# check_samples NAME SAMPLES DUE: what was recorded is what was paid for. Ends the
# script, or the $(...) that it is called in.
check_samples() {
	[ "${2:-0}" -lt $(($3 * 98 / 100)) ] || return 0
	say "$1: ${2:-0} samples where $3 were due"
	exit 1
}
