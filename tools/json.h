/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes JSON as it goes: nothing is kept. */
#ifndef VPROF_TOOLS_JSON_H
#define VPROF_TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** struct json - a document being written; { .out = FILE } begins one */
struct json {
	FILE *out;
	unsigned int depth;
	bool has_item; /* at this depth: a comma goes before the next */
};

/* @key: NULL inside an array, and for the document itself. */
void json_begin_object(struct json *json, const char *key);
void json_end_object(struct json *json);
void json_begin_array(struct json *json, const char *key);
void json_end_array(struct json *json);

/** json_text - a string; null for NULL */
void json_text(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, uint64_t number);
void json_real(struct json *json, const char *key, double number);
/** json_literal - a number that is written already, or null */
void json_literal(struct json *json, const char *key, const char *literal);
void json_bool(struct json *json, const char *key, bool value);

#endif
