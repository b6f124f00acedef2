// SPDX-License-Identifier: GPL-2.0-only
/* Writes results.json. */
#include "study/results.h"

#include "json.h"
#include "study/results_format.h"
#include "study/shape.h"
#include "study/whole_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static void write_members(struct json *json, const struct shape *shape,
			  const void *value);

static void write_object(struct json *json, const char *key,
			 const struct shape *shape, const void *value)
{
	json_begin_object(json, key);
	write_members(json, shape, value);
	json_end_object(json);
}

static void write_part(struct json *json, const struct shape_field *field,
		       const void *member)
{
	if (field->name)
		write_object(json, field->name, field->shape, member);
	else
		write_members(json, field->shape, member);
}

static void write_list(struct json *json, const struct shape_field *field,
		       const void *value)
{
	char *const *list = shape_member(value, field->offset);
	const size_t *nr = shape_member(value, field->nr_offset);

	json_begin_array(json, field->name);
	for (size_t i = 0; i < *nr; i++)
		write_object(json, NULL, field->shape,
			     *list + i * field->shape->size);
	json_end_array(json);
}

static void write_real(struct json *json, const char *key, double number)
{
	if (isfinite(number))
		json_real(json, key, number);
	else
		json_literal(json, key, "null");
}

static void write_integer(struct json *json, const char *key, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIi64, number);
	json_literal(json, key, text);
}

static void write_field(struct json *json, const struct shape_field *field,
			const void *value)
{
	const void *member = shape_member(value, field->offset);
	const void *pointer;

	switch (field->kind) {
	case SHAPE_TEXT:
		json_text(json, field->name, *(const char *const *)member);
		break;
	case SHAPE_NUMBER:
		json_number(json, field->name, *(const uint64_t *)member);
		break;
	case SHAPE_INTEGER:
		write_integer(json, field->name, *(const int64_t *)member);
		break;
	case SHAPE_REAL:
	case SHAPE_AMOUNT:
	case SHAPE_SHARE:
		write_real(json, field->name, *(const double *)member);
		break;
	case SHAPE_SWITCH:
		json_bool(json, field->name, *(const bool *)member);
		break;
	case SHAPE_STATE:
		json_text(json, field->name,
			  study_state_name(*(const enum study_state *)member));
		break;
	case SHAPE_PART:
		write_part(json, field, member);
		break;
	case SHAPE_POINTER:
		pointer = *(const void *const *)member;
		if (pointer)
			write_object(json, field->name, field->shape, pointer);
		break;
	case SHAPE_LIST:
		write_list(json, field, value);
		break;
	}
}

static void write_members(struct json *json, const struct shape *shape,
			  const void *value)
{
	for (size_t i = 0; i < shape->nr_fields; i++)
		write_field(json, &shape->fields[i], value);
}

static int print(const void *results, FILE *out)
{
	struct json json = { .out = out };

	json_begin_object(&json, NULL);
	json_number(&json, RESULTS_FORMAT_KEY, RESULTS_FORMAT);
	write_members(&json, &shape_results, results);
	json_end_object(&json);
	return 0;
}

int study_results_write(const struct study_results *results, const char *path,
			struct vprof_error *err)
{
	return whole_file_write(path, print, results, err);
}
