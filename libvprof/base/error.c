// SPDX-License-Identifier: LGPL-2.1-or-later
/* What went wrong, in one sentence for the person who asked. */
#include <vprof/error.h>

#include <stdarg.h>
#include <stdio.h>

int vprof_error_set(struct vprof_error *err, int code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return code;
}
