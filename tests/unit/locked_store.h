/* SPDX-License-Identifier: GPL-2.0-only */
/* A recorder that stops while another program writes to its store. */
#ifndef LOCKED_STORE_H
#define LOCKED_STORE_H

#include <check.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <vprof/log.h>
#include <vprof/recorder.h>

enum { LOCKED_STORE_SENTENCE = 512 };

static inline void locked_store_keep(void *data, enum vprof_log_level level,
				     const char *sentence)
{
	(void)level;
	snprintf(data, LOCKED_STORE_SENTENCE, "%s", sentence);
}

/* @sentence: the last warning, which says why */
static inline void locked_store_stop(struct vprof_recorder *stopped,
				     const char *store_path,
				     char sentence[LOCKED_STORE_SENTENCE])
{
	struct vprof_error err = { 0 };
	struct sqlite3 *other;

	*sentence = '\0';
	vprof_log_set_handler(locked_store_keep, sentence, VPROF_LOG_WARNING);
	ck_assert_int_eq(sqlite3_open(store_path, &other), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
		SQLITE_OK);
	vprof_recorder_stop(stopped, &err);
	sqlite3_close(other);
	vprof_log_set_handler(NULL, NULL, VPROF_LOG_WARNING);
	ck_assert_msg(strstr(sentence, "is in use by another program"), "%s",
		      sentence);
}

#endif /* LOCKED_STORE_H */
