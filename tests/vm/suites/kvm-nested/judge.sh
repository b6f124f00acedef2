# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # results, passed, failed: run's
# What is to hold of two guests with Debian's kernel. Sourced by run, after what
# the suite "domains" has for this.

# near_time LINE SAMPLES: the share of jq's SAMPLES is within 2 points of the time
# that the scheduler has in times.txt
near_time()
{
	local time

	time=$(sed -n "$1p" "$results/times.txt")
	printf 'share of the time: %s\n' "$time"
	holds nested.json "(($2) / .events[0].samples - $time)
		| . > -0.02 and . < 0.02"
}

# same_sum VM WAY: what the kernel itself lists is what was found in its memory
same_sum()
{
	cat "$results/names-$2-$1.txt"
	grep -E "^$1 [0-9a-f]{32}\$" "$results/sums.txt" >"$dir/expected"
	grep -E "^$1 " "$results/found-$2.txt" >"$dir/found"
	diff "$dir/expected" "$dir/found"
}

# Within 3 standard errors.
agrees_with_perf()
{
	local theirs ours

	cat "$results/perf.log"
	theirs=$("$dir/modes" "$results/perf.data") || return 1
	ours=$(jq -r '.events[0] | .samples as $all | [.domains[]
		| select(.kind == "kvm") | (.kernel + .driver + .user) * $all]
		| add | [., $all - .] | @tsv' "$results/nested.json")
	awk '{
		nr = $1 + $2
		all = $3 + $4
		if (all < 1000 || nr < 1000) {
			print "perf has " all " samples, we " nr
			exit 1
		}
		p = $1 / nr
		q = $3 / all
		error = sqrt(p * (1 - p) / nr + q * (1 - q) / all)
		printf "in guests: %.2f %%, by perf %.2f %%, error %.2f\n",
			100 * p, 100 * q, 100 * error
		exit (p - q) ^ 2 > 9 * error ^ 2
	}' <<<"$ours $theirs"
}

# Each is a test of its own in raw.txt.
judge_raw()
{
	cat "$results/raw.txt"
	passed=$((passed + $(grep -c '^ok ' "$results/raw.txt" || true)))
	failed=$((failed + $(grep -c '^not ok ' "$results/raw.txt" || true)))
}

judge_nested()
{
	show domains.txt report.txt
	check "the guests come up" test -s "$results/times.txt"
	check "the records: all checks ran" grep -q 'the host.s accounts agree' \
		"$results/raw.txt"
	judge_raw
	check "vprof-list shows the guests by name" \
		grep -Eq '^b +kvm .*qemu-system-x86' "$results/domains.txt"
	check "every overflow is accounted for" holds nested.json "$exact"
	check "a: its share is its vCPU's CPU time" \
		near_time 1 'domain("a").samples'
	check "b: its share is its vCPU's CPU time" \
		near_time 2 'domain("b").samples'
	check "the host's load: its share is its CPU time" near_time 3 \
		'lines("host") | map(select(.image == "load")) | sum(.samples)'
	check "a runs user code" holds nested.json \
		'domain("a") | .user > 0.95 * .share'
	check "b runs its kernel" holds nested.json \
		'domain("b") | .kernel > 0.95 * .share'
	check "b's functions have names that nobody gave" holds nested.json \
		'(domain("b").names_from | startswith("guest memory"))
		and (lines("b") | map(select(.context == "kernel"))
			| (named | sum(.samples)) > 0.99 * sum(.samples))'
	check "b is where its load is" holds nested.json \
		'lines("b") | map(select(.context == "kernel"))
		| (map(select(.symbol | test("^chacha_|random|^copy_|_copy_")))
			| sum(.samples)) > 0.95 * sum(.samples)
		and any(.symbol == "chacha_permute" or .symbol == "chacha_block_generic")'
	check "a: every name, in the memory of its QEMU" same_sum a pid
	check "b: every name, in the memory of its QEMU" same_sum b pid
	check "a: every name, in the memory that KVM tells of" same_sum a kvm
	check "b: every name, in the memory that KVM tells of" same_sum b kvm
	check "the kernels lie at different addresses" differ
	check "a process without a guest is refused" \
		grep 'no memory that looks like' "$results/process.txt"
	check "a guest that has gone is refused" \
		grep 'is gone' "$results/gone.txt"
	check "perf kvm has the same split into host and guests" agrees_with_perf
	check "the module unloads at the end" grep -qx 0 "$results/unload.status"
}

# Their lists have addresses in them.
differ()
{
	[ "$(sed -n 's/^a //p' "$results/sums.txt")" != \
		"$(sed -n 's/^b //p' "$results/sums.txt")" ]
}
