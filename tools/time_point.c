// SPDX-License-Identifier: GPL-2.0-only
/* Moments as people write and read them: "5m" ago, "12:01:10", a date. */
#include "time_point.h"

#include "option.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000ll

/* What a text that is no duration may look like; the rest of today's date holds. */
static const char *const formats[] = {
	"%Y-%m-%d %H:%M:%S",
	"%Y-%m-%dT%H:%M:%S",
	"%Y-%m-%d %H:%M",
	"%Y-%m-%dT%H:%M",
	"%Y-%m-%d",
	"%H:%M:%S",
	"%H:%M",
	"@%s",
};

static bool parse_format(const char *text, const char *format, int64_t *ret_ns)
{
	time_t now = time(NULL), then;
	const char *end;
	struct tm tm;

	localtime_r(&now, &tm);
	tm.tm_sec = 0;
	if (!strstr(format, "%H")) {
		tm.tm_min = 0;
		tm.tm_hour = 0;
	}
	end = strptime(text, format, &tm);
	if (!end || *end)
		return false;
	tm.tm_isdst = -1;
	then = mktime(&tm);
	if (then <= 0 || then > INT64_MAX / NS_PER_S)
		return false;
	*ret_ns = then * NS_PER_S;
	return true;
}

const char *time_point_take(void *field, const char *text)
{
	struct timespec now;
	uint64_t ago;

	if (!option_take_duration(&ago, text)) {
		clock_gettime(CLOCK_REALTIME, &now);
		if (ago > (uint64_t)now.tv_sec * NS_PER_S)
			ago = (uint64_t)now.tv_sec * NS_PER_S - 1;
		*(int64_t *)field =
			now.tv_sec * NS_PER_S + now.tv_nsec - (int64_t)ago;
		return NULL;
	}
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (parse_format(text, formats[i], field))
			return NULL;
	return "how long ago (30s, 5m, 2h, 1d) or when (12:01, 12:01:10, "
	       "\"2026-11-22 12:01:10\", 2026-11-22T12:01, @SECONDS)";
}

void time_point_format(int64_t time_ns, bool has_date,
		       char text[TIME_POINT_TEXT])
{
	time_t seconds = time_ns / NS_PER_S;
	struct tm tm;

	if (!localtime_r(&seconds, &tm) ||
	    !strftime(text, TIME_POINT_TEXT,
		      has_date ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &tm))
		strcpy(text, "?");
}

void time_point_format_span(int64_t span_ns, char text[TIME_POINT_TEXT])
{
	int64_t seconds = span_ns / NS_PER_S;

	if (span_ns < 0)
		snprintf(text, TIME_POINT_TEXT, "?");
	else if (seconds < 10)
		snprintf(text, TIME_POINT_TEXT, "%.1f s",
			 (double)span_ns / NS_PER_S);
	else if (seconds < 180)
		snprintf(text, TIME_POINT_TEXT, "%" PRId64 " s", seconds);
	else if (seconds < 7200)
		snprintf(text, TIME_POINT_TEXT, "%" PRId64 " min",
			 seconds / 60);
	else
		snprintf(text, TIME_POINT_TEXT, "%" PRId64 " h %" PRId64 " min",
			 seconds / 3600, seconds / 60 % 60);
}
