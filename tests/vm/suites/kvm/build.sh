#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module for one machine's kernel, and the programs that test it with
# guests: build.sh MACHINE FOLDER
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../../.." && pwd)
vm=${1:?which machine}
out=${2:?which folder}
module=$here/../module

cc_static()
{
	"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -static "$@"
}

rm -rf "$out/payload"
mkdir -p "$out/payload"
"$top/tests/vm/module" "$vm" "$out/source"
cp "$out/source/vprof.ko" "$out/payload"
for name in guests memory chains; do
	cc_static -I"$top/include" -I"$module" -o "$out/payload/$name" \
		"$here/$name.c" "$here/vms.c" "$module"/{session,tap}.c
done
cc_static -o "$out/payload/vmm" "$here/vmm.c"
cp "$here/guest" "$out/payload"
