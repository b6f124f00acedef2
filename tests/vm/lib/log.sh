# SPDX-License-Identifier: GPL-2.0-only
# Messages: everything for people goes to stderr, stdout belongs to the guest.
# shellcheck shell=bash

_log_start=$SECONDS

# say MESSAGE...: one progress line, with the time since the start.
say()
{
	printf 'vm %02d:%02d  %s\n' $(((SECONDS - _log_start) / 60)) \
		$(((SECONDS - _log_start) % 60)) "$*" >&2
}

# die MESSAGE...: give up on something that is wrong with this machine or call.
die()
{
	printf 'vm: %s\n' "$*" >&2
	exit 1
}

# run_logged LOGFILE COMMAND...: run quietly; show the log's end if it fails.
run_logged()
{
	local log=$1 status=0

	shift
	"$@" >>"$log" 2>&1 </dev/null || status=$?
	[ "$status" -eq 0 ] && return
	printf 'vm: failed (%s): %s\n' "$status" "$*" >&2
	tail -n 30 "$log" >&2
	printf 'vm: the whole log: %s\n' "$log" >&2
	return "$status"
}
