// SPDX-License-Identifier: GPL-2.0-only
/* Names that strangers chose, made harmless for where they are printed. */
#include "escape.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	REPLACEMENT = 0xfffd,
	LONGEST_ESCAPE = 10, /* \u{10ffff} */
};

/* The shapes of UTF-8: lead bits, and the smallest value that needs that length. */
static const struct {
	unsigned char mask;
	unsigned char lead;
	int nr_more;
	int smallest;
} shapes[] = {
	{ 0x80, 0x00, 0, 0 },
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static int decode_as(const unsigned char *bytes, size_t shape)
{
	int value = bytes[0] & ~shapes[shape].mask;

	for (int i = 1; i <= shapes[shape].nr_more; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return -1;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	if (value < shapes[shape].smallest || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return -1;
	return value;
}

int escape_decode(const char **text)
{
	const unsigned char *bytes = (const unsigned char *)*text;
	int value;

	if (!*bytes)
		return 0;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if ((bytes[0] & shapes[i].mask) != shapes[i].lead)
			continue;
		value = decode_as(bytes, i);
		*text += value < 0 ? 1 : 1 + shapes[i].nr_more;
		return value;
	}
	(*text)++;
	return -1;
}

static const struct {
	int first;
	int last;
} unprintable[] = {
	{ 0x00, 0x1f },     { 0x7f, 0x9f },
	{ 0x061c, 0x061c }, /* directions of writing: CVE-2021-42574 */
	{ 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0xfeff, 0xfeff },
};

static bool is_printable(int character)
{
	for (size_t i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]);
	     i++)
		if (character >= unprintable[i].first &&
		    character <= unprintable[i].last)
			return false;
	return true;
}

char *escape_for_terminal(const char *text)
{
	const char *at = text;
	char *escaped, *out;
	int character;

	escaped = out = malloc(LONGEST_ESCAPE * strlen(text) + 1);
	if (!escaped)
		return NULL;
	while (*at) {
		const char *start = at;

		character = escape_decode(&at);
		if (character < 0)
			out += sprintf(out, "\\x%02x", (unsigned char)*start);
		else if (is_printable(character))
			out = mempcpy(out, start, (size_t)(at - start));
		else if (character < 0x100)
			out += sprintf(out, "\\x%02x", (unsigned int)character);
		else
			out += sprintf(out, "\\u%04x", (unsigned int)character);
	}
	*out = '\0';
	return escaped;
}

void escape_csv(FILE *out, const char *text)
{
	char *escaped = escape_for_terminal(text);
	bool is_formula = *text && strchr("=+-@", *text);

	if (!escaped)
		return;
	if (!is_formula && !strpbrk(escaped, ",\"' ")) {
		fputs(escaped, out);
		free(escaped);
		return;
	}
	fputs(is_formula ? "\"'" : "\"", out);
	for (const char *c = escaped; *c; c++) {
		if (*c == '"')
			fputc('"', out);
		fputc(*c, out);
	}
	fputc('"', out);
	free(escaped);
}

void escape_json(FILE *out, const char *text)
{
	int character;

	fputc('"', out);
	while (*text) {
		const char *start = text;

		character = escape_decode(&text);
		if (character < 0)
			fprintf(out, "\\u%04x", REPLACEMENT);
		else if (character == '"' || character == '\\')
			fprintf(out, "\\%c", character);
		else if (is_printable(character))
			fwrite(start, 1, (size_t)(text - start), out);
		else
			fprintf(out, "\\u%04x", (unsigned int)character);
	}
	fputc('"', out);
}
