// SPDX-License-Identifier: GPL-2.0-only
/* Writes JSON as it goes: nothing is kept. */
#include "json.h"

#include "escape.h"

#include <inttypes.h>

static void begin_item(struct json *json, const char *key)
{
	if (json->has_item)
		fputc(',', json->out);
	if (json->depth)
		fprintf(json->out, "\n%*s", (int)json->depth, "");
	json->has_item = true;
	if (!key)
		return;
	escape_json(json->out, key);
	fputs(": ", json->out);
}

static void begin(struct json *json, const char *key, char bracket)
{
	begin_item(json, key);
	fputc(bracket, json->out);
	json->depth++;
	json->has_item = false;
}

static void end(struct json *json, char bracket)
{
	json->depth--;
	if (json->has_item)
		fprintf(json->out, "\n%*s", (int)json->depth, "");
	fputc(bracket, json->out);
	json->has_item = true;
	if (!json->depth)
		fputc('\n', json->out);
}

void json_begin_object(struct json *json, const char *key)
{
	begin(json, key, '{');
}

void json_end_object(struct json *json)
{
	end(json, '}');
}

void json_begin_array(struct json *json, const char *key)
{
	begin(json, key, '[');
}

void json_end_array(struct json *json)
{
	end(json, ']');
}

void json_text(struct json *json, const char *key, const char *text)
{
	begin_item(json, key);
	if (text)
		escape_json(json->out, text);
	else
		fputs("null", json->out);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
	begin_item(json, key);
	fprintf(json->out, "%" PRIu64, number);
}

void json_real(struct json *json, const char *key, double number)
{
	begin_item(json, key);
	fprintf(json->out, "%.6f", number);
}

void json_literal(struct json *json, const char *key, const char *literal)
{
	begin_item(json, key);
	fputs(literal, json->out);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin_item(json, key);
	fputs(value ? "true" : "false", json->out);
}
