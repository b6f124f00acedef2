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

all_took() { # FILE TIMES
	cat "$results/$1"
	[ "$(grep -cx 0 "$results/$1")" = "$2" ]
}

is_picked() { # FILE SOURCE
	grep -E '^  (perf|xen)' "$results/$1"
	grep -qE "^  $2 +yes " "$results/$1"
}

judge_conditions() {
	check "one CPU is pinned: there are samples" takes pinned
	check "throttling at what is not asked for is counted" holds throttled.json \
		'.events[0].losses["throttled by the kernel"] > 200'
	check "the source sets the mode" grep -qx all "$results/mode.loaded"
	check "and puts it back" grep -qx self "$results/mode.unloaded"
	check "guests that began too early: vprof-list says it" \
		says early.list "echo all > /sys/hypervisor/pmu/pmu_mode"
	check "and a recording" \
		refuses early "echo all > /sys/hypervisor/pmu/pmu_mode"
	check "auto is perf then" is_picked auto-early.list perf
	check "without them the command mends it, and auto is xenpmu" \
		is_picked auto.list xenpmu
	check "call chains are refused" refuses chains "call chain"
	check "the module unloads at the end" \
		grep -qx 0 "$results/unload.status"
	check "no warning in Xen's log" \
		no_line 'Xen (WARN|BUG|call trace)|ASSERT' "$results/xen.log"
}

no_line() { # PATTERN FILE
	[ -s "$2" ] && ! grep -E "$1" "$2"
}

judge_two() {
	check "unpinned: vprof-list says it, and the command" \
		says two/unpinned.list "vCPUs are not pinned: for i in"
	check "unpinned: auto is perf" is_picked two/unpinned.list perf
	check "unpinned: a recording is refused with the command" \
		refuses two/unpinned "vCPUs are not pinned: for i in"
	check "the command mends it, and auto is xenpmu" \
		is_picked two/auto.list xenpmu
	check "two CPUs: there are samples" takes two/both
	check "a vCPU too few: vprof-list says it" \
		says two/few.list 'dom0_max_vcpus=$(xl info nr_cpus)'
	check "and a recording" \
		refuses two/few 'dom0_max_vcpus=$(xl info nr_cpus)'
	check "the vCPU is back: there are samples" takes two/again
	check "the module comes and goes: there are samples each time" \
		all_took two/afters.status 10
	check "the module unloads" grep -qx 0 "$results/two/unload.status"
	check "two CPUs: no warning in Xen's log" \
		no_line 'Xen (WARN|BUG|call trace)|ASSERT' "$results/two/xen.log"
	if grep -qx 0 "$results/two/nmi_watchdog"; then
		skip_check "Linux's NMI watchdog has a counter" \
			"this Linux has none here"
		return
	fi
	check "beside Linux's NMI watchdog there are samples" takes two/beside
	check "it has the fourth counter: a recording is refused" \
		refuses two/four "counters"
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

# cpu_shares NAME: of each domain in the window, as Xen counted its time
cpu_shares() {
	awk '{ name = $1 == "Domain-0" ? "host" : $1
		if (FNR == NR) before[name] = $NF
		else { used[name] = $NF - before[name]; all += used[name] } }
		END { for (name in used) printf "%s %.4f\n", name, used[name] / all }' \
		"$results/$1.before" "$results/$1.after"
}

# shares_are NAME FILTER: jq's filter is true of each domain. $xens: Xen's own share
# of it; $ours: the report's, without what Xen did for it, which is not known of
# guests and is $rest in all.
shares_are() {
	local name share status=0

	while read -r name share; do
		jq -r --arg name "$name" --argjson xens "$share" '
			def share($name): [.events[0].domains[]
				| select(.domain == $name) | .share] | add // 0;
			share($name) as $ours | share("hypervisor") as $rest
			| "\($name): Xen says \($xens), we \($ours), hypervisor \($rest)",
			(if '"$2"' then empty else error("\($name) is off") end)' \
			"$results/$1.json" || status=1
	done < <(cpu_shares "$1")
	return $status
}

judge_report() {
	show domains.txt quiet.txt quiet.report busy.before busy.after busy.txt \
		busy.report rare.before rare.after rare.report || true
	check "dom0 has little to do: each domain's share is Xen's" \
		shares_are quiet '$ours - 0.02 <= $xens and $xens <= $ours + $rest + 0.02'
	# A turn of a guest's gives one sample at most while dom0 waits for the CPU.
	check "dom0 is busy: no share of a guest's is too high, none of dom0's too low" \
		shares_are busy 'if $name == "host" then $xens <= $ours + $rest + 0.02
			else $ours <= $xens + 0.02 and $ours > $xens / 10 - 0.01 end'
	check "the more rarely it is sampled, the nearer they are" shares_are rare \
		'$ours - 0.05 <= $xens and $xens <= $ours + $rest + 0.05'
	check "the module drives xenpmu" holds busy.json '.sessions[0]
		| .capture == "kmod" and .source == "xenpmu"
		and (.hypervisor | startswith("Xen 4."))'
	check "the report has dom0, the guests and the hypervisor" \
		holds busy.json \
		'[domain("host", "g1", "g2", "hypervisor") | .samples > 0] | all'
	check "every overflow is accounted for" holds busy.json "$exact"
	check "the idle guest idles" holds busy.json \
		'[.events[0].domains[] | select(.domain == "g3") | .share] | (add // 0) < 0.01'
	check "dom0's loop is named" holds busy.json 'lines("host")
		| map(select(.context == "user"))
		| (map(select(.symbol == "loop")) | sum(.samples)) > 0.5 * sum(.samples)
		and sum(.samples) > 200'
	check "no sample of Xen is dom0's user" holds busy.json \
		'[.events[0].lines[] | select(.context != "hypervisor")
		| select((.image | . == "[xen]") or (.symbol | test("0xffff82d")))]
		== []'
	check "g2 spends its own time in user mode" holds busy.json 'domain("g2")
		| .user > 0.9 * (.user + .kernel + .driver) and .samples > 50'
	check "guests have no time of Xen's: it is not known for whom" \
		holds busy.json '[domain("g1", "g2") | .hypervisor == 0] | all'
	check "some of Xen's time is known to be dom0's" \
		holds busy.json 'domain("host") | .hypervisor > 0'
	check "the domain hypervisor is Xen alone" holds busy.json \
		'domain("hypervisor") | .hypervisor > 0 and .kernel + .user + .driver == 0'
	check "Xen's functions have names" holds busy.json \
		'[.events[0].lines[] | select(.context == "hypervisor")]
		| sum(.samples) > 100 and (named | sum(.samples)) > 0.95 * sum(.samples)'
	check "g1's kernel receives" holds busy.json \
		'domain("g1") | .kernel + .driver > 0.005'
	check "what cannot be known stands in the head" \
		grep -q 'For whom Xen worked is known of dom0 alone' "$results/busy.report"
	check "user mode alone: nothing else" holds user.json \
		'.events[0].lines | map(.context) | unique == ["user"]'
	check "two events at once: every overflow is accounted for" \
		holds two.json '[.events[] | .taken == .delivered + .lost
		and .delivered == .samples and .samples > 100] == [true, true]'
	judge_names
}

judge_names() {
	if jq -e 'any(.unnamed[]; .why | test("took more than"))' \
		"$results/busy.json" >/dev/null; then
		skip_check "g1's kernel has names that nobody gave" \
			"it took too long here"
		return
	fi
	check "g1's kernel has names that nobody gave" holds busy.json \
		'(domain("g1").names_from | startswith("guest memory"))
		and (lines("g1") | map(select(.context == "kernel"))
			| (named | sum(.samples)) > 0.9 * sum(.samples))'
}
