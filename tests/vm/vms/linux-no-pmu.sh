# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034 # read in lib/

# shellcheck source=tests/vm/vms/linux.sh
. "$MACHINE_DIR/vms/linux.sh"
vm_about="Debian 12, Linux 6.1: the same on a processor without a PMU"
VM_CPU=phenom
