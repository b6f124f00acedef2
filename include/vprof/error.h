/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What went wrong, in one sentence for the person who asked. */
#ifndef VPROF_ERROR_H
#define VPROF_ERROR_H

enum { VPROF_ERROR_TEXT_MAX = 512 };

/**
 * struct vprof_error - a failure's sentence
 * @code: negative errno, 0 when nothing failed
 * @text: names the object, quotes the bad input, says what to do next; no
 *        trailing newline, no program name
 *
 * Functions that fail for reasons a person can mend take one (NULL is allowed)
 * and return the same negative errno.
 */
struct vprof_error {
	int code;
	char text[VPROF_ERROR_TEXT_MAX];
};

/**
 * vprof_error_set - fill in an error
 * @err: may be NULL
 * @code: negative errno
 * @format: printf's
 *
 * Return: @code, so that a caller can return it at once.
 */
int vprof_error_set(struct vprof_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
