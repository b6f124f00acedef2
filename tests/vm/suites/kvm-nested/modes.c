// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many samples of a perf.data were taken in guests, and in the host: perf
 * 6.1's own dump of it can die of an mmap record.
 */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>

/* tools/perf/Documentation/perf.data-file-format.txt */
struct file_header {
	char magic[8];
	uint64_t size, attr_size;
	uint64_t attrs_offset, attrs_size;
	uint64_t data_offset, data_size;
};

int main(int argc, char **argv)
{
	unsigned long guest = 0, host = 0;
	struct perf_event_header record;
	struct file_header header;
	uint64_t at, end;
	unsigned int mode;
	FILE *file;

	file = argc == 2 ? fopen(argv[1], "r") : NULL;
	if (!file || fread(&header, sizeof(header), 1, file) != 1)
		return 1;
	end = header.data_offset + header.data_size;
	for (at = header.data_offset; at < end; at += record.size) {
		if (fseek(file, (long)at, SEEK_SET) ||
		    fread(&record, sizeof(record), 1, file) != 1 ||
		    record.size < sizeof(record))
			return 1;
		mode = record.misc & PERF_RECORD_MISC_CPUMODE_MASK;
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		if (mode == PERF_RECORD_MISC_GUEST_KERNEL ||
		    mode == PERF_RECORD_MISC_GUEST_USER)
			guest++;
		else
			host++;
	}
	printf("%lu %lu\n", guest, host);
	fclose(file);
	return 0;
}
