// SPDX-License-Identifier: GPL-2.0-only
/* Sysctls and offloads that a study changes: noted first, put back at the end. */
#include "study/setting.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * struct setting - something that was changed
 * @what: "net.ipv4.tcp_adv_win_scale", "gro of eth0"
 * @before: its value
 * @command: what puts it back
 */
struct setting {
	struct setting *next;
	struct session *session;
	char *what;
	char *before;
	char *command;
};

static void free_setting(struct setting *setting)
{
	free(setting->what);
	free(setting->before);
	free(setting->command);
	free(setting);
}

/* What goes into a shell's command, and came from a machine's answer. */
static bool is_harmless(const char *text)
{
	return *text && *text != '-' &&
	       !text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "_.:@-")];
}

static bool is_number(const char *text)
{
	text += *text == '-';
	return *text && !text[strspn(text, "0123456789")];
}

static bool is_noted(const struct setting_list *list,
		     const struct session *session, const char *what)
{
	const struct setting *setting;

	for (setting = list->first; setting; setting = setting->next)
		if (setting->session == session && !strcmp(setting->what, what))
			return true;
	return false;
}

/* For whoever finds the folder after a power cut. Without it things go on. */
static void write_note(const struct setting_list *list)
{
	const struct setting *setting;
	FILE *note;

	if (!list->note_path)
		return;
	if (!list->first) {
		unlink(list->note_path);
		return;
	}
	note = fopen(list->note_path, "we");
	if (!note)
		return;
	fputs("# Changed by vprof-study while it runs. To put it back by "
	      "hand:\n",
	      note);
	for (setting = list->first; setting; setting = setting->next)
		fprintf(note, "# at %s\n%s\n",
			session_get_name(setting->session), setting->command);
	fclose(note);
}

/* @format: the command that puts it back */
static int __attribute__((format(printf, 5, 6)))
note(struct setting_list *list, struct session *session, const char *what,
     const char *before, const char *format, ...)
{
	struct setting *setting = calloc(1, sizeof(*setting));
	va_list arguments;
	int length;

	if (!setting)
		return -ENOMEM;
	va_start(arguments, format);
	length = vasprintf(&setting->command, format, arguments);
	va_end(arguments);
	if (length < 0)
		setting->command = NULL;
	setting->session = session;
	setting->what = strdup(what);
	setting->before = strdup(before);
	if (!setting->what || !setting->before || !setting->command) {
		free_setting(setting);
		return -ENOMEM;
	}
	setting->next = list->first;
	list->first = setting;
	write_note(list);
	return 0;
}

/* The newest again: it was not changed after all. */
static void forget_newest(struct setting_list *list)
{
	struct setting *setting = list->first;

	list->first = setting->next;
	free_setting(setting);
	write_note(list);
}

/* ---- sysctls -------------------------------------------------------------- */

/* "net.ipv4.x" is the file net/ipv4/x. */
static void make_path(const char *name, char *ret_path, size_t size)
{
	snprintf(ret_path, size, "/proc/sys/%s", name);
	for (char *c = ret_path + strlen("/proc/sys/"); *c; c++)
		if (*c == '.')
			*c = '/';
}

int setting_read_sysctl(struct session *session, const char *name,
			char **ret_value, struct vprof_error *err)
{
	char path[256], *value = NULL;
	int ret;

	make_path(name, path, sizeof(path));
	ret = session_run(session, &value, err, "cat %s", path);
	if (!ret) {
		*ret_value = value;
		return 0;
	}
	if (ret > 0)
		ret = vprof_error_set(err, -ENOENT, "%s at %s: %.200s", name,
				      session_get_name(session), value);
	free(value);
	return ret;
}

static int change_sysctl(struct session *session, const char *name,
			 const char *path, const char *value,
			 struct vprof_error *err)
{
	char *output = NULL;
	int ret;

	ret = session_run(session, &output, err, "echo %s >%s", value, path);
	if (ret > 0)
		ret = vprof_error_set(
			err, -EACCES, "%s at %s cannot be set to %s: %.200s",
			name, session_get_name(session), value, output);
	free(output);
	return ret;
}

/* Noted before it is changed: between the two anything may happen. */
static int note_and_change(struct setting_list *list, struct session *session,
			   const char *name, const char *before,
			   const char *value, struct vprof_error *err)
{
	bool is_new = !is_noted(list, session, name);
	char path[256];
	int ret;

	make_path(name, path, sizeof(path));
	if (is_new &&
	    note(list, session, name, before, "echo %s >%s", before, path))
		return vprof_error_set(err, -ENOMEM, "no memory");
	ret = change_sysctl(session, name, path, value, err);
	if (ret == -EACCES && is_new)
		forget_newest(list);
	return ret;
}

int setting_sysctl(struct setting_list *list, struct session *session,
		   const char *name, const char *value, struct vprof_error *err)
{
	char *before;
	int ret;

	ret = setting_read_sysctl(session, name, &before, err);
	if (ret)
		return ret;
	if (!is_number(before))
		ret = vprof_error_set(err, -EBADMSG,
				      "%s at %s is \"%.100s\", not a number",
				      name, session_get_name(session), before);
	else if (strcmp(before, value))
		ret = note_and_change(list, session, name, before, value, err);
	free(before);
	return ret;
}

/* ---- offloads ------------------------------------------------------------- */

/* Return: "on", "off [fixed]", ... to the end of @features; NULL: not there. */
static const char *find_feature(const char *features, const char *long_name)
{
	const char *line = strstr(features, long_name);

	if (!line)
		return NULL;
	line += strlen(long_name);
	return !strncmp(line, ": ", 2) ? line + 2 : NULL;
}

/* "\tNAME: on" of a group of features; what is fixed needs no putting back. */
static void add_member(FILE *out, const char *line)
{
	char name[64], state[4];

	if (sscanf(line, "\t%63[^:]: %3s", name, state) == 2 &&
	    is_harmless(name) && is_harmless(state) &&
	    !memmem(line, strcspn(line, "\n"), "[fixed]", 7))
		fprintf(out, " %s %s", name, state);
}

/*
 * What puts back @feature, whose state @listed is in ethtool's list: a group is
 * switched off with all its members, of which not all were on.
 */
static char *make_restoring(const char *interface, const char *feature,
			    const char *listed)
{
	const char *line = listed + strcspn(listed, "\n");
	char *command = NULL;
	size_t size;
	FILE *out = open_memstream(&command, &size);

	if (!out)
		return NULL;
	fprintf(out, "ethtool -K %s", interface);
	if (strncmp(line, "\n\t", 2) != 0)
		fprintf(out, " %s on", feature);
	for (; !strncmp(line, "\n\t", 2); line += 1 + strcspn(line + 1, "\n"))
		add_member(out, line + 1);
	if (fclose(out)) {
		free(command);
		return NULL;
	}
	return command;
}

static int switch_off(struct setting_list *list, struct session *session,
		      const char *interface, const char *feature,
		      const char *restoring, struct vprof_error *err)
{
	char what[128], *output = NULL;
	int ret;

	snprintf(what, sizeof(what), "%s of %s", feature, interface);
	if (!restoring || (!is_noted(list, session, what) &&
			   note(list, session, what, "on", "%s", restoring)))
		return vprof_error_set(err, -ENOMEM, "no memory");
	ret = session_run(session, &output, err, "ethtool -K %s %s off",
			  interface, feature);
	if (ret > 0)
		ret = vprof_error_set(err, -EACCES,
				      "%s of %s cannot be switched off: %.200s",
				      feature, interface, output);
	free(output);
	return ret;
}

int setting_offload_off(struct setting_list *list, struct session *session,
			const char *interface, const char *feature,
			const char *long_name, struct vprof_error *err)
{
	char *features = NULL, *restoring;
	const char *state;
	int ret;

	if (!is_harmless(interface))
		return vprof_error_set(err, -EINVAL,
				       "\"%.60s\" is no name of an interface",
				       interface);
	ret = session_run(session, &features, err, "ethtool -k %s", interface);
	if (ret > 0) {
		ret = vprof_error_set(
			err, -ENOENT,
			"the offloads of %s at %s stay as they are: %.200s",
			interface, session_get_name(session), features);
	} else if (!ret) {
		state = find_feature(features, long_name);
		if (!state || strncmp(state, "on", 2)) {
			ret = 0;
		} else if (!strncmp(state, "on [fixed]", 10)) {
			ret = vprof_error_set(
				err, -EOPNOTSUPP,
				"%s of %s at %s is on and cannot be "
				"switched off",
				long_name, interface,
				session_get_name(session));
		} else {
			restoring = make_restoring(interface, feature, state);
			ret = switch_off(list, session, interface, feature,
					 restoring, err);
			free(restoring);
		}
	}
	free(features);
	return ret;
}

/* ---- back ----------------------------------------------------------------- */

static int put_back(const struct setting *setting, struct vprof_error *err)
{
	char *output = NULL;
	int ret;

	ret = session_run(setting->session, &output, err, "%s",
			  setting->command);
	if (ret < 0 && !session_again(setting->session, err)) {
		free(output);
		output = NULL;
		ret = session_run(setting->session, &output, err, "%s",
				  setting->command);
	}
	if (ret > 0)
		vprof_error_set(err, -EIO, "%.200s", output);
	free(output);
	return ret;
}

unsigned int setting_restore(struct setting_list *list)
{
	unsigned int nr_failed = 0, nr_restored = 0;
	struct setting *setting;
	struct vprof_error why;

	while ((setting = list->first)) {
		list->first = setting->next;
		if (!put_back(setting, &why)) {
			fprintf(stderr, "%s%s at %s: %s",
				nr_restored++ ? "; " : "vprof-study: put back ",
				setting->what,
				session_get_name(setting->session),
				setting->before);
		} else {
			nr_failed++;
			if (nr_restored)
				fputc('\n', stderr);
			nr_restored = 0;
			warnx("NOT put back: %s at %s (%s). By hand: %s",
			      setting->what, session_get_name(setting->session),
			      why.text, setting->command);
		}
		free_setting(setting);
	}
	if (nr_restored)
		fputc('\n', stderr);
	if (!nr_failed)
		write_note(list);
	return nr_failed;
}
