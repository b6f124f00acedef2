/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which known word was meant: for "no key "frequncy". Near it: frequency". */
#ifndef VPROF_NEAREST_H
#define VPROF_NEAREST_H

/**
 * struct vprof_nearest - a search, as far as it went
 * @text: what was written; lives as long as the search
 * @word: the nearest word offered so far, or NULL when none is near
 * @distance: letters to change, add, drop or swap to come from @text to @word
 */
struct vprof_nearest {
	const char *text;
	const char *word;
	unsigned int distance;
};

/**
 * vprof_nearest_begin - look for the word that @text was meant to be
 *
 * A word is near when at most a third of the letters differ, and one letter
 * always. Upper and lower case are the same.
 */
void vprof_nearest_begin(struct vprof_nearest *nearest, const char *text);

/** vprof_nearest_offer - take @word where it is nearer; it must outlive @nearest */
void vprof_nearest_offer(struct vprof_nearest *nearest, const char *word);

#endif
