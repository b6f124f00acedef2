/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module's source xenpmu needs, and cannot know, in words. */
#ifndef LIBVPROF_XENPMU_H
#define LIBVPROF_XENPMU_H

#include <stddef.h>
#include <stdint.h>

/**
 * vprof_xenpmu_explain - what keeps Xen's PMU from sampling all domains
 * @unmet: bits of enum vprof_xenpmu_condition, as the module says
 * @ret_text: for each a sentence with the command that mends it, parted by "; ";
 *            one that has no room any more is left out
 */
void vprof_xenpmu_explain(uint32_t unmet, char *ret_text, size_t size);

#endif
