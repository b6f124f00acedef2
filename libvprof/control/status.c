// SPDX-License-Identifier: LGPL-2.1-or-later
/* vprofd's status, from struct to JSON and back; both ways by one table. */
#include <vprof/status.h>

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, NUMBER, SWITCH, STATE, ACCOUNTS, LIST };

/*
 * A member of a JSON object and the field it stands for. LIST: an array of
 * objects, each laid out by @items; how many are there is in the size_t at
 * @count.
 */
struct field {
	const char *name;
	enum kind kind;
	size_t offset;
	size_t size;      /* TEXT: bytes; LIST: bytes of one item */
	size_t count;     /* LIST */
	size_t max_items; /* LIST */
	const struct field *items;
};

/* clang-format off */
#define SIZE_OF(type, member) sizeof(((struct type *)NULL)->member)
#define FIELD(type, kind, member) \
	{ #member, kind, offsetof(struct type, member), \
	  SIZE_OF(type, member), 0, 0, NULL }
#define LIST_FIELD(type, member, layout) \
	{ #member, LIST, offsetof(struct type, member), \
	  SIZE_OF(type, member[0]), offsetof(struct type, nr_##member), \
	  SIZE_OF(type, member) / SIZE_OF(type, member[0]), layout }
#define END { NULL, TEXT, 0, 0, 0, 0, NULL }
/* clang-format on */

static const struct field event_fields[] = {
	FIELD(vprof_status_event, TEXT, name),
	FIELD(vprof_status_event, NUMBER, period),
	FIELD(vprof_status_event, SWITCH, is_frequency),
	FIELD(vprof_status_event, ACCOUNTS, accounts),
	END,
};

static const struct field domain_fields[] = {
	FIELD(vprof_status_domain, TEXT, name),
	FIELD(vprof_status_domain, ACCOUNTS, accounts),
	END,
};

static const struct field status_fields[] = {
	FIELD(vprof_status, TEXT, version),
	FIELD(vprof_status, NUMBER, pid),
	FIELD(vprof_status, NUMBER, uptime_s),
	FIELD(vprof_status, STATE, state),
	FIELD(vprof_status, TEXT, reason),
	FIELD(vprof_status, TEXT, capture),
	FIELD(vprof_status, TEXT, source),
	FIELD(vprof_status, TEXT, pmu),
	FIELD(vprof_status, TEXT, capture_why),
	FIELD(vprof_status, NUMBER, nr_cpus),
	FIELD(vprof_status, SWITCH, kernel_chain),
	FIELD(vprof_status, SWITCH, user_chain),
	FIELD(vprof_status, NUMBER, session_s),
	FIELD(vprof_status, NUMBER, slice_ns),
	FIELD(vprof_status, NUMBER, samples),
	FIELD(vprof_status, NUMBER, nr_processes),
	FIELD(vprof_status, NUMBER, process_events_lost),
	FIELD(vprof_status, NUMBER, failures),
	FIELD(vprof_status, TEXT, store_path),
	FIELD(vprof_status, NUMBER, store_bytes),
	FIELD(vprof_status, NUMBER, store_max_bytes),
	FIELD(vprof_status, NUMBER, store_max_age_s),
	FIELD(vprof_status, NUMBER, cpu_ns),
	FIELD(vprof_status, NUMBER, rss_bytes),
	FIELD(vprof_status, NUMBER, peak_rss_bytes),
	LIST_FIELD(vprof_status, events, event_fields),
	LIST_FIELD(vprof_status, domains, domain_fields),
	END,
};

static const char *const state_names[VPROF_STATUS_NR_STATES] = {
	[VPROF_STATUS_SAMPLING] = "sampling",
	[VPROF_STATUS_STOPPED] = "stopped",
	[VPROF_STATUS_WAITING] = "waiting",
};

const char *vprof_status_state_name(enum vprof_status_state state)
{
	return (unsigned int)state < VPROF_STATUS_NR_STATES ? state_names[state]
							    : "unknown";
}

/* ---- to JSON ------------------------------------------------------------ */

static json_t *format_object(const struct field *fields, const char *base);

/* JSON's numbers are int64_t here; a count that large was never reached. */
static json_t *format_number(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *format_text(const char *text, size_t size)
{
	size_t length = strnlen(text, size), i;
	json_t *value = json_stringn(text, length);
	char *copy;

	if (value)
		return value;
	copy = malloc(length + 1);
	if (!copy)
		return NULL;
	for (i = 0; i < length; i++)
		copy[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
	value = json_stringn(copy, length);
	free(copy);
	return value;
}

/* Takes @value over. Return: 0 or -ENOMEM. */
static int put(json_t *object, const char *name, json_t *value)
{
	return json_object_set_new(object, name, value) < 0 ? -ENOMEM : 0;
}

static json_t *format_accounts(const struct vprof_accounts *accounts)
{
	json_t *object = json_object();
	json_t *lost = json_object();
	int r = 0, i;

	for (i = 0; i < VPROF_NR_LOSSES; i++)
		r |= put(lost, vprof_loss_name((enum vprof_loss)i),
			 format_number(accounts->lost[i]));
	r |= put(object, "taken", format_number(accounts->taken));
	r |= put(object, "delivered", format_number(accounts->delivered));
	r |= put(object, "lost", lost);
	if (!r)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *format_list(const struct field *field, const char *base)
{
	size_t nr = *(const size_t *)(base + field->count), i;
	json_t *array = json_array();

	for (i = 0; i < nr && i < field->max_items; i++) {
		const char *item = base + field->offset + i * field->size;

		if (json_array_append_new(
			    array, format_object(field->items, item)) == 0)
			continue;
		json_decref(array);
		return NULL;
	}
	return array;
}

static json_t *format_field(const struct field *field, const char *base)
{
	const void *value = base + field->offset;

	switch (field->kind) {
	case TEXT:
		return format_text(value, field->size);
	case NUMBER:
		return format_number(*(const uint64_t *)value);
	case SWITCH:
		return json_boolean(*(const bool *)value);
	case STATE:
		return json_string(vprof_status_state_name(
			(enum vprof_status_state) * (const uint64_t *)value));
	case ACCOUNTS:
		return format_accounts(value);
	case LIST:
		return format_list(field, base);
	}
	return NULL;
}

static json_t *format_object(const struct field *fields, const char *base)
{
	json_t *object = json_object();

	for (; fields->name; fields++) {
		if (put(object, fields->name, format_field(fields, base)) == 0)
			continue;
		json_decref(object);
		return NULL;
	}
	return object;
}

int vprof_status_format(const struct vprof_status *status, char **ret_json)
{
	json_t *object = format_object(status_fields, (const char *)status);
	char *json;

	if (!object)
		return -ENOMEM;
	json = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (!json)
		return -ENOMEM;
	*ret_json = json;
	return 0;
}

/* ---- from JSON ---------------------------------------------------------- */

static int parse_object(const struct field *fields, const json_t *object,
			char *base, const char **ret_culprit);

static int parse_number(const json_t *value, uint64_t *ret_number)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return -EBADMSG;
	*ret_number = (uint64_t)json_integer_value(value);
	return 0;
}

static int parse_text(const json_t *value, char *text, size_t size)
{
	if (!json_is_string(value))
		return -EBADMSG;
	text[0] = '\0';
	strncat(text, json_string_value(value), size - 1);
	return 0;
}

static int parse_state(const json_t *value, uint64_t *ret_state)
{
	const char *name = json_string_value(value);
	size_t i;

	for (i = 0; name && i < VPROF_STATUS_NR_STATES; i++) {
		if (strcmp(name, state_names[i]) != 0)
			continue;
		*ret_state = i;
		return 0;
	}
	return -EBADMSG;
}

/* A reason that only a newer daemon knows is OTHER, so that the sum holds. */
static enum vprof_loss find_loss(const char *name)
{
	int i;

	for (i = 0; i < VPROF_NR_LOSSES; i++)
		if (!strcmp(name, vprof_loss_name((enum vprof_loss)i)))
			return (enum vprof_loss)i;
	return VPROF_LOSS_OTHER;
}

static int parse_losses(json_t *lost, uint64_t *losses)
{
	const char *name;
	uint64_t count;
	json_t *value;

	json_object_foreach(lost, name, value)
	{
		if (parse_number(value, &count) < 0)
			return -EBADMSG;
		losses[find_loss(name)] += count;
	}
	return 0;
}

static int parse_accounts(const json_t *value, struct vprof_accounts *accounts)
{
	int r;

	r = parse_number(json_object_get(value, "taken"), &accounts->taken);
	if (!r)
		r = parse_number(json_object_get(value, "delivered"),
				 &accounts->delivered);
	if (!r)
		r = parse_losses(json_object_get(value, "lost"),
				 accounts->lost);
	return r;
}

static int parse_list(const struct field *field, const json_t *array,
		      char *base)
{
	size_t nr = json_array_size(array), i;
	int r;

	if (!json_is_array(array))
		return -EBADMSG;
	if (nr > field->max_items)
		nr = field->max_items;
	for (i = 0; i < nr; i++) {
		r = parse_object(field->items, json_array_get(array, i),
				 base + field->offset + i * field->size, NULL);
		if (r < 0)
			return r;
	}
	*(size_t *)(base + field->count) = nr;
	return 0;
}

static int parse_field(const struct field *field, const json_t *value,
		       char *base)
{
	void *to = base + field->offset;

	switch (field->kind) {
	case TEXT:
		return parse_text(value, to, field->size);
	case NUMBER:
		return parse_number(value, to);
	case SWITCH:
		*(bool *)to = json_is_true(value);
		return json_is_boolean(value) ? 0 : -EBADMSG;
	case STATE:
		return parse_state(value, to);
	case ACCOUNTS:
		return parse_accounts(value, to);
	case LIST:
		return parse_list(field, value, base);
	}
	return -EBADMSG;
}

/* Return: 0, or -EBADMSG with @ret_culprit the member that is not as it should be. */
static int parse_object(const struct field *fields, const json_t *object,
			char *base, const char **ret_culprit)
{
	const json_t *value;

	if (!json_is_object(object))
		return -EBADMSG;
	for (; fields->name; fields++) {
		value = json_object_get(object, fields->name);
		if (!value || parse_field(fields, value, base) == 0)
			continue;
		if (ret_culprit)
			*ret_culprit = fields->name;
		return -EBADMSG;
	}
	return 0;
}

static int parse_root(const json_t *object, struct vprof_status *status,
		      struct vprof_error *err)
{
	const char *culprit = "the whole of it";
	int r = parse_object(status_fields, object, (char *)status, &culprit);

	if (r < 0)
		return vprof_error_set(
			err, r,
			"vprofd's status makes no sense (%s): install tools and daemon of one vprof, then restart vprofd",
			culprit);
	return 0;
}

int vprof_status_parse(const char *json, struct vprof_status *ret_status,
		       struct vprof_error *err)
{
	struct vprof_status *status;
	json_error_t json_error;
	json_t *object;
	int r;

	object = json_loads(json, JSON_REJECT_DUPLICATES, &json_error);
	if (!object)
		return vprof_error_set(err, -EBADMSG,
				       "vprofd's status is not JSON: %s",
				       json_error.text);
	status = calloc(1, sizeof(*status));
	if (status)
		r = parse_root(object, status, err);
	else
		r = vprof_error_set(err, -ENOMEM, "out of memory");
	if (!r)
		*ret_status = *status;
	free(status);
	json_decref(object);
	return r;
}
