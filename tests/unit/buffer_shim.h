/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel primitives that the module's pure parts use, in user space. Each is
 * a point where shim_point() may run a nested producer, as an NMI would.
 */
#ifndef BUFFER_SHIM_H
#define BUFFER_SHIM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

void shim_point(void);
u64 vprof_clock_ns(void);
u64 vprof_clock_ticks(void);

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define noinline __attribute__((noinline))

#define barrier()                                  \
	do {                                       \
		__asm__ volatile("" ::: "memory"); \
		shim_point();                      \
	} while (0)

#define READ_ONCE(x)                                             \
	({                                                       \
		shim_point();                                    \
		__typeof__(x) value_ =                           \
			__atomic_load_n(&(x), __ATOMIC_RELAXED); \
		shim_point();                                    \
		value_;                                          \
	})

#define WRITE_ONCE(x, value)                                       \
	do {                                                       \
		shim_point();                                      \
		__atomic_store_n(&(x), (value), __ATOMIC_RELAXED); \
		shim_point();                                      \
	} while (0)

#define smp_load_acquire(p)                                   \
	({                                                    \
		shim_point();                                 \
		__typeof__(*(p)) value_ =                     \
			__atomic_load_n(p, __ATOMIC_ACQUIRE); \
		shim_point();                                 \
		value_;                                       \
	})

#define smp_store_release(p, value)                           \
	do {                                                  \
		shim_point();                                 \
		__atomic_store_n(p, value, __ATOMIC_RELEASE); \
		shim_point();                                 \
	} while (0)

#define cmpxchg_local(p, old, new)                                \
	({                                                        \
		shim_point();                                     \
		u64 old_ = (old);                                 \
		__atomic_compare_exchange_n(p, &old_, new, false, \
					    __ATOMIC_RELAXED,     \
					    __ATOMIC_RELAXED);    \
		shim_point();                                     \
		old_;                                             \
	})

#endif
