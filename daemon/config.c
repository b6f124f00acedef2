// SPDX-License-Identifier: GPL-2.0-only
/* Reads vprof.conf: lines of KEY = VALUE, by libinih. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_key.h"

enum { MAX_KEYS = 32 };

/*
 * A file being read. @line is the number of the line last given to libinih,
 * which calls back for it before it asks for the next one.
 */
struct reading {
	const char *path;
	const char *next;
	const char *end;
	unsigned int line;
	unsigned int given_on[MAX_KEYS]; /* line of each key; 0: not yet */
	struct vprof_config *config;
	unsigned int wrong_line;
	struct vprof_error err; /* of @wrong_line, the first */
};

static void fail(struct reading *reading, unsigned int line,
		 const char *sentence)
{
	if (reading->wrong_line && reading->wrong_line <= line)
		return;
	reading->wrong_line = line;
	vprof_error_set(&reading->err, -EINVAL, "%s:%u: %s", reading->path,
			line, sentence);
}

static void fail_on_this_line(struct reading *reading, const char *sentence)
{
	fail(reading, reading->line, sentence);
}

/*
 * Copies a line without what stands before its first word: to libinih, an
 * indented line continues the value above it.
 */
static void copy_line(char *to, const char *line, size_t length)
{
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	memcpy(to, line, length);
	to[length] = '\n';
	to[length + 1] = '\0';
}

/* libinih's fgets(); a line that is too long would come out as two. */
static char *next_line(char *line, int size, void *stream)
{
	struct reading *reading = stream;
	size_t left = (size_t)(reading->end - reading->next), length;
	const char *newline;

	if (left == 0 || reading->wrong_line)
		return NULL;
	reading->line++;
	newline = memchr(reading->next, '\n', left);
	length = newline ? (size_t)(newline - reading->next) : left;
	if (length + 2 > (size_t)size)
		fail_on_this_line(reading, "the line is too long");
	else if (memchr(reading->next, 0, length))
		fail_on_this_line(reading, "not text: there is a zero byte");
	if (reading->wrong_line)
		return NULL;
	copy_line(line, reading->next, length);
	if (line[0] == '[') {
		fail_on_this_line(reading, "vprof.conf has no [sections]");
		return NULL;
	}
	reading->next += length + (newline != NULL);
	return line;
}

static int set_key(struct reading *reading, int number, const char *value)
{
	const struct vprof_config_key *key =
		vprof_config_key_at((size_t)number);
	struct vprof_config *config = reading->config;
	struct vprof_error err;
	char sentence[96];

	if (reading->given_on[number] && !key->may_repeat) {
		snprintf(sentence, sizeof(sentence),
			 "%s was given on line %u already", key->name,
			 reading->given_on[number]);
		fail_on_this_line(reading, sentence);
		return 0;
	}
	config->line = reading->line;
	if (vprof_config_key_set(key, config, value, &err) < 0) {
		fail_on_this_line(reading, err.text);
		return 0;
	}
	reading->given_on[number] = reading->line;
	return 1;
}

/* libinih's callback. Return: 0 on an error, as it wants it. */
static int take_line(void *data, const char *section, const char *name,
		     const char *value)
{
	struct reading *reading = data;
	struct vprof_error err;
	int number;

	(void)section; /* there are none, see next_line() */
	number = vprof_config_key_find(name, &err);
	if (number < 0) {
		fail_on_this_line(reading, err.text);
		return 0;
	}
	return set_key(reading, number, value ? value : "");
}

/* Every key that has a fallback gets it, by the same way as from a file. */
static int set_fallbacks(struct vprof_config *config, struct vprof_error *err)
{
	const struct vprof_config_key *key;
	size_t i;
	int r;

	memset(config, 0, sizeof(*config));
	for (i = 0; (key = vprof_config_key_at(i)); i++) {
		r = key->fallback ? vprof_config_key_set(key, config,
							 key->fallback, err)
				  : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

/* What no single line can get wrong. */
static void check_together(struct reading *reading)
{
	unsigned int frequency, period;
	char sentence[128];

	frequency = reading->given_on[vprof_config_key_find("frequency", NULL)];
	period = reading->given_on[vprof_config_key_find("period", NULL)];
	reading->config->period_line = period;
	if (!frequency || !period)
		return;
	snprintf(sentence, sizeof(sentence),
		 "period and frequency (line %u) exclude each other: give one",
		 frequency);
	fail(reading, period, sentence);
}

int vprof_config_parse(const char *path, const char *text, size_t size,
		       struct vprof_config *ret_config, struct vprof_error *err)
{
	struct reading reading = { .path = path,
				   .next = text,
				   .end = text + size };
	struct vprof_config *config = malloc(sizeof(*config));
	int r;

	if (!config)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	r = set_fallbacks(config, err);
	if (r < 0)
		goto free_config;
	snprintf(config->path, sizeof(config->path), "%s", path);
	reading.config = config;
	r = ini_parse_stream(next_line, &reading, take_line, &reading);
	if (r > 0)
		fail(&reading, (unsigned int)r,
		     "neither KEY = VALUE nor a comment (#)");
	else if (r < 0)
		fail_on_this_line(&reading, "out of memory");
	check_together(&reading);
	r = reading.err.code;
	if (r < 0)
		vprof_error_set(err, r, "%s", reading.err.text);
	else
		*ret_config = *config;
free_config:
	free(config);
	return r;
}

/* Return: bytes read into @text, or a negative errno; -EFBIG: more than fit. */
static ssize_t read_all(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n = 0, r;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EISDIR;
	}
	do {
		r = read(fd, text + n, size - (size_t)n);
		n += r > 0 ? r : 0;
	} while (r > 0 && (size_t)n < size);
	r = r < 0 ? -errno : (size_t)n == size ? -EFBIG : n;
	close(fd);
	return r;
}

static int explain_load(int code, const char *path, struct vprof_error *err)
{
	switch (code) {
	case -EFBIG:
		return vprof_error_set(
			err, code,
			"%s is larger than %d bytes: not a vprof.conf", path,
			VPROF_CONFIG_MAX_BYTES);
	case -EISDIR:
		return vprof_error_set(err, code, "%s is not a file", path);
	default:
		return vprof_error_set(err, code, "cannot read %s: %s", path,
				       strerror(-code));
	}
}

int vprof_config_load(const char *path, struct vprof_config *ret_config,
		      struct vprof_error *err)
{
	const char *name = path ? path : VPROF_CONFIG_PATH;
	char *text = malloc(VPROF_CONFIG_MAX_BYTES + 1);
	ssize_t n;
	int r;

	if (!text)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	n = read_all(name, text, VPROF_CONFIG_MAX_BYTES + 1);
	if (n == -ENOENT && !path)
		r = vprof_config_parse("", "", 0, ret_config, err);
	else if (n < 0)
		r = explain_load((int)n, name, err);
	else
		r = vprof_config_parse(name, text, (size_t)n, ret_config, err);
	free(text);
	return r;
}
