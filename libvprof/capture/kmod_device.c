// SPDX-License-Identifier: LGPL-2.1-or-later
/* /dev/vprof: opening it, and in words why that can't be. */
#include "capture/kmod_device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { PATH_LEN = 256 };

/* Wherever it was installed, depmod has listed it. */
static bool is_installed(const char *release)
{
	bool is_listed = false;
	char path[PATH_LEN];
	char *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (!is_listed && getline(&line, &size, file) > 0)
		is_listed = strstr(line, "/vprof.ko") != NULL;
	free(line);
	fclose(file);
	return is_listed;
}

static int explain_missing(int code, struct vprof_error *err)
{
	struct utsname uts;

	uname(&uts);
	if (is_installed(uts.release))
		return vprof_error_set(err, code,
				       "module not loaded: sudo modprobe "
				       "vprof");
	return vprof_error_set(err, code,
			       "module not installed for Linux %s: make && "
			       "sudo make install",
			       uts.release);
}

static int explain_open(int code, struct vprof_error *err)
{
	switch (code) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
		return explain_missing(code, err);
	case -EACCES:
		return vprof_error_set(err, code,
				       "%s is not for this user: use sudo, or "
				       "sudo adduser USER vprof and log in "
				       "again",
				       VPROF_DEVICE_PATH);
	case -EPERM:
		return vprof_error_set(err, code,
				       "the module wants CAP_PERFMON (use "
				       "sudo), and a kernel that is not locked "
				       "down (cat /sys/kernel/security/"
				       "lockdown)");
	default:
		return vprof_error_set(err, code, "cannot open %s: %s",
				       VPROF_DEVICE_PATH, strerror(-code));
	}
}

static int check_versions(const struct vprof_info *info,
			  struct vprof_error *err)
{
	if (info->api_version != VPROF_API_VERSION)
		return vprof_error_set(
			err, -EPROTO,
			"the module speaks version %u of its "
			"interface, this vprof version %d. " VPROF_KMOD_REINSTALL,
			info->api_version, VPROF_API_VERSION);
	if (info->record_version != VPROF_RECORD_VERSION)
		return vprof_error_set(
			err, -EPROTO,
			"the module writes version %u of its "
			"records, this vprof reads version %d. " VPROF_KMOD_REINSTALL,
			info->record_version, VPROF_RECORD_VERSION);
	return 0;
}

static int get_info(int fd, struct vprof_info *info, struct vprof_error *err)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	if (!ioctl(fd, VPROF_IOC_INFO, info))
		return check_versions(info, err);
	if (errno != ENOTTY && errno != EINVAL && errno != E2BIG)
		return vprof_error_set(err, -errno, "%s does not answer: %s",
				       VPROF_DEVICE_PATH, strerror(errno));
	return vprof_error_set(
		err, -EPROTO,
		"the module does not know version %d of its "
		"interface, which this vprof speaks. " VPROF_KMOD_REINSTALL,
		VPROF_API_VERSION);
}

int vprof_kmod_open(struct vprof_info *ret_info, struct vprof_error *err)
{
	struct vprof_info info;
	int fd, ret;

	fd = open(VPROF_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return explain_open(-errno, err);
	ret = get_info(fd, &info, err);
	if (ret) {
		close(fd);
		return ret;
	}
	*ret_info = info;
	return fd;
}
