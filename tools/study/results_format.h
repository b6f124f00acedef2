/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of results.json's form, which its reader checks. */
#ifndef VPROF_TOOLS_STUDY_RESULTS_FORMAT_H
#define VPROF_TOOLS_STUDY_RESULTS_FORMAT_H

#define RESULTS_FORMAT_KEY "format"

/* Raised when an older vprof-study could misread it. */
enum { RESULTS_FORMAT = 1 };

#endif
