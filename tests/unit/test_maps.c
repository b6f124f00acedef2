// SPDX-License-Identifier: GPL-2.0-only
/* Address spaces: what lies where after mappings over one another. */
#include "process/maps.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "image/image.h"
#include "run_suite.h"

enum { MAX_STEPS = 5, MAX_PROBES = 8 };

static struct vprof_image_table *images;
static struct vprof_maps *maps;

static struct vprof_image *image_named(const char *name)
{
	struct vprof_image like = {
		.kind = VPROF_IMAGE_FILE,
		.name = (char *)name,
		.path = (char *)name,
	};
	struct vprof_image *image = vprof_image_table_get(images, &like);

	ck_assert_ptr_nonnull(image);
	return image;
}

static int map(uint64_t start, uint64_t end, uint64_t pgoff, const char *name)
{
	struct vprof_mapping mapping = {
		.start = start,
		.end = end,
		.pgoff = pgoff,
		.image = image_named(name),
	};
	int ret = vprof_maps_insert(&maps, &mapping);

	vprof_image_put(mapping.image);
	return ret;
}

static void begin(void)
{
	ck_assert_int_eq(vprof_image_table_new(&images), 0);
	maps = vprof_maps_new();
	ck_assert_ptr_nonnull(maps);
}

static void end(void)
{
	vprof_maps_put(maps);
	ck_assert_uint_eq(vprof_image_table_count(images), 0);
	vprof_image_table_free(images);
}

/* Each step maps; each probe says what is at an address then, and its offset. */
static const struct {
	const char *about;
	struct {
		uint64_t start, end, pgoff;
		const char *name;
	} steps[MAX_STEPS];
	struct {
		uint64_t address;
		const char *name; /* NULL: nothing */
		uint64_t offset;
	} probes[MAX_PROBES];
} rows[] = {
	{ "the ends of a range",
	  { { 0x1000, 0x2000, 0x500, "a" } },
	  { { 0xfff, NULL, 0 },
	    { 0x1000, "a", 0x500 },
	    { 0x1fff, "a", 0x14ff },
	    { 0x2000, NULL, 0 } } },
	{ "over the middle",
	  { { 0x1000, 0x4000, 0, "a" }, { 0x2000, 0x3000, 0x40, "b" } },
	  { { 0x1fff, "a", 0xfff },
	    { 0x2000, "b", 0x40 },
	    { 0x3000, "a", 0x2000 },
	    { 0x3fff, "a", 0x2fff } } },
	{ "over the beginning",
	  { { 0x2000, 0x4000, 0, "a" }, { 0x1000, 0x3000, 0, "b" } },
	  { { 0x2fff, "b", 0x1fff }, { 0x3000, "a", 0x1000 } } },
	{ "over the end",
	  { { 0x1000, 0x3000, 0, "a" }, { 0x2000, 0x4000, 0, "b" } },
	  { { 0x1fff, "a", 0xfff }, { 0x2000, "b", 0 } } },
	{ "over several and beyond",
	  { { 0x1000, 0x2000, 0, "a" },
	    { 0x2000, 0x3000, 0, "b" },
	    { 0x4000, 0x5000, 0, "c" },
	    { 0x1800, 0x4800, 0x10, "d" } },
	  { { 0x17ff, "a", 0x7ff },
	    { 0x1800, "d", 0x10 },
	    { 0x3800, "d", 0x2010 },
	    { 0x4800, "c", 0x800 } } },
	{ "exactly over",
	  { { 0x1000, 0x2000, 0, "a" }, { 0x1000, 0x2000, 0, "b" } },
	  { { 0x1000, "b", 0 }, { 0x2000, NULL, 0 } } },
	{ "the last addresses there are",
	  { { UINT64_MAX - 0xfff, UINT64_MAX, 0, "a" } },
	  { { UINT64_MAX - 1, "a", 0xffe }, { 0, NULL, 0 } } },
};

START_TEST(the_latest_mapping_is_found)
{
	const struct vprof_mapping *found;
	int i;

	begin();
	for (i = 0; i < MAX_STEPS && rows[_i].steps[i].name; i++)
		ck_assert_int_eq(
			map(rows[_i].steps[i].start, rows[_i].steps[i].end,
			    rows[_i].steps[i].pgoff, rows[_i].steps[i].name),
			0);
	for (i = 0; i < MAX_PROBES && rows[_i].probes[i].address; i++) {
		uint64_t address = rows[_i].probes[i].address;

		found = vprof_maps_find(maps, address);
		if (!rows[_i].probes[i].name) {
			ck_assert_msg(!found, "%s", rows[_i].about);
			continue;
		}
		ck_assert_msg(found, "%s", rows[_i].about);
		ck_assert_str_eq(found->image->name, rows[_i].probes[i].name);
		ck_assert_uint_eq(address - found->start + found->pgoff,
				  rows[_i].probes[i].offset);
	}
	end();
}
END_TEST

START_TEST(an_empty_range_is_refused)
{
	begin();
	ck_assert_int_eq(map(0x1000, 0x1000, 0, "a"), -EINVAL);
	ck_assert_int_eq(map(0x2000, 0x1000, 0, "a"), -EINVAL);
	ck_assert_uint_eq(vprof_maps_count(maps), 0);
	end();
}
END_TEST

START_TEST(shared_maps_part_when_one_changes)
{
	struct vprof_maps *parent;

	begin();
	ck_assert_int_eq(map(0x1000, 0x2000, 0, "a"), 0);
	parent = vprof_maps_get(maps);
	ck_assert_int_eq(map(0x1000, 0x2000, 0, "b"), 0);
	ck_assert_ptr_ne(parent, maps);
	ck_assert_str_eq(vprof_maps_find(parent, 0x1000)->image->name, "a");
	ck_assert_str_eq(vprof_maps_find(maps, 0x1000)->image->name, "b");
	vprof_maps_put(parent);
	end();
}
END_TEST

static const struct {
	uint64_t start, end, pgoff;
	const char *name;
	bool contradicts;
} contradictions[] = {
	{ 0x1000, 0x2000, 0x100, "a", false }, /* the same again */
	{ 0x1800, 0x3000, 0x900, "a", false }, /* a longer piece of it */
	{ 0x1800, 0x1900, 0x800, "a", true },  /* another place in the file */
	{ 0x1800, 0x1900, 0x900, "b", true },  /* another file */
	{ 0x2000, 0x3000, 0, "b", false },     /* beside it */
	{ 0x0800, 0x1001, 0, "b", true },      /* one byte of it */
};

START_TEST(another_meaning_of_an_address_is_seen)
{
	struct vprof_mapping mapping = {
		.start = contradictions[_i].start,
		.end = contradictions[_i].end,
		.pgoff = contradictions[_i].pgoff,
	};

	begin();
	ck_assert_int_eq(map(0x1000, 0x2000, 0x100, "a"), 0);
	mapping.image = image_named(contradictions[_i].name);
	ck_assert_int_eq(vprof_maps_contradicts(maps, &mapping),
			 contradictions[_i].contradicts);
	vprof_image_put(mapping.image);
	end();
}
END_TEST

START_TEST(a_process_can_not_make_us_keep_mappings_without_end)
{
	uint64_t i;
	int ret = 0;

	begin();
	for (i = 1; !ret && i < 2 * VPROF_MAPS_MAX; i++)
		ret = map(i * 0x2000, i * 0x2000 + 0x1000, 0, "a");
	ck_assert_int_eq(ret, -E2BIG);
	ck_assert_uint_le(vprof_maps_count(maps), VPROF_MAPS_MAX);
	ck_assert_ptr_nonnull(vprof_maps_find(maps, 0x2000));
	end();
}
END_TEST

/* Handed out, with a file held open for it, and with others after it. */
START_TEST(an_image_is_let_go_when_nothing_maps_it)
{
	struct vprof_image *image;
	char name[16];
	int fd;
	int i;

	begin();
	ck_assert_int_eq(map(0x1000, 0x2000, 0, "a"), 0);
	image = vprof_maps_find(maps, 0x1000)->image;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	vprof_image_keep_open(image, fd);
	ck_assert(!vprof_image_let_go(image));
	ck_assert_int_eq(map(0x1000, 0x2000, 0, "b"), 0);
	ck_assert(!vprof_image_let_go(vprof_maps_find(maps, 0x1000)->image));
	ck_assert(vprof_image_let_go(image));
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "file %d", i);
		image = image_named(name);
		vprof_image_keep_open(image, open("/dev/null", O_CLOEXEC));
		vprof_image_put(image);
		ck_assert(i % 2 || vprof_image_let_go(image));
	}
	vprof_maps_put(maps);
	ck_assert_uint_eq(vprof_image_table_count(images), 100);
	vprof_image_table_free(images);
}
END_TEST

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

int main(void)
{
	Suite *suite = suite_create("maps");
	TCase *tcase = tcase_create("maps");

	tcase_add_loop_test(tcase, the_latest_mapping_is_found, 0, NR(rows));
	tcase_add_test(tcase, an_empty_range_is_refused);
	tcase_add_test(tcase, shared_maps_part_when_one_changes);
	tcase_add_loop_test(tcase, another_meaning_of_an_address_is_seen, 0,
			    NR(contradictions));
	tcase_add_test(tcase,
		       a_process_can_not_make_us_keep_mappings_without_end);
	tcase_add_test(tcase, an_image_is_let_go_when_nothing_maps_it);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
