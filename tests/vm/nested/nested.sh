# SPDX-License-Identifier: GPL-2.0-only
# Nested machines: QEMU with KVM in the machine "kvm", Debian's own kernel, and a
# load (load.c) instead of a system. Runs in the machine.
# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used by who sources this

nested_dir=${nested_dir:-/vprof/nested}

# Each access to a port is a way through KVM and QEMU, all of it emulated: no
# look for ACPI, PCI, a clock or disks that are not there, few words on the
# console. The kernel puts itself at a random address.
nested_append="console=ttyS0 loglevel=4 panic=-1 acpi=off pci=off edd=off reboot=t"
nested_append="$nested_append initcall_blacklist=cmos_init 8250.nr_uarts=1"
nested_append="$nested_append nmi_watchdog=0 nowatchdog cryptomgr.notests"
nested_append="$nested_append no_timer_check tsc=reliable mitigations=off"
nested_append="$nested_append audit=0 apparmor=0 nr_cpus=1 cgroup_disable=memory"

# nested_start NAME UUID "[list] [where] [stacks] [reboot] LOAD" [QEMU OPTION...]: sets
# nested_pid. With nested_reboots=1 it starts again when it reboots or is reset.
nested_start()
{
	local name=$1 uuid=$2 load=$3 no_reboot=-no-reboot

	shift 3
	[ "${nested_reboots-}" = 1 ] && no_reboot=
	# shellcheck disable=SC2086 # an option or none
	qemu-system-x86_64 -name "guest=$name,debug-threads=on" -uuid "$uuid" \
		-M microvm,accel=kvm,rtc=off -cpu host -m 192 -nodefaults \
		-no-user-config -display none $no_reboot \
		-serial "file:/tmp/nested.$name.log" \
		-kernel "$nested_dir/vmlinuz" -initrd "$nested_dir/initrd" \
		-append "$nested_append -- run $load" \
		"$@" </dev/null >"/tmp/nested.$name.qemu" 2>&1 &
	nested_pid=$!
}

# nested_wait NAME [SECONDS]: until its load runs
nested_wait()
{
	local left=$((${2:-120} * 10))

	until grep -q "nested: up" "/tmp/nested.$1.log" 2>/dev/null; do
		if [ $((left -= 1)) -le 0 ]; then
			echo "# nested machine $1 did not come up"
			tail -n 5 "/tmp/nested.$1.log" "/tmp/nested.$1.qemu" |
				sed 's/^/# /'
			return 1
		fi
		sleep 0.1
	done
}
