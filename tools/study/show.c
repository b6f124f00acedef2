// SPDX-License-Identifier: GPL-2.0-only
/* Figures as the reports show them. Each writes into @text, and returns it. */
#include "study/show.h"

#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUS "\xe2\x88\x92" /* U+2212 */

enum { KIB = 1024, MIB = 1024 * 1024 };

char *show_share(double share, char text[SHOW_LEN])
{
	double percent = 100 * share;

	if (isnan(percent))
		snprintf(text, SHOW_LEN, "absent");
	else if (percent > 0 && percent < 0.005)
		snprintf(text, SHOW_LEN, "<0.01%%");
	else
		snprintf(text, SHOW_LEN, "%.*f%%", percent < 9.995 ? 2 : 1,
			 percent);
	return text;
}

char *show_share_exactly(double share, char text[SHOW_LEN])
{
	if (isnan(share))
		snprintf(text, SHOW_LEN, "absent");
	else
		snprintf(text, SHOW_LEN, "%.2f%%", 100 * share);
	return text;
}

char *show_points(double change, char text[SHOW_LEN])
{
	double points = 100 * fabs(change);
	const char *sign = change < 0 ? MINUS : "+";

	if (isnan(points))
		snprintf(text, SHOW_LEN, "not known");
	else if (points < 0.005)
		snprintf(text, SHOW_LEN, "0.00");
	else
		snprintf(text, SHOW_LEN, "%s%.2f", sign, points);
	return text;
}

char *show_z(double z, char text[SHOW_LEN])
{
	if (!isfinite(z))
		snprintf(text, SHOW_LEN, "not known");
	else
		snprintf(text, SHOW_LEN, "%s%.1f", z < 0 ? MINUS : "+",
			 fmin(fabs(z), 1e9));
	return text;
}

char *show_rate(double rate, char text[SHOW_LEN])
{
	char grouped[NUMBER_LEN];

	if (!isfinite(rate))
		snprintf(text, SHOW_LEN, "not known");
	else if (rate >= 1e15)
		snprintf(text, SHOW_LEN, "%.3g", rate);
	else if (rate >= 99.95)
		snprintf(text, SHOW_LEN, "%s",
			 number_group((uint64_t)llround(rate), grouped));
	else
		snprintf(text, SHOW_LEN, "%.*f", rate < 9.995 ? 2 : 1, rate);
	return text;
}

static const char prefixes[] = "KMGTPE";

static char *show_bytes(uint64_t bytes, const char *long_unit,
			const char *short_unit, char text[SHOW_LEN])
{
	size_t prefix = 0;
	double value = (double)bytes;

	if (bytes < 1024) {
		snprintf(text, SHOW_LEN, "%" PRIu64 "%s", bytes, long_unit);
		return text;
	}
	for (value /= 1024; value >= 1024 && prefixes[prefix + 1]; prefix++)
		value /= 1024;
	snprintf(text, SHOW_LEN, "%.4g%s%c%s", value, *long_unit ? " " : "",
		 prefixes[prefix], short_unit);
	return text;
}

char *show_size(uint64_t bytes, char text[SHOW_LEN])
{
	return show_bytes(bytes, bytes == 1 ? " byte" : " bytes", "iB", text);
}

char *show_socket_buffer(uint64_t bytes, char text[SHOW_LEN])
{
	if (bytes)
		return show_size(bytes, text);
	snprintf(text, SHOW_LEN, "automatic");
	return text;
}

char *show_size_short(uint64_t bytes, char text[SHOW_LEN])
{
	return show_bytes(bytes, "", "", text);
}

char *show_size_option(uint64_t size, char text[SHOW_LEN])
{
	if (!size)
		snprintf(text, SHOW_LEN, "auto");
	else if (size % MIB == 0)
		snprintf(text, SHOW_LEN, "%" PRIu64 "M", size / MIB);
	else if (size % KIB == 0)
		snprintf(text, SHOW_LEN, "%" PRIu64 "K", size / KIB);
	else
		snprintf(text, SHOW_LEN, "%" PRIu64, size);
	return text;
}

char *show_signed(int64_t number, char text[SHOW_LEN])
{
	if (number < 0)
		snprintf(text, SHOW_LEN, MINUS "%" PRIu64, -(uint64_t)number);
	else
		snprintf(text, SHOW_LEN, "%" PRId64, number);
	return text;
}

char *show_function(const char *symbol, const char *image)
{
	char *name;

	if (symbol && *symbol)
		return strdup(symbol);
	if (!image || !*image)
		return strdup("(no name)");
	return asprintf(&name, "%s (no name)", image) < 0 ? NULL : name;
}

const char *show_or_empty(const char *text)
{
	return text ? text : "";
}
