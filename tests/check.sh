# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced by a test script: its checks, a line each, and the line it ends with.

# shellcheck disable=SC2034 # skipped: the script's, too
passed=0 failed=0 skipped=0
check_said=$(mktemp)

# What else helps to see why a check failed; a script may have its own.
show_more() {
	:
}

# check NAME COMMAND...: it has to succeed; if not, what it was and said
check() {
	local name=$1

	shift
	if "$@" >"$check_said" 2>&1; then
		echo "ok - $name"
		passed=$((passed + 1))
	else
		echo "not ok - $name"
		{
			printf '%s\n' "$*"
			head -n 40 "$check_said"
			show_more
		} | sed 's/^/#   /'
		failed=$((failed + 1))
	fi
}

skip_check() { # NAME WHY
	echo "ok - $1 # SKIP $2"
	skipped=$((skipped + 1))
}

# skip_all WHY: this script has nothing to do here
skip_all() {
	rm -f "$check_said"
	echo "# SKIP $*"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

# The last line; fails if a check did.
end_checks() {
	rm -f "$check_said"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}
