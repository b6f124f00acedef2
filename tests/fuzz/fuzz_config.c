// SPDX-License-Identifier: GPL-2.0-only
/* vprof.conf: any bytes give a configuration in bounds, or a sentence with a line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct vprof_config config;
	struct vprof_error err = { 0 };
	int r;

	r = vprof_config_parse("f", (const char *)bytes, size, &config, &err);
	if (r < 0) {
		require(err.code == r && !strncmp(err.text, "f:", 2));
		return 0;
	}
	require(config.nr_events <= VPROF_CONFIG_MAX_EVENTS);
	require(config.nr_maps <= VPROF_CONFIG_MAX_MAPS);
	for (size_t i = 0; i < config.nr_maps; i++)
		require(config.maps[i].guest[0] &&
			config.maps[i].file[0] == '/');
	require(config.frequency >= 1 && config.frequency <= 10000);
	require(config.slice_ns >= 100000000);
	require(config.store[0] == '/' && config.socket[0] == '/');
	require(memchr(config.socket, 0, sizeof(config.socket)) != NULL);
	require(memchr(config.group, 0, sizeof(config.group)) != NULL);
	return 0;
}
