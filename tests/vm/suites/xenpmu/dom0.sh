# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the scripts that run in dom0 share. Sourced by them.
PATH=/vprof/bin:$PATH
set -ux
cd /results || exit 1

load() {
	insmod /vprof/bin/vprof.ko "$@"
}

# record NAME ARGUMENT...
record() {
	local name=$1

	shift
	vprof-record -a -e CPU_CLK_UNHALTED -c 1000000 "$@" -o "$name.store" \
		-- sleep 0.5 >"$name.txt" 2>&1
	echo $? >"$name.status"
}

# mend FILE PATTERN: the command that xenpmu's line of FILE says, run
mend() {
	grep '^  xenpmu ' "$1" | grep -oE "$2" | sed 's/sudo //g' >"$1.sh"
	[ -s "$1.sh" ] && sh -x "$1.sh"
}
