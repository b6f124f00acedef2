/* SPDX-License-Identifier: GPL-2.0-only */
/* A profile store that a test has made: one number out of it, and away with it. */
#ifndef STORE_FILE_H
#define STORE_FILE_H

#include <stdint.h>

/* The first column of the first row. */
int64_t store_file_ask(const char *path, const char *sql);
/* The file, the one before it, and what SQLite keeps beside it. */
void store_file_remove(const char *path);

#endif /* STORE_FILE_H */
