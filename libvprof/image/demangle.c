// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of C++, Rust and D as their programmers wrote them: libiberty reads them. */
#include "image/demangle.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libiberty/demangle.h>

enum {
	/* A D name's back reference may double what is there: 2^12 is enough. */
	MAX_D_REFERENCES = 12,
	D_MANGLED_MAX = 1024,
};

/* What comes out, piece by piece. */
struct output {
	char text[VPROF_DEMANGLED_MAX];
	size_t length;
	jmp_buf too_long;
};

/*
 * A short mangled name can stand for one of terabytes, and the printers have no
 * way to be told to stop but this. They keep everything on the stack, so nothing
 * is lost by leaving.
 */
static void take_piece(const char *piece, size_t length, void *data)
{
	struct output *output = data;

	if (length >= sizeof(output->text) - output->length)
		longjmp(output->too_long, 1);
	if (length)
		memcpy(output->text + output->length, piece, length);
	output->length += length;
}

typedef int print_fn(const char *mangled, int options,
		     demangle_callbackref callback, void *opaque);

static char *collect(print_fn *print, const char *name)
{
	struct output output;

	output.length = 0;
	if (setjmp(output.too_long))
		return NULL;
	if (!print(name, DMGL_NO_OPTS, take_piece, &output))
		return NULL;
	return strndup(output.text, output.length);
}

static char *demangle_rust(const char *name)
{
	return collect(rust_demangle_callback, name);
}

static char *demangle_cpp(const char *name)
{
	return collect(cplus_demangle_v3_callback, name);
}

static char *demangle_d(const char *name)
{
	unsigned int nr_references = 0;
	const char *at;

	if (strlen(name) > D_MANGLED_MAX)
		return NULL;
	for (at = strchr(name, 'Q'); at; at = strchr(at + 1, 'Q')) {
		if (++nr_references > MAX_D_REFERENCES)
			return NULL;
	}
	return dlang_demangle(name, DMGL_NO_OPTS);
}

/* In this order: Rust's older names look like C++ ones. */
static const struct scheme {
	const char *prefix;
	char *(*demangle)(const char *name);
} schemes[] = {
	{ "_R", demangle_rust },
	{ "_ZN", demangle_rust },
	{ "_Z", demangle_cpp },
	{ "___Z", demangle_cpp }, /* a clang block in C++ */
	{ "_D", demangle_d },
};

static char *demangle(const char *name)
{
	char *readable;
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strncmp(name, schemes[i].prefix, strlen(schemes[i].prefix)))
			continue;
		readable = schemes[i].demangle(name);
		if (readable && readable[0])
			return readable;
		free(readable);
	}
	return NULL;
}

/* "_ZN3fooEv.cold", "foo@plt": what a compiler or we put behind it is kept. */
char *vprof_demangle(const char *name)
{
	char stem[VPROF_MANGLED_MAX];
	size_t length = strcspn(name, "@");
	char *readable;
	char *whole;

	if (name[0] != '_' || length >= sizeof(stem))
		return NULL;
	memcpy(stem, name, length);
	stem[length] = '\0';
	readable = demangle(stem);
	if (!readable || !name[length])
		return readable;
	whole = malloc(strlen(readable) + strlen(name + length) + 1);
	if (whole)
		strcpy(stpcpy(whole, readable), name + length);
	free(readable);
	return whole;
}
