// SPDX-License-Identifier: GPL-2.0-only
/* The columns of a report's lines: what text, CSV, JSON, --sort and the man page know. */
#include "column.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

double column_share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

const char *column_context_name(unsigned int context)
{
	static const char *const names[VPROF_NR_SAMPLE_CONTEXTS] = {
		[VPROF_SAMPLE_HYPERVISOR] = "hypervisor",
		[VPROF_SAMPLE_KERNEL] = "kernel",
		[VPROF_SAMPLE_USER] = "user",
	};

	return context < VPROF_NR_SAMPLE_CONTEXTS ? names[context] : "?";
}

char *column_format_place(const char *image, uint64_t offset,
			  char text[COLUMN_SCRATCH])
{
	if (image)
		snprintf(text, COLUMN_SCRATCH, "%.200s+0x%" PRIx64, image,
			 offset);
	else
		snprintf(text, COLUMN_SCRATCH, "0x%" PRIx64, offset);
	return text;
}

static struct column_value get_share(struct column_source *source,
				     const struct vprof_profile_line *line)
{
	return (struct column_value){
		.share = column_share(line->weight, source->event->all_weight),
	};
}

static struct column_value get_of_domain(struct column_source *source,
					 const struct vprof_profile_line *line)
{
	const struct vprof_profile_sums *sums =
		&source->event->domain_sums[line->domain];

	return (struct column_value){
		.share = column_share(line->weight, sums->weight),
	};
}

static struct column_value get_samples(struct column_source *source,
				       const struct vprof_profile_line *line)
{
	(void)source;
	return (struct column_value){ .number = line->samples };
}

static struct column_value get_weight(struct column_source *source,
				      const struct vprof_profile_line *line)
{
	(void)source;
	return (struct column_value){ .number = line->weight };
}

static struct column_value get_domain(struct column_source *source,
				      const struct vprof_profile_line *line)
{
	return (struct column_value){
		.text = source->profile->domains[line->domain].name,
	};
}

static struct column_value get_context(struct column_source *source,
				       const struct vprof_profile_line *line)
{
	(void)source;
	return (struct column_value){
		.text = column_context_name(line->context),
	};
}

static struct column_value get_image(struct column_source *source,
				     const struct vprof_profile_line *line)
{
	(void)source;
	return (struct column_value){
		.text = line->image ? line->image : "[unknown]",
	};
}

/* Without a name: where in the image, or in memory. */
static struct column_value get_symbol(struct column_source *source,
				      const struct vprof_profile_line *line)
{
	if (line->symbol)
		return (struct column_value){ .text = line->symbol };
	column_format_place(line->image, line->offset, source->scratch);
	return (struct column_value){ .text = source->scratch };
}

static struct column_value get_process(struct column_source *source,
				       const struct vprof_profile_line *line)
{
	(void)source;
	return (struct column_value){
		.text = line->process ? line->process : "[unknown]",
	};
}

static struct column_value get_pid(struct column_source *source,
				   const struct vprof_profile_line *line)
{
	(void)source;
	return (struct column_value){ .number = (uint32_t)line->pid };
}

#define TEXT COLUMN_TEXT
#define NUMBER COLUMN_NUMBER
#define SHARE COLUMN_SHARE
#define KEY(name) VPROF_KEY_##name, VPROF_KEY_##name

/* clang-format off */
const struct column columns[] = {
	{ "share",	"SHARE",   -1, -1,		 SHARE,  get_share },
	{ "of_domain",	"OF",	   -1, VPROF_KEY_DOMAIN, SHARE,  get_of_domain },
	{ "samples",	NULL,	   -1, -1,		 NUMBER, get_samples },
	{ "weight",	NULL,	   -1, -1,		 NUMBER, get_weight },
	{ "domain",	"DOMAIN",  KEY(DOMAIN),		 TEXT,   get_domain },
	{ "process",	"PROCESS", KEY(PROCESS),	 TEXT,   get_process },
	{ "pid",	"PID",	   KEY(PID),		 NUMBER, get_pid },
	{ "context",	"CONTEXT", KEY(CONTEXT),	 TEXT,   get_context },
	{ "image",	"IMAGE",   KEY(IMAGE),		 TEXT,   get_image },
	{ "symbol",	"SYMBOL",  KEY(SYMBOL),		 TEXT,   get_symbol },
};
/* clang-format on */

const size_t nr_columns = sizeof(columns) / sizeof(columns[0]);

static const struct column *find_key(const char *name, size_t length)
{
	for (size_t i = 0; i < nr_columns; i++)
		if (columns[i].key >= 0 && strlen(columns[i].name) == length &&
		    !memcmp(columns[i].name, name, length))
			return &columns[i];
	return NULL;
}

const char *column_parse_keys(const char *text, struct column_list *ret_list,
			      size_t *ret_length)
{
	struct column_list list = { 0 };
	const struct column *column;
	unsigned int bit;
	size_t length;

	for (;; text += length + 1) {
		length = strcspn(text, ",");
		column = find_key(text, length);
		*ret_length = length;
		if (!column)
			return text;
		bit = 1u << column->key;
		if (!(column_list_keys(&list) & bit))
			list.items[list.nr_items++] = column;
		if (!text[length])
			break;
	}
	*ret_list = list;
	return NULL;
}

bool column_is_known(const struct column_list *keys,
		     const struct column *column)
{
	return column->with < 0 || column_list_keys(keys) & 1u << column->with;
}

unsigned int column_list_keys(const struct column_list *list)
{
	unsigned int keys = 0;

	for (size_t i = 0; i < list->nr_items; i++)
		if (list->items[i]->key >= 0)
			keys |= 1u << list->items[i]->key;
	return keys;
}

const char *column_key_names(void)
{
	static char names[128];

	if (*names)
		return names;
	for (size_t i = 0; i < nr_columns; i++) {
		if (columns[i].key < 0)
			continue;
		if (*names)
			strcat(names, ", ");
		strcat(names, columns[i].name);
	}
	return names;
}
