/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of C++, Rust and D as their programmers wrote them. */
#ifndef LIBVPROF_DEMANGLE_H
#define LIBVPROF_DEMANGLE_H

enum {
	VPROF_MANGLED_MAX = 4096,   /* longer names stay as they are */
	VPROF_DEMANGLED_MAX = 8192, /* so do those that grow beyond it */
};

/**
 * vprof_demangle - without parameters' types and return type
 * @name: may come from anyone: the work is bounded
 *
 * Return: malloc'ed; NULL when it is no mangled name, or too long a one.
 */
char *vprof_demangle(const char *name);

#endif
