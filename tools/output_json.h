/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of a report in JSON that other commands' JSON has too. */
#ifndef VPROF_TOOLS_OUTPUT_JSON_H
#define VPROF_TOOLS_OUTPUT_JSON_H

#include "json.h"

#include <vprof/query.h>

/** output_json_span - "start", "end" */
void output_json_span(struct json *json, const struct vprof_profile *profile);

/** output_json_sessions - "sessions" */
void output_json_sessions(struct json *json,
			  const struct vprof_profile *profile);

/** output_json_counts - "unit", "period", ... "losses", "outside", "samples" */
void output_json_counts(struct json *json,
			const struct vprof_profile_event *event);

/** output_json_domain - an object: what a domain got of an event */
void output_json_domain(struct json *json, const char *key,
			const struct vprof_profile_domain *domain,
			const struct vprof_profile_event *event,
			const struct vprof_profile_sums *sums);

#endif
