/* SPDX-License-Identifier: GPL-2.0-only */
/* Moments as people write and read them: "5m" ago, "12:01:10", a date. */
#ifndef VPROF_TOOLS_TIME_POINT_H
#define VPROF_TOOLS_TIME_POINT_H

#include <stdbool.h>
#include <stdint.h>

enum { TIME_POINT_TEXT = 64 };

/**
 * time_point_take - a taker for option tables; int64_t, CLOCK_REALTIME in ns
 *
 * "5m": that long ago; "12:01[:10]": today; "2026-11-22 12:01[:10]"; "@SECONDS".
 */
const char *time_point_take(void *field, const char *text);

/** time_point_format - local time, with its date or without */
void time_point_format(int64_t time_ns, bool has_date,
		       char text[TIME_POINT_TEXT]);

/** time_point_format_span - "4 s", "5 min", "2 h 10 min" */
void time_point_format_span(int64_t span_ns, char text[TIME_POINT_TEXT]);

#endif
