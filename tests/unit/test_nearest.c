// SPDX-License-Identifier: GPL-2.0-only
/* Which known word was meant. */
#include <vprof/nearest.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "run_suite.h"

static const char *const words[] = {
	"frequency", "period", "store", "max_size", "max_age", "event",
};

static const struct {
	const char *text;
	const char *word;
	unsigned int distance; /* where there is a word */
} rows[] = {
	{ "frequency", "frequency", 0 },
	{ "frequncy", "frequency", 1 },   /* a letter dropped */
	{ "frequeency", "frequency", 1 }, /* added */
	{ "frequenzy", "frequency", 1 },  /* changed */
	{ "freqeuncy", "frequency", 1 },  /* two swapped */
	{ "FREQUENCY", "frequency", 0 },
	{ "max-size", "max_size", 1 },
	{ "max_aeg", "max_age", 1 },
	{ "perriodd", "period", 2 },
	{ "banana", NULL, 0 },
	{ "", NULL, 0 },
	{ "x", NULL, 0 },
};

START_TEST(finds_the_word_that_was_meant)
{
	struct vprof_nearest nearest;
	size_t i;

	vprof_nearest_begin(&nearest, rows[_i].text);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		vprof_nearest_offer(&nearest, words[i]);
	if (!rows[_i].word) {
		ck_assert_ptr_null(nearest.word);
		return;
	}
	ck_assert_ptr_nonnull(nearest.word);
	ck_assert_str_eq(nearest.word, rows[_i].word);
	ck_assert_uint_eq(nearest.distance, rows[_i].distance);
}
END_TEST

START_TEST(leaves_texts_of_any_length_alone)
{
	enum { LONG = 1000 };
	char *text = malloc(LONG);
	struct vprof_nearest nearest;

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', LONG - 1);
	text[LONG - 1] = '\0';
	vprof_nearest_begin(&nearest, text);
	vprof_nearest_offer(&nearest, "a");
	ck_assert_ptr_null(nearest.word);
	vprof_nearest_begin(&nearest, "a");
	vprof_nearest_offer(&nearest, text);
	ck_assert_ptr_null(nearest.word);
	text[128] = '\0'; /* the longest that is compared */
	vprof_nearest_begin(&nearest, text);
	vprof_nearest_offer(&nearest, text);
	ck_assert_ptr_eq(nearest.word, text);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("nearest");
	TCase *tcase = tcase_create("nearest");

	tcase_add_loop_test(tcase, finds_the_word_that_was_meant, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tcase, leaves_texts_of_any_length_alone);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
