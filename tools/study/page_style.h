/* SPDX-License-Identifier: GPL-2.0-only */
/* page.css, as the program carries it. */
#ifndef VPROF_TOOLS_STUDY_PAGE_STYLE_H
#define VPROF_TOOLS_STUDY_PAGE_STYLE_H

extern const char page_style[];

#endif
