/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures as the reports show them. Each writes into @text, and returns it. */
#ifndef VPROF_TOOLS_STUDY_SHOW_H
#define VPROF_TOOLS_STUDY_SHOW_H

#include <stdint.h>

enum { SHOW_LEN = 48 };

/** show_share - "28.0%", "0.15%", "absent" of NAN */
char *show_share(double share, char text[SHOW_LEN]);

/** show_share_exactly - the same with two digits in any case, as in a column */
char *show_share_exactly(double share, char text[SHOW_LEN]);

/** show_points - a difference of shares: "+27.87" */
char *show_points(double change, char text[SHOW_LEN]);

/** show_z - standard errors: "+12.3" */
char *show_z(double z, char text[SHOW_LEN]);

/** show_rate - three digits or all before the point: "1,234", "82.4", "0.52" */
char *show_rate(double rate, char text[SHOW_LEN]);

/** show_size - "4 KiB", "1500 bytes" */
char *show_size(uint64_t bytes, char text[SHOW_LEN]);

/** show_socket_buffer - likewise; 0: "automatic" */
char *show_socket_buffer(uint64_t bytes, char text[SHOW_LEN]);

/** show_size_short - "4K", "1500" */
char *show_size_short(uint64_t bytes, char text[SHOW_LEN]);

/** show_size_option - as an option has it: "128K", "1500"; 0: "auto" */
char *show_size_option(uint64_t bytes, char text[SHOW_LEN]);

/** show_signed - with a minus sign, not a hyphen */
char *show_signed(int64_t number, char text[SHOW_LEN]);

/**
 * show_function - a function's name, or "IMAGE (no name)"
 * @symbol: NULL or "": it has none
 * @image: NULL or "": nor has that
 *
 * Return: for free(); NULL: no memory.
 */
char *show_function(const char *symbol, const char *image);

/** show_or_empty - @text; NULL: "" */
const char *show_or_empty(const char *text);

#endif
