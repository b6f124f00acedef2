// SPDX-License-Identifier: GPL-2.0-only
/* vprofd: profiles the machine all the time, into a bounded store. */
#include <stdio.h>
#include <stdlib.h>
#include <vprof/log.h>

#include "config.h"
#include "message.h"
#include "options.h"
#include "plan.h"
#include "service.h"

enum { FAILED = 1 };

/* What starting would refuse before it touches anything. */
static int check(const struct vprof_config *config)
{
	struct vprof_error err = { 0 };
	struct vprof_plan *plan;

	if (vprof_plan_new(config, &plan, &err) < 0) {
		vprof_message(VPROF_LOG_ERROR, "%s", err.text);
		return FAILED;
	}
	vprof_plan_free(plan);
	if (*config->path)
		printf("%s: right\n", config->path);
	else
		puts("right: without " VPROF_CONFIG_PATH
		     " every key has its default");
	return vprof_message_end_output("this");
}

static int run(const struct vprof_options *options,
	       const struct vprof_config *config)
{
	struct vprof_service *service;
	struct vprof_error err = { 0 };
	int r;

	r = vprof_service_new(options->config_path, config, &service, &err);
	if (r < 0) {
		vprof_message(VPROF_LOG_ERROR, "%s", err.text);
		return FAILED;
	}
	r = vprof_service_run(service);
	vprof_service_free(service);
	return r < 0 ? FAILED : 0;
}

int main(int argc, char **argv)
{
	struct vprof_options options;
	struct vprof_config config;
	struct vprof_error err = { 0 };
	int r;

	r = vprof_options_parse(argc, argv, &options);
	if (r != VPROF_OPTIONS_RUN)
		return r;
	if (options.is_defaults)
		return vprof_options_print_defaults();
	vprof_message_begin(options.is_verbose ? VPROF_LOG_DEBUG
					       : VPROF_LOG_INFO);
	if (vprof_config_load(options.config_path, &config, &err) < 0) {
		vprof_message(VPROF_LOG_ERROR, "%s", err.text);
		return FAILED;
	}
	if (options.is_check)
		return check(&config);
	return run(&options, &config);
}
