# SPDX-License-Identifier: GPL-2.0-only
# What the log of a kernel, and of the Xen below it, must not have in it.
# shellcheck shell=bash

_SCAN_BAD='WARNING:|BUG:|kernel BUG at|Oops|general protection fault[:,]|Kernel panic
|KASAN:|KCSAN:|KMSAN:|UBSAN:|KFENCE:
|INFO: possible |INFO: task .* blocked|INFO: trying to register non-static key
|INFO: rcu|rcu: INFO|self-detected stall|detected stalls|suspicious RCU
|DEBUG_LOCKS_WARN|held lock freed|lock held when returning|bad unlock balance
|sleeping function called|scheduling while atomic|soft lockup|hard LOCKUP
|list_add corruption|list_del corruption|refcount_t:|stack-protector
|ODEBUG:|Object .*overwritten|Poison overwritten|Redzone
|kmemleak: unreferenced object|kmemleak: .*disabled|Memory leak
|Uhhuh\. NMI received|Dazed and confused|unable to handle|Unable to handle
|Call Trace:|------------\[ cut here \]|Out of memory|Bad page
|Xen (WARN|BUG|call trace)|Assertion .* failed|xenoprof.*ERROR|count_info'

# scan_log FILE [ALLOWED]...: print the bad lines; fails if there are any.
# An ALLOWED regular expression (empty ones do not count) takes lines away.
scan_log()
{
	local file=$1 allowed bad found

	shift
	bad=$(tr -d '\n' <<<"$_SCAN_BAD")
	found=$(grep -a -n -E "$bad" "$file" || true)
	for allowed; do
		[ -n "$allowed" ] || continue
		found=$(grep -a -v -E "$allowed" <<<"$found" || true)
	done
	[ -z "$found" ] && return
	head -n 40 <<<"$found" | sed 's/^/vm: log line /' >&2
	return 1
}
