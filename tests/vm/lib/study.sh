# SPDX-License-Identifier: GPL-2.0-only
# What vprof-study's machines have more than others: a receiver's programs, and
# four network cards. tests/vm/wires has the other end of their wires.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2054 # read elsewhere; QEMU has commas

STUDY_PACKAGES="iperf3 nginx-light ethtool"
STUDY_NICS=4
STUDY_CARD=e1000e

# Who sends is this machine.
study_prepare_host()
{
	packages_install iproute2 iperf3 wrk
}

# One processor: what it cannot do shows, and the other is for who sends.
study_defaults()
{
	VM_SMP=1 VM_MEM=2048
}

# Cards as most hosts have them: frames as on the wire, no larger ones.
study_nic_args()
{
	local i slots=(0x14 0x18 0x1c 0x2)

	for ((i = 0; i < STUDY_NICS; i++)); do
		QEMU_ARGS+=(-netdev "tap,id=nic$i,ifname=wire$((i + 1)),script=no,downscript=no"
			-device "$STUDY_CARD,netdev=nic$i,mac=52:54:00:00:00:0$((i + 1)),addr=${slots[i]},romfile=")
	done
}

# study_payload STAGE: the cards' start, and what reaches others.
study_payload()
{
	mkdir "$1/.study"
	cp -r "$MACHINE_DIR"/guest/study/* "$1/.study/"
}
