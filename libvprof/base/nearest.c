// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which known word was meant: the least number of edits wins. */
#include <vprof/nearest.h>

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Longer texts are nobody's slip of the finger. */
enum { LENGTH_MAX = 128 };

static bool is_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int least = a < b ? a : b;

	return least < c ? least : c;
}

/*
 * The optimal string alignment distance. row[i % 3][j] is the distance of the
 * first i letters of @a from the first j of @b; a swap looks two rows back.
 */
static unsigned int measure(const char *a, size_t length_a, const char *b,
			    size_t length_b)
{
	unsigned int rows[3][LENGTH_MAX + 1];
	size_t i, j;

	for (j = 0; j <= length_b; j++)
		rows[0][j] = (unsigned int)j;
	for (i = 1; i <= length_a; i++) {
		const unsigned int *above = rows[(i - 1) % 3];
		unsigned int *row = rows[i % 3];

		row[0] = (unsigned int)i;
		for (j = 1; j <= length_b; j++) {
			row[j] = min3(above[j] + 1, row[j - 1] + 1,
				      above[j - 1] +
					      !is_same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) &&
			    is_same(a[i - 2], b[j - 1]) &&
			    rows[(i - 2) % 3][j - 2] + 1 < row[j])
				row[j] = rows[(i - 2) % 3][j - 2] + 1;
		}
	}
	return rows[length_a % 3][length_b];
}

void vprof_nearest_begin(struct vprof_nearest *nearest, const char *text)
{
	size_t length = strnlen(text, LENGTH_MAX + 1);

	nearest->text = text;
	nearest->word = NULL;
	/* the first distance that is too far */
	nearest->distance = (unsigned int)(length < 3 ? 1 : length / 3) + 1;
}

void vprof_nearest_offer(struct vprof_nearest *nearest, const char *word)
{
	size_t length_text = strnlen(nearest->text, LENGTH_MAX + 1);
	size_t length_word = strnlen(word, LENGTH_MAX + 1);
	unsigned int distance;

	if (length_text > LENGTH_MAX || length_word > LENGTH_MAX)
		return;
	distance = measure(nearest->text, length_text, word, length_word);
	if (distance >= nearest->distance)
		return;
	nearest->word = word;
	nearest->distance = distance;
}
