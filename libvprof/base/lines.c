// SPDX-License-Identifier: LGPL-2.1-or-later
/* A descriptor read line by line, within bounds. */
#include "base/lines.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 8192, BUFFER_BYTES = 65536 };

struct reader {
	int (*fn)(void *data, char *line);
	void *data;
	bool is_skipping; /* the rest of a line that is too long */
	size_t fill;
	char *buffer;
};

/* Hands out the whole lines; what is left of the last moves to the front. */
static int hand_out(struct reader *reader, bool is_end)
{
	char *line = reader->buffer;
	char *end = reader->buffer + reader->fill;
	int ret = 0;

	while (!ret && line < end) {
		char *newline = memchr(line, '\n', end - line);

		if (!newline && !is_end)
			break;
		if (!newline)
			newline = end;
		*newline = '\0';
		if (!reader->is_skipping && newline - line < LINE_MAX_BYTES)
			ret = reader->fn(reader->data, line);
		reader->is_skipping = false;
		line = newline < end ? newline + 1 : end;
	}
	reader->fill = end - line;
	if (reader->fill >= LINE_MAX_BYTES) {
		reader->is_skipping = true;
		reader->fill = 0;
	}
	memmove(reader->buffer, line, reader->fill);
	return ret;
}

static ssize_t read_some(int fd, char *at, size_t size)
{
	ssize_t got;

	do {
		got = read(fd, at, size);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

int vprof_lines_read(int fd, size_t max_bytes,
		     int (*fn)(void *data, char *line), void *data)
{
	struct reader reader = { .fn = fn, .data = data };
	size_t left = max_bytes ? max_bytes : SIZE_MAX;
	int ret = 0;

	reader.buffer = malloc(BUFFER_BYTES + 1);
	if (!reader.buffer)
		return -ENOMEM;
	while (!ret) {
		size_t room = BUFFER_BYTES - reader.fill;
		ssize_t got = read_some(fd, reader.buffer + reader.fill,
					room < left ? room : left);

		if (got < 0)
			ret = got;
		if (got <= 0)
			break;
		reader.fill += got;
		left -= got;
		ret = hand_out(&reader, false);
	}
	if (!ret)
		ret = hand_out(&reader, true);
	free(reader.buffer);
	return ret;
}
