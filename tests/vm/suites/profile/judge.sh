# SPDX-License-Identifier: GPL-2.0-only
# What a report has to say, given what is true. Sourced by run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # results, here: run's

# query REPORT FILTER [JQ-OPTION...]: jq over a report, with the definitions below
query() {
	local report=$results/$1 filter=$2

	shift 2
	jq -r "$@" '
		def sum(f): map(f) | add // 0;
		def lines: .events[].lines[];
		def lines_of($event): .events[] | select(.event == $event) | .lines[];
		'"$filter" "$report"
}

# holds REPORT FILTER [JQ-OPTION...]: the filter gives true; shows the report's
# head if not
holds() {
	[ "$(query "$@")" = true ] && return
	printf 'not true: %s\n' "$2"
	query "$1" '.events[] | del(.lines)' -c
	return 1
}

# Every overflow is accounted for, and every delivered one is in a line.
exact='[.events[] | .taken == .delivered + .lost
	and .lost == ([.losses[]] | add // 0)
	and .delivered == .samples + .outside
	and .samples == (.lines | sum(.samples))] | all and length > 0'

# shares_are REPORT PROGRAM [PERIOD-SAMPLES]: the shares of PROGRAM's functions
# are those that it printed, within 1.5 points; with less than 20,000 samples
# within 3 standard errors, if that is more.
shares_are() {
	local program=$2 truth=$results/${3:-$2}.truth

	query "$1" '[lines | select(.image == $image and .context == "user")]
		| sum(.samples) as $all
		| .[] | "\(.samples) \($all) \(.symbol)"' --arg image "$program" |
		awk -v truth="$truth" '
			BEGIN {
				while ((getline line < truth) > 0) {
					split(line, word)
					true_count[word[1]] = word[2]
				}
			}
			{ samples[$3] += $1; all = $2 }
			END {
				for (name in true_count) {
					if (name !~ /^share_/)
						continue
					p = true_count[name] / true_count["total"]
					share = all ? samples[name] / all : 0
					points = (share - p) * 100
					error = all ? 3 * sqrt(p * (1 - p) / all) * 100 : 0
					limit = all < 20000 && error > 1.5 ? error : 1.5
					printf "%s: %.2f%% of %d samples, true %.2f%%\n", name, share * 100, all, p * 100
					if (points > limit || points < -limit)
						bad++
					seen++
				}
				exit bad > 0 || !seen || !all
			}'
}

# A program's whole time is in functions with names.
is_named() { # REPORT IMAGE SYMBOL-REGEX
	holds "$1" '[lines | select(.image == $image and .context == "user")]
		| sum(.samples) as $all
		| ([.[] | select(.symbol | test($name))] | sum(.samples)) as $named
		| $all > 100 and $named >= $all * 0.98' \
		--arg image "$2" --arg name "$3"
}

# ---- one processor, exact -------------------------------------------------------

# The kernel's share of the system calls against two counters that count.
kernel_share_is_true() {
	local user kernel

	user=$(awk -F, '/cycles:u/ { print $1 }' "$results/syscalls.truth")
	kernel=$(awk -F, '/cycles:k/ { print $1 }' "$results/syscalls.truth")
	holds side.json '[lines | select(.process == "syscalls")]
		| sum(.samples) as $all
		| ([.[] | select(.context == "kernel")] | sum(.samples)) as $kernel
		| ($true_kernel / ($true_kernel + $true_user)) as $truth
		| ($kernel / $all - $truth | fabs) < 0.015' \
		--argjson true_user "$user" --argjson true_kernel "$kernel"
}

# Processes of less than 10 ms: seen as often as they ran, and named.
storm_is_named() {
	local longest

	longest=$(awk '/^longest/ { print $2 }' "$results/storm.truth")
	if [ "$longest" -gt 10000000 ]; then
		echo "one of them lived for $longest ns"
		return 1
	fi
	# 500 processes of 400,000 instructions, a sample every 100,000
	holds side.json '[lines | select(.process == "blink" and .context == "user")]
		| sum(.samples) as $all
		| ([.[] | select(.symbol == "blink_hot" and .image == "blink")]
			| sum(.samples)) as $named
		| $named >= $all * 0.99 and ($named / 2000 - 1 | fabs) < 0.1'
}

# The processes of the load alone: what starting and ending perf and vprof costs,
# the two see differently.
load='["shares", "shares-nopie", "shares-stripped", "shares-static", "shares32",
	"mangled-cxx", "mangled-rust", "syscalls", "storm", "blink"]'

# perf of Linux 6.12 shows parameters, and Rust's names as the compiler made them.
plain_names() {
	sed -E 's/\([^()]*\)$//' | c++filt -p | sed -E 's/\[[0-9a-f]{16}\]//g'
}

agrees_with_perf() {
	query side.json 'lines | select(.process as $p | $load | index($p))
		| "\(.samples) \(.process) \(.symbol)"' --argjson load "$load" \
		>"$dir/vprof.counts"
	awk -F'|' -v load=" $(jq -r 'join(" ")' <<<"$load") " '
		/^ *[0-9.]+%/ {
			gsub(/^ +| +$/, "", $3)
			sub(/^\[.\] /, "", $5)
			sub(/ +$/, "", $5)
			if (index(load, " " $3 " "))
				print $2 + 0, $3, $5
		}' "$results/side.perf" | plain_names >"$dir/perf.counts"
	awk -f "$here/agree.awk" "$dir/vprof.counts" "$dir/perf.counts"
}

cycles_are_compute() {
	holds two.json '[lines_of("CPU_CLK_UNHALTED") | select(.image == "shapes" and .context == "user")]
		| sum(.samples) as $all
		| ([.[] | select(.symbol == "compute")] | sum(.samples)) as $compute
		| ([.[] | select(.symbol == "stride_pages")] | sum(.samples)) as $stride
		| $all > 1000 and $compute > $all * 0.9 and $stride < $all * 0.1'
}

# 100 rounds of 65,536 pages, each a miss.
misses_are_strides() {
	holds two.json '[lines_of("L1_DTLB_AND_L2_DTLB_MISS:ALL") | select(.image == "shapes" and .context == "user")]
		| sum(.samples) as $all
		| ([.[] | select(.symbol == "stride_pages")] | sum(.weight)) as $misses
		| $all > 1000 and ($misses / 6553600 - 1 | fabs) < 0.05
		  and ([.[] | select(.symbol == "stride_pages")] | sum(.samples)) > $all * 0.95'
}

judge_exact() {
	local form

	check "a load of many kinds is recorded beside perf" went_well beside_perf
	check "by the module, on the PMU" holds side.json \
		'.sessions[0] | .capture == "kmod" and .pmu != ""'
	check "every overflow is accounted for" holds side.json "$exact"
	check "20,000 samples and more" holds side.json '.events[0].samples >= 20000'
	check "shares of instructions are true to 1.5 points" shares_are side.json shares
	for form in shares-nopie shares-stripped shares-static shares32; do
		check "shares are true in $form" shares_are side.json "$form"
		check "functions are named in $form" is_named side.json "$form" '^share_[0-9]+$'
	done
	check "C++ names are demangled" is_named side.json mangled-cxx '^farm::Barn<int>::milk'
	if [ -e build/workloads/mangled-rust ]; then
		check "Rust names are demangled" is_named side.json mangled-rust '^mangled::farm::plough'
	fi
	check "the kernel's share of system calls is true to 1.5 points" kernel_share_is_true
	check "processes that end within 10 ms are named" storm_is_named
	check "the top 20 functions agree with perf's within 3 standard errors" agrees_with_perf
	check "two events are recorded at once" went_well two_events
	check "each event's overflows are accounted for" holds two.json "$exact"
	check "cycles show the shape of cycles" cycles_are_compute
	check "DTLB misses show the shape of DTLB misses" misses_are_strides
	check "without the module, perf_event_open samples" went_well without_the_module
	check "and the report says which capture it was, and why" holds without.json \
		'.sessions[0] | .capture == "perf_event" and .why != "" and .pmu != ""'
	check "and its overflows are accounted for" holds without.json "$exact"
	check "and its shares are true to 1.5 points" shares_are without.json shares without
}

# ---- several processors, rough --------------------------------------------------

stalled_report_says_so() {
	local lost

	holds stalled.json "$exact" || return
	holds stalled.json '[.events[].losses["buffer full"] > 0] | all and length == 2' || return
	lost=$(query stalled.json '.events[0].lost')
	head -n 5 "$results/stalled.text" | tr -d , | grep -q "$lost lost" ||
		{ head -n 5 "$results/stalled.text"; return 1; }
}

# What 50 killed recorders left.
killed_ones_left_nothing_behind() {
	[ "$(cat "$results/killed.times")" = "${KILLS:-50}" ] || return
	[ ! -e "$results/killed.bad" ] || { cat "$results/killed.bad"; return 1; }
}

killed_stores_can_be_read() {
	local store report status full=0

	for store in "$results"/killed.*.store; do
		[ -s "$store" ] || continue
		report=$(basename "$store" .store).json
		status=0
		build/vprof-report -i "$store" --json --percent-limit 0 \
			>"$results/$report" 2>"$results/$report.err" || status=$?
		# 1 and a sentence: killed before there was anything to keep
		if [ "$status" -eq 1 ] && [ -s "$results/$report.err" ]; then
			continue
		elif [ "$status" -ne 0 ]; then
			echo "$store: vprof-report ended with $status"
			return 1
		fi
		[ "$(query "$report" '[lines] | length')" -gt 0 ] || continue
		holds "$report" "$exact" || return
		full=$((full + 1))
	done
	echo "$full of them hold a profile"
	[ "$full" -ge $((${KILLS:-50} / 10)) ]
}

perf_was_not_disturbed() {
	[ "$(awk '/ SAMPLE events:/ { print $3; exit }' "$results/beside.perf")" -gt 1000 ]
}

judge_rough() {
	check "tiny buffers, a reader that stops: exact for each event on each CPU" went_well stalled_reader
	sed -n 's/^event /# &/p' "$results/stalled_reader.log"
	check "tiny buffers, a recorder that stops" went_well stalled_recorder
	check "the report's head says what was lost" stalled_report_says_so
	check "two sessions and perf at once" went_well two_sessions
	check "the first session's accounts are exact" holds one.json "($exact) and .events[0].samples > 1000"
	check "the second session's accounts are exact" holds other.json "($exact) and .events[0].samples > 1000"
	check "perf beside them samples too" perf_was_not_disturbed
	check "recorders killed at random moments" went_well killed
	check "after each kill the module is free and no counter runs" killed_ones_left_nothing_behind
	check "what they stored can be read, and its accounts are exact" killed_stores_can_be_read
	check "the module unloads at the end" grep -qx 0 "$results/unload.status"
}

# ---- no PMU ---------------------------------------------------------------------

judge_no_pmu() {
	check "without a PMU the software clock samples" went_well by_the_clock
	check "and the report says so" holds clock.json \
		'.sessions[0].pmu == "" and .events[0].event == "cpu-clock"'
	check "its overflows are accounted for" holds clock.json "$exact"
	check "its shares are true to 1.5 points" shares_are clock.json shares clock
}
