# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # results: run's; exact: that of suites/domains
# What has to be so after suites/xenpmu/guest. Sourced by run.

# says FILE TEXT: xenpmu's line of vprof-list has it
says() {
	grep '^  xenpmu ' "$results/$1" | grep -qF -- "$2" && return
	grep -E '^  (perf|xen)' "$results/$1"
	return 1
}

# refuses NAME TEXT: vprof-record failed, with a sentence
refuses() {
	cat "$results/$1.txt"
	[ "$(cat "$results/$1.status")" = 1 ] && grep -qF -- "$2" "$results/$1.txt"
}

# takes NAME: vprof-record took samples
takes() {
	cat "$results/$1.txt"
	[ "$(cat "$results/$1.status")" = 0 ]
}

is_picked() { # FILE SOURCE
	grep -E '^  (perf|xen)' "$results/$1"
	grep -qE "^  $2 +yes " "$results/$1"
}

judge_conditions() {
	check "unpinned: vprof-list says it, and the command" \
		says unpinned.list "vCPUs are not pinned: for i in"
	check "unpinned: auto is perf" is_picked unpinned.list perf
	check "unpinned: a recording is refused with the command" \
		refuses unpinned "vCPUs are not pinned: for i in"
	check "the command mends it" is_picked pinned.list xenpmu
	check "then there are samples" takes pinned
	check "the source sets the mode" grep -qx all "$results/mode.loaded"
	check "and puts it back" grep -qx self "$results/mode.unloaded"
	check "guests that began too early: vprof-list says it" \
		says early.list "echo all > /sys/hypervisor/pmu/pmu_mode"
	check "and a recording" \
		refuses early "echo all > /sys/hypervisor/pmu/pmu_mode"
	check "auto is perf then" is_picked auto-early.list perf
	check "without them the command mends it, and auto is xenpmu" \
		is_picked auto.list xenpmu
	check "a vCPU too few: vprof-list says it" \
		says few.list 'dom0_max_vcpus=$(xl info nr_cpus)'
	check "and a recording" refuses few 'dom0_max_vcpus=$(xl info nr_cpus)'
	check "the vCPU is back: there are samples" takes again
	check "call chains are refused" refuses chains "call chain"
	check "the module unloads at the end" \
		grep -qx 0 "$results/unload.status"
	check "no warning in Xen's log" \
		no_line 'Xen (WARN|BUG|call trace)|ASSERT' "$results/xen.log"
}

no_line() { # PATTERN FILE
	[ -s "$2" ] && ! grep -E "$1" "$2"
}

judge_off() {
	check "Xen's watchdog: vprof-list says it" \
		says off/auto.list "take watchdog out of GRUB_CMDLINE_XEN"
	check "vPMU off: vprof-list says it" \
		says off/auto.list "put vpmu=1 into GRUB_CMDLINE_XEN"
	check "auto is perf" is_picked off/auto.list perf
	check "asked for, a recording is refused with both" \
		refuses off/off "put vpmu=1 into GRUB_CMDLINE_XEN"
}

# CPU seconds of each domain in the window, as Xen counted them
cpu_shares() {
	awk 'FNR > 1 { name = $1 == "Domain-0" ? "host" : $1
		if (FNR == NR) before[name] = $NF
		else { used[name] = $NF - before[name]; all += used[name] } }
		END { for (name in used) printf "%s %.4f\n", name, used[name] / all }' \
		"$results/before.txt" "$results/after.txt"
}

# What the page says is between Xen's share of a domain and that without what Xen
# did for it: within 2 points.
shares_are_xens() {
	local name share status=0

	while read -r name share; do
		jq -r --arg name "$name" --argjson xens "$share" '
			def share($name): [.events[0].domains[]
				| select(.domain == $name) | .share] | add // 0;
			share($name) as $ours | share("hypervisor") as $rest
			| "\($name): Xen says \($xens), we \($ours), hypervisor \($rest)",
			(if $ours - 0.02 <= $xens and $xens <= $ours + $rest + 0.02
				then empty else error("\($name) is off") end)' \
			"$results/xenpmu.json" || status=1
	done < <(cpu_shares)
	return $status
}

judge_report() {
	show domains.txt before.txt after.txt record.txt report.txt || true
	check "the module drives xenpmu" holds xenpmu.json '.sessions[0]
		| .capture == "kmod" and .source == "xenpmu"
		and (.hypervisor | startswith("Xen 4."))'
	check "the report has dom0, the guests and the hypervisor" \
		holds xenpmu.json \
		'[domain("host", "g1", "g2", "hypervisor") | .samples > 0] | all'
	check "every overflow is accounted for" holds xenpmu.json "$exact"
	check "each domain's share is the one that Xen knows" shares_are_xens
	check "the idle guest idles" holds xenpmu.json \
		'[.events[0].domains[] | select(.domain == "g3") | .share] | (add // 0) < 0.01'
	check "dom0's loop is named" holds xenpmu.json 'lines("host")
		| map(select(.context == "user"))
		| (map(select(.symbol == "loop")) | sum(.samples)) > 0.7 * sum(.samples)
		and sum(.samples) > 300'
	check "no sample of Xen is dom0's user" holds xenpmu.json \
		'[.events[0].lines[] | select(.context != "hypervisor")
		| select((.image | . == "[xen]") or (.symbol | test("0xffff82d")))]
		== []'
	check "g2 spends its own time in user mode" holds xenpmu.json 'domain("g2")
		| .user > 0.9 * (.user + .kernel + .driver) and .samples > 200'
	check "guests have no time of Xen's: it is not known for whom" \
		holds xenpmu.json '[domain("g1", "g2") | .hypervisor == 0] | all'
	check "some of Xen's time is known to be dom0's" \
		holds xenpmu.json 'domain("host") | .hypervisor > 0'
	check "the domain hypervisor is Xen alone" holds xenpmu.json \
		'domain("hypervisor") | .hypervisor > 0 and .kernel + .user + .driver == 0'
	check "Xen's functions have names" holds xenpmu.json \
		'[.events[0].lines[] | select(.context == "hypervisor")]
		| sum(.samples) > 100 and (named | sum(.samples)) > 0.95 * sum(.samples)'
	check "g1's kernel receives" holds xenpmu.json \
		'domain("g1") | .kernel + .driver > 0.005'
	check "what cannot be known stands in the head" \
		grep -q 'For whom Xen worked is known of dom0 alone' "$results/report.txt"
	check "user mode alone: nothing else" holds user.json \
		'.events[0].lines | map(.context) | unique == ["user"]'
	check "two events at once: every overflow is accounted for" \
		holds two.json '[.events[] | .taken == .delivered + .lost
		and .delivered == .samples and .samples > 100] == [true, true]'
	judge_names
}

judge_names() {
	if jq -e 'any(.unnamed[]; .why | test("took more than"))' \
		"$results/xenpmu.json" >/dev/null; then
		skip_check "g1's kernel has names that nobody gave" \
			"it took too long here"
		return
	fi
	check "g1's kernel has names that nobody gave" holds xenpmu.json \
		'(domain("g1").names_from | startswith("guest memory"))
		and (lines("g1") | map(select(.context == "kernel"))
			| (named | sum(.samples)) > 0.9 * sum(.samples))'
}
