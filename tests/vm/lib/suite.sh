# SPDX-License-Identifier: GPL-2.0-only
# Counting what a command in a machine says about its tests: lines "ok NAME",
# "not ok NAME" and "ok NAME # SKIP REASON" on its standard output.
# shellcheck shell=bash

# suite_machine: run_machine, then one line "N passed, N failed, N skipped".
# The machine's own troubles, and a command that says nothing, are failures.
suite_machine()
{
	local output status passed failed skipped

	_run_directory
	output=$RUN_DIR/output
	set +e
	(set -e; run_machine) | tee "$output"
	status=${PIPESTATUS[0]}
	set -e
	skipped=$(grep -ciE '^ok .*# skip' "$output" || true)
	passed=$(($(grep -c '^ok ' "$output" || true) - skipped))
	failed=$(grep -c '^not ok ' "$output" || true)
	if [ $((passed + failed + skipped)) -eq 0 ]; then
		echo "not ok the suite says nothing"
		failed=1
	elif [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
		echo "not ok the suite ended with status $status"
		failed=1
	fi
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}
