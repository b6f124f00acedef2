// SPDX-License-Identifier: GPL-2.0-only
/* Event strings: any bytes give an event in bounds, or a sentence. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <vprof/event.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { TEXT_MAX = 512 };

static void require(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return setenv("LIBPFM_FORCE_PMU", "amd64_fam10h_barcelona", 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct vprof_event_spec spec;
	struct vprof_error err = { 0 };
	char text[TEXT_MAX + 1];
	int ret;

	if (size > TEXT_MAX)
		return -1;
	memcpy(text, bytes, size);
	text[size] = '\0';
	ret = vprof_event_parse(text, NULL, &spec, &err);
	if (ret < 0) {
		require(err.code == ret && err.text[0]);
		return 0;
	}
	require(ret == 0);
	require(spec.name[0] && memchr(spec.name, 0, sizeof(spec.name)));
	require(spec.unit != NULL);
	require(spec.period > 0 && spec.period <= INT64_MAX);
	require(!spec.is_frequency || spec.period <= 100000);
	require(!(spec.exclude_user && spec.exclude_kernel &&
		  spec.exclude_hypervisor));
	return 0;
}
