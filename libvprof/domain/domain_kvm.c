// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds virtual machines of KVM among the processes, and what they are called. */
#include "domain/domain_kvm.h"

#include <vprof/domain.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MAX_COMMAND_LINE = 128 * 1024,
	MAX_DESCRIPTORS = 65536,
	COMM_MAX = 16,
	STAT_START = 22, /* field of /proc/PID/stat, from 1 */
};

/* Names that mean something else to --domain. */
static const char *const taken_names[] = { "all", "host", "others" };

/* ---- command lines --------------------------------------------------------- */

static bool is_name(const char *name)
{
	if (!*name)
		return false;
	for (size_t i = 0; i < sizeof(taken_names) / sizeof(*taken_names); i++)
		if (!strcmp(name, taken_names[i]))
			return false;
	return true;
}

/* Who named the machine may not be who reads the report: plain text only, and
 * no comma, which parts names in --domain. */
static void keep_name(struct vprof_domain_info *info, const char *name)
{
	size_t i;

	if (!is_name(name))
		return;
	for (i = 0; i < sizeof(info->name) - 1 && name[i]; i++)
		info->name[i] = name[i] > ' ' && name[i] < 127 && name[i] != ','
					? name[i]
					: '_';
	info->name[i] = '\0';
}

/* QEMU's "guest=NAME,debug-threads=on" or "NAME,...": a comma in it is doubled. */
static void keep_qemu_name(struct vprof_domain_info *info, const char *value)
{
	char field[sizeof(info->name) + 16];
	bool is_first = true;

	while (*value) {
		size_t length = 0;

		while (*value && (*value != ',' || *++value == ',')) {
			if (length < sizeof(field) - 1)
				field[length++] = *value;
			value++;
		}
		field[length] = '\0';
		if (!strncmp(field, "guest=", 6)) {
			keep_name(info, field + 6);
			return;
		}
		if (is_first && !strchr(field, '='))
			keep_name(info, field);
		is_first = false;
	}
}

static void keep_uuid(struct vprof_domain_info *info, const char *value)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i;

	if (strlen(value) != sizeof(form) - 1)
		return;
	for (i = 0; form[i]; i++)
		if (form[i] == 'x' ? !isxdigit((unsigned char)value[i])
				   : value[i] != form[i])
			return;
	for (i = 0; i <= sizeof(form) - 1; i++)
		info->uuid[i] = (char)tolower((unsigned char)value[i]);
}

static const struct {
	const char *option;
	void (*keep)(struct vprof_domain_info *info, const char *value);
} options[] = {
	{ "-name", keep_qemu_name }, { "--name", keep_qemu_name },
	{ "-uuid", keep_uuid },      { "--uuid", keep_uuid },
	{ "--id", keep_name },
};

/* The first of an option counts: what a machine's owner may add comes later. */
static void keep_option(struct vprof_domain_info *info, const char *option,
			const char *value)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(option, options[i].option))
			continue;
		if (!*(options[i].keep == keep_uuid ? info->uuid : info->name))
			options[i].keep(info, value);
	}
}

void vprof_domain_kvm_parse_arguments(const char *text, size_t size,
				      struct vprof_domain_info *info)
{
	const char *end = text + size, *option = NULL;
	char argument[512];
	bool is_short;

	/* The first is the command itself. */
	for (bool is_command = true; text < end; is_command = false) {
		size_t length = strnlen(text, (size_t)(end - text));

		is_short = length < sizeof(argument);
		if (is_short && !is_command) {
			memcpy(argument, text, length);
			argument[length] = '\0';
			if (option)
				keep_option(info, option, argument);
		}
		option = NULL;
		if (is_short && !is_command)
			for (size_t i = 0;
			     i < sizeof(options) / sizeof(*options); i++)
				if (!strcmp(argument, options[i].option))
					option = options[i].option;
		text += length + 1;
	}
}

/* ---- processes ------------------------------------------------------------- */

static int open_process(const char *proc, uint64_t pid)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%" PRIu64, proc, pid);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Up to @size bytes, and a NUL. */
static size_t read_file(int process, const char *name, char *text, size_t size)
{
	int fd = openat(process, name, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got = 1;

	while (fd >= 0 && length < size && got > 0) {
		got = read(fd, text + length, size - length);
		if (got > 0)
			length += (size_t)got;
	}
	if (fd >= 0)
		close(fd);
	text[length] = '\0';
	return length;
}

static bool is_vm(int directory, const char *name)
{
	char target[32];
	ssize_t length = readlinkat(directory, name, target, sizeof(target));

	return length == (ssize_t)strlen("anon_inode:kvm-vm") &&
	       !memcmp(target, "anon_inode:kvm-vm", (size_t)length);
}

static bool holds_vm(int process)
{
	int fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool has_one = false;
	int nr = 0;

	if (!directory) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!has_one && nr++ < MAX_DESCRIPTORS &&
	       (entry = readdir(directory)))
		has_one = is_vm(fd, entry->d_name);
	closedir(directory);
	return has_one;
}

/* The command's name in it may have spaces and parentheses of its own. */
static uint64_t start_time(const char *stat)
{
	const char *at = strrchr(stat, ')');

	if (!at)
		return 0;
	for (int field = 2; field < STAT_START; field++) {
		at = strchr(at + 1, ' ');
		if (!at)
			return 0;
	}
	return strtoull(at + 1, NULL, 10);
}

static void keep_arguments(int process, struct vprof_domain_info *info)
{
	char *text = malloc(MAX_COMMAND_LINE + 1);

	if (!text)
		return;
	vprof_domain_kvm_parse_arguments(
		text, read_file(process, "cmdline", text, MAX_COMMAND_LINE),
		info);
	free(text);
}

static int describe(int process, uint64_t pid,
		    struct vprof_domain_info *ret_info)
{
	struct vprof_domain_info info = { .kind = "kvm", .id = pid };
	char comm[COMM_MAX + 1], stat[1024], name[64];

	if (!holds_vm(process))
		return -ENOENT;
	read_file(process, "stat", stat, sizeof(stat) - 1);
	read_file(process, "comm", comm, COMM_MAX);
	comm[strcspn(comm, "\n")] = '\0';
	info.start = start_time(stat);
	keep_arguments(process, &info);
	if (!info.name[0]) {
		snprintf(name, sizeof(name), "%s-%" PRIu64,
			 comm[0] ? comm : "vm", pid);
		keep_name(&info, name);
	}
	snprintf(info.about, sizeof(info.about), "KVM, by %s, process %" PRIu64,
		 comm[0] ? comm : "?", pid);
	*ret_info = info;
	return 0;
}

int vprof_domain_kvm_find(const char *proc, uint64_t id,
			  struct vprof_domain_info *ret_info)
{
	int process = open_process(proc, id), ret;

	if (process < 0)
		return -ENOENT;
	ret = describe(process, id, ret_info);
	close(process);
	return ret;
}

int vprof_domain_kvm_for_each(const char *proc,
			      int (*fn)(void *data,
					const struct vprof_domain_info *info),
			      void *data)
{
	struct vprof_domain_info info;
	DIR *directory = opendir(proc);
	struct dirent *entry;
	uint64_t pid;
	int stop = 0;
	char *end;

	while (directory && !stop && (entry = readdir(directory))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = strtoull(entry->d_name, &end, 10);
		if (!*end && !vprof_domain_kvm_find(proc, pid, &info))
			stop = fn(data, &info);
	}
	if (directory)
		closedir(directory);
	return stop;
}
