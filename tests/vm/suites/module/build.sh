#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module for one machine's kernel, and the programs that test it, in a
# folder whose payload goes into the machine: build.sh MACHINE FOLDER
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../../.." && pwd)
vm=${1:?which machine}
out=${2:?which folder}
cc=${CC:-cc}

programs()
{
	local name

	for name in contract mapping access sampling chains churn throttle; do
		"$cc" -O2 -g -Wall -Wextra -static -pthread -I"$top/include" \
			-o "$out/payload/$name" "$here/$name.c" \
			"$here"/{session,tap}.c
	done
}

fail_nth()
{
	local dir=$top/tests/vm/guest/fail_nth

	"$cc" -O2 -Wall -Wextra -static -I"$dir" -I"$top/include" \
		-o "$out/payload/fail_nth" "$here/fail_nth_vprof.c" \
		"$dir/main.c" "$dir/fail_nth.c"
}

# path BITS: path.c with its functions where chains.c looks for them.
path()
{
	"$cc" "-m$1" -O1 -Wall -fno-omit-frame-pointer -fno-pie -no-pie \
		-fno-optimize-sibling-calls -fno-stack-protector \
		-fno-asynchronous-unwind-tables -fcf-protection=none \
		-nostdlib -static -Wl,--section-start=.inner=0x10001000 \
		-Wl,--section-start=.middle=0x10002000 \
		-Wl,--section-start=.outer=0x10003000 \
		-o "$out/payload/path$1" "$here/path.c"
}

rm -rf "$out/payload"
mkdir -p "$out/payload"
"$top/tests/vm/module" "$vm" "$out/source"
cp "$out/source/vprof.ko" "$out/payload"
programs
path 64
path 32
fail_nth
cp "$here/guest" "$here/faults" "$out/payload"
