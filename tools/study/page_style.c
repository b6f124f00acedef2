// SPDX-License-Identifier: GPL-2.0-only
/* page.css, as the program carries it. */
#include "study/page_style.h"

/* The path is from the folder where make runs. */
__asm__(".pushsection .rodata\n"
	".global page_style\n"
	"page_style: .incbin \"tools/study/page.css\"\n"
	".byte 0\n"
	".popsection\n");
