/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of vprof.conf: one row each, and how their values are read. */
#ifndef VPROFD_CONFIG_KEY_H
#define VPROFD_CONFIG_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vprof/error.h>

struct vprof_config;

/**
 * struct vprof_config_key - a row
 * @name: left of the '='
 * @value: what the value is called in help and manual
 * @fallback: the value when the key is not given, as it would be written; NULL:
 *            @fallback_is says what happens then
 * @from, @to: least and greatest value, as they would be written, or NULL
 * @words: for a choice: the words, NULL ends; a word's place is its number
 * @help: one line
 * @take: reads @text into its field. Return: NULL, or what would have been right
 * @offset, @size: the field in struct vprof_config; @size bytes
 * @may_repeat: each line adds to it
 */
struct vprof_config_key {
	const char *name;
	const char *value;
	const char *fallback;
	const char *fallback_is;
	const char *from;
	const char *to;
	const char *const *words;
	const char *help;
	const char *(*take)(const struct vprof_config_key *key,
			    struct vprof_config *config, const char *text);
	size_t offset;
	size_t size;
	bool may_repeat;
};

/** vprof_config_key_at - the @index-th key, NULL past the last */
const struct vprof_config_key *vprof_config_key_at(size_t index);

/**
 * vprof_config_key_find - the key's number
 *
 * Return: its index, or -ENOENT with a sentence that has the nearest key.
 */
int vprof_config_key_find(const char *name, struct vprof_error *err);

/**
 * vprof_config_key_set - put a value into a configuration
 *
 * Return: 0, or -EINVAL with a sentence that quotes the value.
 */
int vprof_config_key_set(const struct vprof_config_key *key,
			 struct vprof_config *config, const char *text,
			 struct vprof_error *err);

#endif
