// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the sandboxed child found, as bytes in memory that it shares with us. */
#include "guest/result.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* A record: its type, the size of what follows, that. Numbers are ours. */
enum record_type {
	IDENTITY = 1,
	TEXT,
	MODULE,
	SYMBOL,
	NO_MODULES,
	END,
	NR_TYPES,
};

struct head {
	uint16_t type;
	uint16_t size;
};

enum { ROOM_FOR_END = 256 };

struct module_head {
	uint64_t start;
	uint64_t size;
};

struct symbol_head {
	uint64_t address;
	char type;
} __attribute__((packed));

const char *const vprof_guest_landmarks[VPROF_GUEST_NR_LANDMARKS] = {
	"init_uts_ns",
	"swapper_pg_dir",
	"node_online_map",
};

/* ---- writing ------------------------------------------------------------------ */

static int add(struct vprof_guest_result *result, enum record_type type,
	       const void *first, size_t first_size, const void *second,
	       size_t second_size)
{
	struct head head = { .type = type, .size = first_size + second_size };
	size_t room = result->size - result->used;
	uint8_t *to = result->bytes + result->used;

	if (type != END)
		room = room > ROOM_FOR_END ? room - ROOM_FOR_END : 0;
	if (sizeof(head) + head.size > room)
		return -ENOSPC;
	memcpy(to, &head, sizeof(head));
	memcpy(to + sizeof(head), first, first_size);
	if (second_size)
		memcpy(to + sizeof(head) + first_size, second, second_size);
	result->used += sizeof(head) + head.size;
	return 0;
}

int vprof_guest_result_identity(struct vprof_guest_result *result,
				const struct vprof_guest_identity *identity)
{
	return add(result, IDENTITY, identity, sizeof(*identity), NULL, 0);
}

int vprof_guest_result_text(struct vprof_guest_result *result,
			    const struct vprof_guest_text *text)
{
	return add(result, TEXT, text, sizeof(*text), NULL, 0);
}

int vprof_guest_result_module(struct vprof_guest_result *result, uint64_t start,
			      uint64_t size, const char *name)
{
	struct module_head head = { .start = start, .size = size };

	return add(result, MODULE, &head, sizeof(head), name, strlen(name));
}

int vprof_guest_result_symbol(struct vprof_guest_result *result,
			      uint64_t address, char type, const char *name,
			      size_t length)
{
	struct symbol_head head = { .address = address, .type = type };

	return add(result, SYMBOL, &head, sizeof(head), name, length);
}

int vprof_guest_result_no_modules(struct vprof_guest_result *result,
				  enum vprof_guest_fault fault,
				  const char *detail)
{
	uint32_t code = fault;

	return add(result, NO_MODULES, &code, sizeof(code), detail,
		   strnlen(detail, VPROF_GUEST_DETAIL_MAX));
}

void vprof_guest_result_end(struct vprof_guest_result *result,
			    enum vprof_guest_fault fault, const char *detail)
{
	uint32_t code = fault;

	add(result, END, &code, sizeof(code), detail,
	    strnlen(detail, VPROF_GUEST_DETAIL_MAX));
}

/* ---- reading ------------------------------------------------------------------- */

struct reading {
	const struct vprof_guest_result_ops *ops;
	void *data;
	size_t nr_symbols;
	size_t nr_modules;
	bool is_over;
};

/* The rest of a record as a string. */
static int take_text(const uint8_t *bytes, size_t size, size_t max, char lowest,
		     char *ret_text)
{
	size_t i;

	if (size > max)
		return -EBADMSG;
	for (i = 0; i < size; i++) {
		if (bytes[i] < (uint8_t)lowest || bytes[i] > '~')
			return -EBADMSG;
		ret_text[i] = bytes[i];
	}
	ret_text[size] = '\0';
	return 0;
}

static int take_name(const uint8_t *bytes, size_t size, size_t max,
		     char *ret_name)
{
	return size ? take_text(bytes, size, max, '!', ret_name) : -EBADMSG;
}

static int take_identity(struct reading *reading, const uint8_t *bytes,
			 size_t size)
{
	struct vprof_guest_identity identity;
	char release[sizeof(identity.release)];
	size_t length;

	if (size != sizeof(identity))
		return -EBADMSG;
	memcpy(&identity, bytes, sizeof(identity));
	length = strnlen(identity.release, sizeof(identity.release));
	if (length == sizeof(identity.release) ||
	    identity.build_id_size > sizeof(identity.build_id) ||
	    take_text((uint8_t *)identity.release, length, length, '!',
		      release))
		return -EBADMSG;
	return reading->ops->identity(reading->data, &identity);
}

static int take_text_range(struct reading *reading, const uint8_t *bytes,
			   size_t size)
{
	struct vprof_guest_text text;

	if (size != sizeof(text))
		return -EBADMSG;
	memcpy(&text, bytes, sizeof(text));
	if (text.stext >= text.etext || text.etext > text.end)
		return -EBADMSG;
	return reading->ops->text(reading->data, &text);
}

static int take_module(struct reading *reading, const uint8_t *bytes,
		       size_t size)
{
	char name[VPROF_GUEST_MODULE_MAX + 1];
	struct module_head head;

	if (size < sizeof(head) ||
	    reading->nr_modules++ == VPROF_GUEST_MAX_MODULES)
		return -EBADMSG;
	memcpy(&head, bytes, sizeof(head));
	if (!head.size || head.start + head.size < head.start ||
	    take_name(bytes + sizeof(head), size - sizeof(head),
		      VPROF_GUEST_MODULE_MAX, name))
		return -EBADMSG;
	return reading->ops->module(reading->data, head.start, head.size, name);
}

static int take_symbol(struct reading *reading, const uint8_t *bytes,
		       size_t size)
{
	char name[VPROF_GUEST_NAME_MAX + 1];
	struct symbol_head head;

	if (size < sizeof(head) ||
	    reading->nr_symbols++ == VPROF_GUEST_MAX_SYMBOLS)
		return -EBADMSG;
	memcpy(&head, bytes, sizeof(head));
	if (head.type <= ' ' || head.type > '~' ||
	    take_name(bytes + sizeof(head), size - sizeof(head),
		      VPROF_GUEST_NAME_MAX, name))
		return -EBADMSG;
	return reading->ops->symbol(reading->data, head.address, head.type,
				    name);
}

static int take_fault(struct reading *reading, const uint8_t *bytes,
		      size_t size,
		      int (*op)(void *data, enum vprof_guest_fault fault,
				const char *detail))
{
	char detail[VPROF_GUEST_DETAIL_MAX + 1];
	uint32_t code;

	if (size < sizeof(code))
		return -EBADMSG;
	memcpy(&code, bytes, sizeof(code));
	if (code >= VPROF_GUEST_NR_FAULTS ||
	    take_text(bytes + sizeof(code), size - sizeof(code),
		      VPROF_GUEST_DETAIL_MAX, ' ', detail))
		return -EBADMSG;
	return op(reading->data, code, detail);
}

static int take_no_modules(struct reading *reading, const uint8_t *bytes,
			   size_t size)
{
	return take_fault(reading, bytes, size, reading->ops->no_modules);
}

static int take_end(struct reading *reading, const uint8_t *bytes, size_t size)
{
	reading->is_over = true;
	return take_fault(reading, bytes, size, reading->ops->end);
}

int vprof_guest_result_read(const uint8_t *bytes, size_t size,
			    const struct vprof_guest_result_ops *ops,
			    void *data)
{
	static int (*const takers[NR_TYPES])(
		struct reading * reading, const uint8_t *bytes, size_t size) = {
		[IDENTITY] = take_identity,     [TEXT] = take_text_range,
		[MODULE] = take_module,         [SYMBOL] = take_symbol,
		[NO_MODULES] = take_no_modules, [END] = take_end,
	};
	struct reading reading = { .ops = ops, .data = data };
	struct head head;
	int ret = 0;

	while (!ret && !reading.is_over) {
		if (size < sizeof(head))
			return -EBADMSG;
		memcpy(&head, bytes, sizeof(head));
		bytes += sizeof(head);
		size -= sizeof(head);
		if (head.type >= NR_TYPES || !takers[head.type] ||
		    head.size > size)
			return -EBADMSG;
		ret = takers[head.type](&reading, bytes, head.size);
		bytes += head.size;
		size -= head.size;
	}
	return ret;
}
