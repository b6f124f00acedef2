# SPDX-License-Identifier: GPL-2.0-only
# A list of names so that two can be compared. BPF programs and ftrace's
# trampolines are no module's: they come and go. The case of the type of a
# module's symbol says whether it is exported, which is not kept.
$4 !~ /^\[(bpf|__builtin__)/ {
	print $1, $4 == "" ? $2 : tolower($2), $3, $4
}
