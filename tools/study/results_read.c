// SPDX-License-Identifier: GPL-2.0-only
/* Reads results.json, which anybody may have written. */
#include "study/results.h"

#include "study/results_format.h"
#include "study/shape.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MAX_BYTES = 64 << 20,
	MAX_ITEMS = 100000,
	PLACE_MAX = 160,
};

/**
 * struct reading - a file that is read
 * @place: where in it: "receive.sweep[3].scale"
 */
struct reading {
	const char *path;
	struct vprof_error *err;
	char place[PLACE_MAX];
};

static int read_members(struct reading *reading, const struct shape *shape,
			json_t *object, void *value);

/* @expected: "a number", ... */
static int refuse(struct reading *reading, const char *expected)
{
	return vprof_error_set(reading->err, -EBADMSG,
			       "%s: %s: expected %s. Is it a file of "
			       "vprof-study's? Without it the study begins "
			       "anew",
			       reading->path,
			       *reading->place ? reading->place : "the file",
			       expected);
}

/* Return: the place's length before, for leave(). */
static size_t enter(struct reading *reading, const char *name)
{
	size_t length = strlen(reading->place);

	snprintf(reading->place + length, sizeof(reading->place) - length,
		 "%s%s", length ? "." : "", name);
	return length;
}

static size_t enter_item(struct reading *reading, size_t index)
{
	size_t length = strlen(reading->place);

	snprintf(reading->place + length, sizeof(reading->place) - length,
		 "[%zu]", index);
	return length;
}

static void leave(struct reading *reading, size_t length)
{
	reading->place[length] = '\0';
}

static int no_memory(const struct reading *reading)
{
	return vprof_error_set(reading->err, -ENOMEM, "%s: no memory",
			       reading->path);
}

/* ---- what is no list and no object --------------------------------------- */

static int read_text(struct reading *reading, json_t *json, char **ret_text)
{
	char *text;

	if (json_is_null(json))
		return 0;
	if (!json_is_string(json))
		return refuse(reading, "a text");
	text = strdup(json_string_value(json));
	if (!text)
		return no_memory(reading);
	*ret_text = text;
	return 0;
}

static int read_number(struct reading *reading, json_t *json,
		       uint64_t *ret_number)
{
	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return refuse(reading, "a number of 0 or more");
	*ret_number = (uint64_t)json_integer_value(json);
	return 0;
}

static int read_integer(struct reading *reading, json_t *json,
			int64_t *ret_number)
{
	if (!json_is_integer(json))
		return refuse(reading, "a whole number");
	*ret_number = json_integer_value(json);
	return 0;
}

static int read_real(struct reading *reading, json_t *json,
		     enum shape_kind kind, double *ret_real)
{
	double real;

	if (json_is_null(json))
		return 0;
	if (!json_is_number(json))
		return refuse(reading, "a number");
	real = json_number_value(json);
	if (kind != SHAPE_REAL && real < 0)
		return refuse(reading, "a number of 0 or more");
	if (kind == SHAPE_SHARE && real > 1)
		return refuse(reading, "a share, 0 to 1");
	*ret_real = real;
	return 0;
}

static int read_switch(struct reading *reading, json_t *json, bool *ret_value)
{
	if (!json_is_boolean(json))
		return refuse(reading, "true or false");
	*ret_value = json_is_true(json);
	return 0;
}

static int read_state(struct reading *reading, json_t *json,
		      enum study_state *ret_state)
{
	const char *name = json_string_value(json);

	for (int i = 0; name && i < STUDY_NR_STATES; i++)
		if (!strcmp(name, study_state_name((enum study_state)i))) {
			*ret_state = (enum study_state)i;
			return 0;
		}
	return refuse(reading, "\"done\", \"interrupted\", \"not possible\" or "
			       "\"failed\"");
}

/* ---- lists and objects ---------------------------------------------------- */

static int read_pointer(struct reading *reading,
			const struct shape_field *field, json_t *json,
			void **ret_pointer)
{
	void *value;
	int ret;

	if (json_is_null(json))
		return 0;
	value = calloc(1, field->shape->size);
	if (!value)
		return no_memory(reading);
	ret = read_members(reading, field->shape, json, value);
	if (!ret) {
		*ret_pointer = value;
		return 0;
	}
	shape_destroy(field->shape, value);
	free(value);
	return ret;
}

/* What was read of it is the struct's from the beginning, which frees it. */
static int read_list(struct reading *reading, const struct shape_field *field,
		     json_t *json, void *value)
{
	void **list = shape_member(value, field->offset);
	size_t *nr = shape_member(value, field->nr_offset);
	size_t size = field->shape->size, length;
	int ret = 0;

	if (!json_is_array(json))
		return refuse(reading, "a list");
	if (json_array_size(json) > MAX_ITEMS)
		return refuse(reading, "a shorter list");
	if (!json_array_size(json))
		return 0;
	*list = calloc(json_array_size(json), size);
	if (!*list)
		return no_memory(reading);
	for (size_t i = 0; !ret && i < json_array_size(json); i++) {
		length = enter_item(reading, i);
		*nr = i + 1;
		ret = read_members(reading, field->shape,
				   json_array_get(json, i),
				   shape_member(*list, i * size));
		leave(reading, length);
	}
	return ret;
}

static int read_present(struct reading *reading,
			const struct shape_field *field, json_t *json,
			void *value)
{
	void *member = shape_member(value, field->offset);

	switch (field->kind) {
	case SHAPE_TEXT:
		return read_text(reading, json, member);
	case SHAPE_NUMBER:
		return read_number(reading, json, member);
	case SHAPE_INTEGER:
		return read_integer(reading, json, member);
	case SHAPE_REAL:
	case SHAPE_AMOUNT:
	case SHAPE_SHARE:
		return read_real(reading, json, field->kind, member);
	case SHAPE_SWITCH:
		return read_switch(reading, json, member);
	case SHAPE_STATE:
		return read_state(reading, json, member);
	case SHAPE_PART:
		return read_members(reading, field->shape, json, member);
	case SHAPE_POINTER:
		return read_pointer(reading, field, json, member);
	case SHAPE_LIST:
		return read_list(reading, field, json, value);
	}
	return 0;
}

static int read_field(struct reading *reading, const struct shape_field *field,
		      json_t *object, void *value)
{
	size_t length;
	json_t *json;
	int ret;

	if (!field->name)
		return read_members(reading, field->shape, object,
				    shape_member(value, field->offset));
	json = json_object_get(object, field->name);
	if (!json)
		return 0;
	length = enter(reading, field->name);
	ret = read_present(reading, field, json, value);
	leave(reading, length);
	return ret;
}

static int read_members(struct reading *reading, const struct shape *shape,
			json_t *object, void *value)
{
	int ret = 0;

	shape_set_nothing(shape, value);
	if (!json_is_object(object))
		return refuse(reading, "an object");
	for (size_t i = 0; !ret && i < shape->nr_fields; i++)
		ret = read_field(reading, &shape->fields[i], object, value);
	return ret;
}

/* ---- the file ------------------------------------------------------------- */

static int check_format(struct reading *reading, json_t *root)
{
	json_t *format = json_object_get(root, RESULTS_FORMAT_KEY);

	strcpy(reading->place, RESULTS_FORMAT_KEY);
	if (!json_is_integer(format) || json_integer_value(format) < 1)
		return refuse(reading, "a number above 0");
	if (json_integer_value(format) > RESULTS_FORMAT)
		return vprof_error_set(reading->err, -EPROTO,
				       "%s: written by a newer vprof-study "
				       "than this one",
				       reading->path);
	leave(reading, 0);
	return 0;
}

static int check_file(struct reading *reading, int fd)
{
	struct stat file;

	if (fstat(fd, &file))
		return vprof_error_set(reading->err, -errno, "%s: %s",
				       reading->path, strerror(errno));
	if (!S_ISREG(file.st_mode))
		return refuse(reading, "a regular file");
	if (file.st_size > MAX_BYTES)
		return vprof_error_set(reading->err, -EFBIG,
				       "%s: larger than %d MB", reading->path,
				       MAX_BYTES >> 20);
	return 0;
}

static int load(struct reading *reading, json_t **ret_root)
{
	json_error_t error;
	int fd, ret;

	fd = open(reading->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return vprof_error_set(reading->err, -errno, "%s: %s",
				       reading->path, strerror(errno));
	ret = check_file(reading, fd);
	if (!ret) {
		*ret_root = json_loadfd(fd, JSON_REJECT_DUPLICATES, &error);
		if (!*ret_root)
			ret = vprof_error_set(reading->err, -EBADMSG,
					      "%s: line %d is no JSON: %s",
					      reading->path, error.line,
					      error.text);
	}
	close(fd);
	return ret;
}

int study_results_read(const char *path, struct study_results **ret_results,
		       struct vprof_error *err)
{
	struct reading reading = { .path = path, .err = err };
	struct study_results *results;
	json_t *root = NULL;
	int ret;

	ret = load(&reading, &root);
	if (ret)
		return ret;
	results = study_results_new();
	ret = results ? check_format(&reading, root) : no_memory(&reading);
	if (!ret)
		ret = read_members(&reading, &shape_results, root, results);
	json_decref(root);
	if (ret)
		study_results_free(results);
	else
		*ret_results = results;
	return ret;
}
