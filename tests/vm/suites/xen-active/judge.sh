# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # results: run's
# What an active guest's part in dom0's session has to look like. Sourced by run.

burns='(lines("g1") | map(select(.symbol == "burn_70" or .symbol == "burn_30")))'

# ended NAME STATUS
ended() {
	cat "$results/$1.said"
	[ "$(cat "$results/$1.status")" = "$2" ]
}

# says NAME SENTENCE
says() {
	cat "$results/$1.said"
	grep -q -- "$2" "$results/$1.said"
}

# same_totals NAME REPORT [LESS]: of all vCPUs, what Xen counted is what was taken,
# and in which mode; or LESS was at most, in all, where Xen counted already when the
# session mapped its rings.
same_totals() {
	local xens ours

	xens=$(sed -n 's/.*vprof: Xen counted //p' "$results/$1-g1.dmesg" |
		awk '{ h += $4; k += $6; u += $8 } END { print h, k, u }')
	ours=$(jq -r '[.events[0].lines[]] | [map(select(.context == "hypervisor")),
		map(select(.context == "kernel")), map(select(.context == "user"))]
		| map(map(.samples) | add // 0) | join(" ")' "$results/$2.json")
	echo "Xen: $xens, the profile: $ours"
	[ -n "$xens" ] && [ -n "$ours" ] || return
	echo "$xens $ours" | awk -v less="${3:-0}" '{
		for (i = 1; i <= 3; i++) {
			if ($i < $(i + 3))
				exit 1
			sum += $i - $(i + 3)
		}
		exit sum > less }'
}

# works NAME: both recorded, and one report has it
works() {
	ended "$1" 0 && holds "$1.json" '(domain("g1") | .samples > 500)
		and (domain("host") | .samples > 0) and ('"$burns"' | length == 2)'
}

judge() {
	sed 's/^/# /' "$results/first.txt" "$results/sources.txt"
	check "the guest waits, then dom0 begins" works first
	check "one report: dom0 and g1, each once" holds first.json \
		'[.events[0].domains[].domain] | sort == ["g1", "host"]'
	check "g1's processes are named" holds first.json \
		'(lines("g1") | map(select(.symbol == "burn_70"))[0].image) == "burn"'
	check "its function that burns 70 % has that, within 2 points" holds first.json \
		'(lines("g1") | map(select(.symbol == "burn_70")) | sum(.samples))
		/ ('"$burns"' | sum(.samples)) | . > 0.68 and . < 0.72'
	check "every overflow is accounted for" holds first.json "$exact"
	check "g1's own counts are Xen's own totals" same_totals first alone
	check "the order of the files does not matter" holds turned.json \
		"$(jq -c '[.events[0].domains[] | {domain, samples}] | sort' \
			"$results/first.json" |
			sed 's/^/([.events[0].domains[] | {domain, samples}] | sort) == /')"
	check "alone it is the guest's own host" holds alone.json \
		'[.events[0].domains[].domain] == ["host"]'
	check "dom0 waits, then the guest comes" works second
	check "dom0 says who is missing" says absent 'no vprof-record waits in: g1'
	check "and fails" ended absent 1
	check "a domain that is not there" says unknown 'no domain "g9" to be active'
	check "the guest says that dom0 does not begin" says alone-g1 \
		'dom0 has not begun a session'
	check "other events in the guest" says other 'other events are asked for in one of: g1'
	check "killed in the guest: dom0 goes on" ended killed-inside 0
	check "the next one there takes over: dom0 goes on" ended taken-over 0
	check "it has samples" holds taken-over.json \
		'domain("host") | .samples > 500'
	check "as many as Xen counted since, and none of before" \
		same_totals taken-over taken-over 20
	check "killed in dom0: the guest's ends by itself" says killed-outside-g1 'wrote'
	check "then a session of both works" works third
	check "rmmod and insmod in the guest: so it does" works fourth
	check "rmmod and insmod in the guest" grep -qx 0 "$results/reload.status"
	check "the guest can be sampled from outside afterwards" holds passive.json \
		'domain("g1") | .samples > 300'
	check "the guest is destroyed: dom0 goes on" ended destroyed 0
	check "nothing of it stays behind" \
		bash -c '! grep -E "null|g1" "$1"' - "$results/list.txt"
	check "then a session works" holds after.json 'domain("host") | .samples > 0'
	check "the module unloads at the end" grep -qx 0 "$results/unload.status"
}
