# SPDX-License-Identifier: GPL-2.0-only
# Do two samplers of the same seconds agree?
#
#   awk -f agree.awk A B
#
# A and B: lines "SAMPLES NAME". Takes the 20 functions with most samples in
# both together, and for each the difference of its two shares in standard
# errors, which is printed. Each should be within 3. Of 20 that agree one is
# beyond that in one run of twenty, by chance alone: so one may be, up to 4.

{
	name = $0
	sub(/^[ \t]*[0-9]+[ \t]+/, "", name)
	file = FILENAME == ARGV[1] ? 1 : 2
	count[file, name] += $1
	total[file] += $1
	both[name] += $1
}

function share_error(name,    p) {
	p = both[name] / (total[1] + total[2])
	return sqrt(p * (1 - p) * (1 / total[1] + 1 / total[2]))
}

END {
	if (!total[1] || !total[2]) {
		print "no samples in " ARGV[total[1] ? 2 : 1]
		exit 1
	}
	for (rank = 1; rank <= 20; rank++) {
		best = ""
		for (name in both)
			if (best == "" || both[name] > both[best])
				best = name
		if (best == "")
			break
		a = count[1, best] / total[1]
		b = count[2, best] / total[2]
		errors = (a - b) / share_error(best)
		printf "%2d %6.2f%% %6.2f%% %+5.2f %s\n", rank, a * 100, b * 100, errors, best
		if (errors > 3 || errors < -3)
			apart++
		if (errors > 4 || errors < -4)
			apart += 2
		delete both[best]
	}
	exit apart > 1
}
