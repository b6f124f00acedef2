// SPDX-License-Identifier: GPL-2.0-only
/* vprof.conf: what each key takes, what is refused and how it is said. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vprof/capture.h>
#include <vprof/store.h>

#include "../../daemon/config.h"
#include "../../daemon/config_key.h"
#include "run_suite.h"

static int parse(const char *text, size_t size, struct vprof_config *config,
		 struct vprof_error *err)
{
	/* on the heap without a final zero: a read past the end is caught */
	char *copy = malloc(size + !size);
	int r;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, size);
	r = vprof_config_parse("x.conf", copy, size, config, err);
	free(copy);
	return r;
}

START_TEST(has_a_fallback_for_every_key)
{
	struct vprof_config config;

	ck_assert_int_eq(parse("", 0, &config, NULL), 0);
	ck_assert_uint_eq(config.capture, VPROF_CAPTURE_AUTO);
	ck_assert_uint_eq(config.chains, VPROF_CONFIG_CHAINS_OFF);
	ck_assert_uint_eq(config.frequency, 49);
	ck_assert_uint_eq(config.period, 0);
	ck_assert_uint_eq(config.slice_ns, 1000000000);
	ck_assert_uint_eq(config.buffer_bytes, 256 * 1024);
	ck_assert_uint_eq(config.max_bytes, 256 << 20);
	ck_assert_uint_eq(config.max_age_ns, 7 * 86400 * 1000000000ULL);
	ck_assert_str_eq(config.store, "/var/lib/vprof/vprof.store");
	ck_assert_str_eq(config.socket, "/run/vprof/control");
	ck_assert_str_eq(config.group, "vprof");
	ck_assert_uint_eq(config.nr_events, 0);
	ck_assert_uint_eq(config.nr_maps, 0);
	ck_assert_str_eq(config.xen_symbols, "");
}
END_TEST

/* What the configuration takes, the store takes too. */
START_TEST(the_least_size_is_one_that_a_store_can_have)
{
	const struct vprof_config_key *key = vprof_config_key_at(
		(size_t)vprof_config_key_find("max_size", NULL));
	struct vprof_store_options options = {
		.size = sizeof(options),
		.is_rolling = true,
	};
	char path[] = "/tmp/vprof-size-XXXXXX";
	struct vprof_error err = { 0 };
	struct vprof_config config = { 0 };
	struct vprof_store *store;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(vprof_config_key_set(key, &config, key->from, &err),
			 0);
	options.max_bytes = config.max_bytes;
	ck_assert_msg(!vprof_store_create(path, &options, &store, &err), "%s",
		      err.text);
	vprof_store_free(store);
	unlink(path);
}
END_TEST

/* A line, and the field that it sets. */
#define FIELD(member) offsetof(struct vprof_config, member)
static const struct {
	const char *line;
	size_t offset;
	uint64_t value;
} numbers[] = {
	{ "frequency = 1", FIELD(frequency), 1 },
	{ "frequency = 10k", FIELD(frequency), 10000 },
	{ "frequency=97", FIELD(frequency), 97 },
	{ "  frequency = 97  ", FIELD(frequency), 97 },
	{ "frequency: 97", FIELD(frequency), 97 },
	{ "frequency = 97 ; a comment", FIELD(frequency), 97 },
	{ "\xEF\xBB\xBF"
	  "frequency = 97",
	  FIELD(frequency), 97 },
	{ "period = 1M", FIELD(period), 1000000 },
	{ "period = 1000G", FIELD(period), 1000000000000 },
	{ "slice = 100ms", FIELD(slice_ns), 100000000 },
	{ "slice = 1m", FIELD(slice_ns), 60000000000 },
	{ "max_age = 2h", FIELD(max_age_ns), 7200000000000 },
	{ "max_age = 3650d", FIELD(max_age_ns), 315360000000000000 },
	{ "max_size = 2M", FIELD(max_bytes), 2 << 20 },
	{ "max_size = 2G", FIELD(max_bytes), 2ULL << 30 },
	{ "buffer = 32K", FIELD(buffer_bytes), 32768 },
	{ "capture = auto", FIELD(capture), VPROF_CAPTURE_AUTO },
	{ "capture = kmod", FIELD(capture), VPROF_CAPTURE_KMOD },
	{ "capture = perf_event", FIELD(capture), VPROF_CAPTURE_PERF_EVENT },
	{ "chains = off", FIELD(chains), VPROF_CONFIG_CHAINS_OFF },
	{ "chains = kernel", FIELD(chains), VPROF_CONFIG_CHAINS_KERNEL },
	{ "chains = user", FIELD(chains), VPROF_CONFIG_CHAINS_USER },
	{ "chains = on", FIELD(chains), VPROF_CONFIG_CHAINS_ON },
};

START_TEST(reads_numbers_and_words)
{
	struct vprof_error err = { 0 };
	struct vprof_config config;
	uint64_t value;

	ck_assert_msg(parse(numbers[_i].line, strlen(numbers[_i].line), &config,
			    &err) == 0,
		      "%s: %s", numbers[_i].line, err.text);
	memcpy(&value, (char *)&config + numbers[_i].offset, sizeof(value));
	ck_assert_uint_eq(value, numbers[_i].value);
}
END_TEST

START_TEST(reads_events_paths_and_the_group)
{
	static const char text[] = "# two events\n"
				   "event = CPU_CLK_UNHALTED:u\n"
				   "\n"
				   "event = cpu/event=0x76,umask=0/\n"
				   "store = /tmp/a b/c.store\n"
				   "socket = /tmp/s\r\n"
				   "group = wheel\n";
	struct vprof_config config;

	ck_assert_int_eq(parse(text, strlen(text), &config, NULL), 0);
	ck_assert_uint_eq(config.nr_events, 2);
	ck_assert_str_eq(config.events[0].text, "CPU_CLK_UNHALTED:u");
	ck_assert_uint_eq(config.events[0].line, 2);
	ck_assert_str_eq(config.events[1].text, "cpu/event=0x76,umask=0/");
	ck_assert_uint_eq(config.events[1].line, 4);
	ck_assert_str_eq(config.store, "/tmp/a b/c.store");
	ck_assert_str_eq(config.socket, "/tmp/s");
	ck_assert_str_eq(config.group, "wheel");
}
END_TEST

START_TEST(reads_maps_and_xens_symbols)
{
	static const char text[] = "map = web1=/boot/System.map-6.12\n"
				   "xen_syms = /boot/xen-syms\n"
				   "map = 7 = /a=b/kallsyms ; its id\n"
				   "map = a b=/x\n";
	struct vprof_config config;
	struct vprof_error err = { 0 };

	ck_assert_int_eq(parse(text, strlen(text), &config, &err), -EINVAL);
	ck_assert_str_eq(
		err.text,
		"x.conf:3: map wants GUEST=FILE, the file's path beginning "
		"with /, not \"7 = /a=b/kallsyms\"");
	ck_assert_int_eq(
		parse(text, strchr(text, '7') - text - 6, &config, NULL), 0);
	ck_assert_uint_eq(config.nr_maps, 1);
	ck_assert_str_eq(config.maps[0].guest, "web1");
	ck_assert_str_eq(config.maps[0].file, "/boot/System.map-6.12");
	ck_assert_uint_eq(config.maps[0].line, 1);
	ck_assert_str_eq(config.xen_symbols, "/boot/xen-syms");
	ck_assert_int_eq(parse("\nmap = a b=/a=b/x", 17, &config, NULL), 0);
	ck_assert_str_eq(config.maps[0].guest, "a b");
	ck_assert_str_eq(config.maps[0].file, "/a=b/x");
	ck_assert_uint_eq(config.maps[0].line, 2);
}
END_TEST

static const struct {
	const char *text;
	const char *sentence; /* begins so */
} refusals[] = {
	{ "frequncy = 9",
	  "x.conf:1: no key \"frequncy\". Near it: frequency. All: man vprof.conf" },
	{ "\n\nbanana = 9",
	  "x.conf:3: no key \"banana\". All: man vprof.conf" },
	{ "Frequency = 9",
	  "x.conf:1: no key \"Frequency\". Near it: frequency" },
	{ "frequency", "x.conf:1: neither KEY = VALUE nor a comment (#)" },
	{ "# x\nhello world\n", "x.conf:2: neither KEY = VALUE" },
	{ "hello\nbanana = 1\n", "x.conf:1: neither KEY = VALUE" },
	{ "= 5", "x.conf:1: no key \"\"" },
	{ "[store]\nmax_size = 1M\n",
	  "x.conf:1: vprof.conf has no [sections]" },
	{ "[store", "x.conf:1: vprof.conf has no [sections]" },
	{ "frequency = 5\n  frequency = 6\n",
	  "x.conf:2: frequency was given on line 1 already" },
	{ "period = 100k\nfrequency = 5\n",
	  "x.conf:1: period and frequency (line 2) exclude each other" },
	{ "frequency =",
	  "x.conf:1: frequency wants a number, or one with k, M or G, from 1 to 10k, not \"\"" },
	{ "frequency = 0", "x.conf:1: frequency wants a number" },
	{ "frequency = 10001", "x.conf:1: frequency wants" },
	{ "frequency = -5", "x.conf:1: frequency wants" },
	{ "frequency = +5", "x.conf:1: frequency wants" },
	{ "frequency = 0x10", "x.conf:1: frequency wants" },
	{ "frequency = 5 Hz", "x.conf:1: frequency wants" },
	{ "frequency = 5.5", "x.conf:1: frequency wants" },
	{ "frequency = 99999999999999999999", "x.conf:1: frequency wants" },
	{ "period = 18446744073709551615G", "x.conf:1: period wants" },
	{ "period = 0", "x.conf:1: period wants" },
	{ "slice = 99ms",
	  "x.conf:1: slice wants a time with ms, s, m, h or d, from 100ms to 1m, not \"99ms\"" },
	{ "slice = 61s", "x.conf:1: slice wants" },
	{ "slice = 1", "x.conf:1: slice wants" },
	{ "max_age = 59s", "x.conf:1: max_age wants" },
	{ "max_age = 3651d", "x.conf:1: max_age wants" },
	{ "max_size = 2047K",
	  "x.conf:1: max_size wants a size with K, M or G, from 2M" },
	{ "max_size = 1025G", "x.conf:1: max_size wants" },
	{ "max_size = 256MB", "x.conf:1: max_size wants" },
	{ "buffer = 31K", "x.conf:1: buffer wants" },
	{ "buffer = 17M", "x.conf:1: buffer wants" },
	{ "capture = module",
	  "x.conf:1: capture wants one of: auto, kmod, perf_event, not \"module\"" },
	{ "chains = yes",
	  "x.conf:1: chains wants one of: off, kernel, user, on, not \"yes\"" },
	{ "store = vprof.store",
	  "x.conf:1: store wants a file's path that begins with /" },
	{ "store = /var/lib/vprof/", "x.conf:1: store wants a file's path" },
	{ "store =", "x.conf:1: store wants a file's path" },
	{ "socket = /tmp/"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	  "x.conf:1: socket wants a shorter path" },
	{ "group = a b", "x.conf:1: group wants the name of a group" },
	{ "group =", "x.conf:1: group wants the name of a group" },
	{ "event =", "x.conf:1: event wants an event" },
	{ "map =", "x.conf:1: map wants GUEST=FILE" },
	{ "map = /boot/System.map", "x.conf:1: map wants GUEST=FILE" },
	{ "map = =/boot/System.map", "x.conf:1: map wants GUEST=FILE" },
	{ "map = web1=", "x.conf:1: map wants GUEST=FILE" },
	{ "map = web1=System.map",
	  "x.conf:1: map wants GUEST=FILE, the file's path beginning with /, not \"web1=System.map\"" },
	{ "map = "
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "=/x",
	  "x.conf:1: map wants GUEST=FILE" },
	{ "map = a=/x\nmap = b=/x\nmap = a=/y\n",
	  "x.conf:3: map wants one line for each guest, not \"a=/y\"" },
	{ "xen_syms = xen-syms",
	  "x.conf:1: xen_syms wants a file's path that begins with /" },
	{ "xen_syms = /a\nxen_syms = /b\n",
	  "x.conf:2: xen_syms was given on line 1 already" },
	{ "event = "
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	  "x.conf:1: event wants an event" },
};

START_TEST(refuses_with_file_and_line)
{
	struct vprof_config config = { .frequency = 12345 };
	struct vprof_error err = { 0 };
	const char *wanted = refusals[_i].sentence;

	ck_assert_int_eq(parse(refusals[_i].text, strlen(refusals[_i].text),
			       &config, &err),
			 -EINVAL);
	ck_assert_msg(!strncmp(err.text, wanted, strlen(wanted)),
		      "said: %s\nwanted: %s", err.text, wanted);
	/* untouched on failure */
	ck_assert_uint_eq(config.frequency, 12345);
}
END_TEST

START_TEST(refuses_a_zero_byte)
{
	static const char text[] = "frequency = 5\nstore = /a\0b\n";
	struct vprof_config config;
	struct vprof_error err;

	ck_assert_int_eq(parse(text, sizeof(text) - 1, &config, &err), -EINVAL);
	ck_assert_str_eq(err.text, "x.conf:2: not text: there is a zero byte");
}
END_TEST

START_TEST(refuses_a_line_that_would_come_out_as_two)
{
	enum { SIZE = 500, LONGEST = 198 };
	char text[SIZE];
	struct vprof_config config;
	struct vprof_error err;

	memset(text, 'x', SIZE);
	memcpy(text, "store = /", 9);
	ck_assert_int_eq(parse(text, SIZE, &config, &err), -EINVAL);
	ck_assert_str_eq(err.text, "x.conf:1: the line is too long");
	/* vprof.conf(5) has this number */
	text[LONGEST] = '\n';
	ck_assert_int_eq(parse(text, LONGEST + 1, &config, &err), 0);
	ck_assert_uint_eq(strlen(config.store), LONGEST - strlen("store = "));
	text[LONGEST] = 'x';
	text[LONGEST + 1] = '\n';
	ck_assert_int_eq(parse(text, LONGEST + 2, &config, &err), -EINVAL);
}
END_TEST

START_TEST(refuses_more_events_than_a_session_has)
{
	char text[40 * 16] = "";
	struct vprof_config config;
	struct vprof_error err;
	int i;

	for (i = 0; i < VPROF_CONFIG_MAX_EVENTS; i++)
		strcat(text, "event = r76\n");
	ck_assert_int_eq(parse(text, strlen(text), &config, NULL), 0);
	ck_assert_uint_eq(config.nr_events, VPROF_CONFIG_MAX_EVENTS);
	strcat(text, "event = r76\n");
	ck_assert_int_eq(parse(text, strlen(text), &config, &err), -EINVAL);
	ck_assert_str_eq(
		err.text,
		"x.conf:33: event wants one of at most 32 events, not \"r76\"");
}
END_TEST

START_TEST(refuses_more_maps_than_it_keeps)
{
	char text[80 * 16] = "", line[32];
	struct vprof_config config;
	struct vprof_error err;
	int i;

	for (i = 0; i <= VPROF_CONFIG_MAX_MAPS; i++) {
		if (i == VPROF_CONFIG_MAX_MAPS)
			ck_assert_int_eq(
				parse(text, strlen(text), &config, NULL), 0);
		snprintf(line, sizeof(line), "map = %d=/x\n", i);
		strcat(text, line);
	}
	ck_assert_uint_eq(config.nr_maps, VPROF_CONFIG_MAX_MAPS);
	ck_assert_int_eq(parse(text, strlen(text), &config, &err), -EINVAL);
	ck_assert_str_eq(
		err.text,
		"x.conf:65: map wants one of at most 64 guests, not \"64=/x\"");
}
END_TEST

/* ---- files -------------------------------------------------------------- */

static char path[64];

static void write_file(const char *text, size_t size)
{
	FILE *file;

	snprintf(path, sizeof(path), "/tmp/vprof-test-config.%d", getpid());
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, size, file), size);
	fclose(file);
}

START_TEST(loads_a_file)
{
	struct vprof_config config;

	write_file("frequency = 7\n", 14);
	ck_assert_int_eq(vprof_config_load(path, &config, NULL), 0);
	ck_assert_uint_eq(config.frequency, 7);
	ck_assert_str_eq(config.path, path);
	unlink(path);
}
END_TEST

START_TEST(says_why_a_file_cannot_be_loaded)
{
	static char large[VPROF_CONFIG_MAX_BYTES + 1];
	struct vprof_config config;
	struct vprof_error err;

	ck_assert_int_eq(vprof_config_load("/nonexistent/x", &config, &err),
			 -ENOENT);
	ck_assert_str_eq(
		err.text,
		"cannot read /nonexistent/x: No such file or directory");
	ck_assert_int_eq(vprof_config_load("/tmp", &config, &err), -EISDIR);
	memset(large, '\n', sizeof(large));
	write_file(large, sizeof(large));
	ck_assert_int_eq(vprof_config_load(path, &config, &err), -EFBIG);
	write_file(large, sizeof(large) - 1);
	ck_assert_int_eq(vprof_config_load(path, &config, &err), 0);
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600),
			 0); /* must not wait for a writer */
	ck_assert_int_eq(vprof_config_load(path, &config, &err), -EISDIR);
	unlink(path);
}
END_TEST

/* ---- the manual --------------------------------------------------------- */

static char *read_manual(void)
{
	enum { SIZE = 64 * 1024 };
	char *text = calloc(1, SIZE);
	FILE *file = fopen("daemon/vprof.conf.5", "r");

	ck_assert_msg(text && file, "run this from the top of the tree");
	ck_assert_uint_gt(fread(text, 1, SIZE - 1, file), 0);
	fclose(file);
	return text;
}

static void assert_has(const char *entry, const char *end, const char *wanted)
{
	const char *found = strstr(entry, wanted);

	ck_assert_msg(found && found < end, "vprof.conf(5) lacks: %s", wanted);
}

START_TEST(is_told_truly_by_the_manual)
{
	const struct vprof_config_key *key = vprof_config_key_at((size_t)_i);
	char *manual = read_manual();
	char wanted[128];
	const char *entry, *end;
	size_t i;

	snprintf(wanted, sizeof(wanted), ".It Cm %s No = Ar %s\n", key->name,
		 key->value);
	entry = strstr(manual, wanted);
	ck_assert_msg(entry, "vprof.conf(5) lacks: %s", wanted);
	end = strstr(entry + 1, "\n.It Cm ");
	if (!end)
		end = strstr(entry, "\n.El");
	ck_assert_ptr_nonnull(end);
	snprintf(wanted, sizeof(wanted), "Default: %s.\n",
		 key->fallback ? key->fallback : key->fallback_is);
	assert_has(entry, end, wanted);
	if (key->from) {
		snprintf(wanted, sizeof(wanted), "From %s to %s.\n", key->from,
			 key->to);
		assert_has(entry, end, wanted);
	}
	for (i = 0; key->words && key->words[i]; i++) {
		snprintf(wanted, sizeof(wanted), ".Cm %s\n", key->words[i]);
		assert_has(entry, end, wanted);
	}
	free(manual);
}
END_TEST

START_TEST(has_no_key_in_the_manual_that_is_none)
{
	char *manual = read_manual(), name[64];
	const char *entry = manual;
	struct vprof_error err;

	while ((entry = strstr(entry, "\n.It Cm "))) {
		entry += strlen("\n.It Cm ");
		ck_assert_int_eq(sscanf(entry, "%63s No = Ar", name), 1);
		ck_assert_msg(vprof_config_key_find(name, &err) >= 0, "%s",
			      err.text);
	}
	free(manual);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

static int count_keys(void)
{
	int nr = 0;

	while (vprof_config_key_at((size_t)nr))
		nr++;
	return nr;
}

int main(void)
{
	Suite *suite = suite_create("config");
	TCase *values = tcase_create("values");
	TCase *files = tcase_create("files");
	TCase *manual = tcase_create("manual");

	tcase_add_test(values, has_a_fallback_for_every_key);
	tcase_add_test(values, the_least_size_is_one_that_a_store_can_have);
	tcase_add_loop_test(values, reads_numbers_and_words, 0, ROWS(numbers));
	tcase_add_test(values, reads_events_paths_and_the_group);
	tcase_add_loop_test(values, refuses_with_file_and_line, 0,
			    ROWS(refusals));
	tcase_add_test(values, refuses_a_zero_byte);
	tcase_add_test(values, refuses_a_line_that_would_come_out_as_two);
	tcase_add_test(values, refuses_more_events_than_a_session_has);
	tcase_add_test(values, reads_maps_and_xens_symbols);
	tcase_add_test(values, refuses_more_maps_than_it_keeps);
	tcase_add_test(files, loads_a_file);
	tcase_add_test(files, says_why_a_file_cannot_be_loaded);
	tcase_add_loop_test(manual, is_told_truly_by_the_manual, 0,
			    count_keys());
	tcase_add_test(manual, has_no_key_in_the_manual_that_is_none);
	suite_add_tcase(suite, values);
	suite_add_tcase(suite, files);
	suite_add_tcase(suite, manual);
	return run_suite(suite);
}
