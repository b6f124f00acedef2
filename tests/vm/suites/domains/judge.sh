# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # results, passed, failed: run's
# What a report of several domains has to say. Sourced by run.

# holds REPORT FILTER: jq's filter gives true of the report
holds() {
	local defs

	defs='
	def domain($name): .events[0].domains[] | select(.domain == $name);
	def lines($name): [.events[0].lines[] | select(.domain == $name)];
	def sum(f): map(f) | add // 0;
	def named: map(select(.symbol | test("(^|\\+)0x[0-9a-f]+$") | not));'
	[ "$(jq "$defs $2" "$results/$1")" = true ] && return
	printf 'not true: %s\n' "$2"
	jq -c '.events[0] | del(.lines)' "$results/$1"
	return 1
}

# show FILE...: for whoever reads the log
show() {
	local file

	for file; do
		sed 's/^/# /' "$results/$file" 2>/dev/null
	done
}

exact='.events[0] | .taken == .delivered + .lost and .taken > 1000
	and .delivered == .samples'

judge_xen() {
	show domains.txt report.txt
	check "vprof-list shows the guests" grep -q '^g2 *xen ' "$results/domains.txt"
	check "the module drives xenoprof" holds xen.json '.sessions[0]
		| .capture == "kmod" and .source == "xenoprof"
		and (.hypervisor | startswith("Xen 4."))'
	check "the report has dom0 and both guests" holds xen.json \
		'[domain("host", "g1", "g2") | .samples > 0] == [true, true, true]'
	check "every overflow is accounted for" holds xen.json "$exact"
	check "Xen's functions have names" holds xen.json \
		'[.events[0].lines[] | select(.context == "hypervisor")]
		| sum(.samples) > 200 and (named | sum(.samples)) > 0.95 * sum(.samples)'
	check "g2 spends its own time in user mode" holds xen.json 'domain("g2")
		| .user > 0.5 * (.user + .kernel + .driver) and .samples > 200'
	check "g1's kernel receives" holds xen.json 'domain("g1") | .kernel + .driver > 0.01'
	check "dom0's functions have names" holds xen.json \
		'lines("host") | map(select(.context == "kernel"))
		| (named | sum(.samples)) > 0.95 * sum(.samples)'
	if jq -e 'any(.unnamed[]; .why | test("took more than"))' \
		"$results/xen.json" >/dev/null; then
		# Each page of a guest's is a hypercall, and all of it emulated.
		skip_check "g1's kernel has names that nobody gave" "it took too long here"
		return
	fi
	check "g1's kernel has names that nobody gave" holds xen.json \
		'(domain("g1").names_from | startswith("guest memory"))
		and (lines("g1") | map(select(.context == "kernel"))
			| (named | sum(.samples)) > 0.9 * sum(.samples))'
}

# judge_kvm_capture REPORT: of the three guests one is in user mode, one in its
# kernel, one all the time in the hypervisor
judge_kvm_capture() {
	check "$1: three guests and the host" holds "$1" \
		'[domain("host", "g1", "g2", "g3") | .samples > 0] | all'
	check "$1: every overflow is accounted for" holds "$1" "$exact"
	check "$1: g1 runs user code" holds "$1" \
		'domain("g1") | .user > 20 * .kernel and .samples > 300'
	check "$1: g2 runs its kernel" holds "$1" \
		'domain("g2") | .kernel > 20 * .user and .samples > 300'
	check "$1: g3 keeps the hypervisor busy" holds "$1" \
		'domain("g3") | .hypervisor > 5 * (.kernel + .user)'
	check "$1: the hypervisor's functions have names" holds "$1" \
		'lines("g3") | map(select(.context == "hypervisor"))
		| (named | sum(.samples)) > 0.95 * sum(.samples)
		and any(.symbol == "kvm_emulate_cpuid" or .symbol == "svm_vcpu_run"
			or .symbol == "vcpu_enter_guest" or .symbol == "kvm_cpuid")'
	check "$1: and says why g2's have none" holds "$1" \
		'any(.unnamed[]; .why | test("found no kernel in the memory of process"))'
}

# The lines below "inner": who called it, one after another.
calls_in_order() {
	awk '
	BEGIN { split("middle outer first", callers) }
	/ inner$/ { next_one = 1 }
	next_one && next_one <= 3 {
		for (i = 1; i <= NF; i++)
			if ($i == callers[next_one]) {
				next_one++
				break
			}
	}
	END { exit next_one != 4 }' "$results/chain.txt"
}

judge_kvm() {
	show domains.txt module.txt none.txt chain.txt
	check "vprof-list shows the guests by name" \
		grep -q '^g1 *kvm .*vmm' "$results/domains.txt"
	judge_kvm_capture module.json
	judge_kvm_capture none.json
	check "g4's callers are those of its code" calls_in_order
}
