// SPDX-License-Identifier: GPL-2.0-only
/* Requests per second of nginx under wrk: a small file, over kept connections. */
#include "study/load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WEB_PORT = 5280,
	FILE_BYTES = 1024,
	CONNECTIONS = 16,
};

/*
 * One worker, as the receiver is to be what limits it. nginx would give up root
 * for a user who cannot read the folder, or is not there.
 */
static const char serve[] =
	"command -v nginx >/dev/null || exit 127\n"
	"vprof_web=$(mktemp -d) || exit 1\n"
	"head -c %d /dev/zero | tr '\\0' x >$vprof_web/file\n"
	"cat >$vprof_web/conf <<END\n"
	"$(test $(id -u) -ne 0 || echo 'user root root;')\n"
	"worker_processes 1;\n"
	"pid $vprof_web/pid;\n"
	"error_log $vprof_web/error.log;\n"
	"events { worker_connections 256; }\n"
	"http {\n"
	"  access_log off;\n"
	"  client_body_temp_path $vprof_web/body;\n"
	"  proxy_temp_path $vprof_web/proxy;\n"
	"  fastcgi_temp_path $vprof_web/fastcgi;\n"
	"  uwsgi_temp_path $vprof_web/uwsgi;\n"
	"  scgi_temp_path $vprof_web/scgi;\n"
	"  keepalive_requests 1000000000;\n"
	"  server { listen %d; root $vprof_web; }\n"
	"}\n"
	"END\n"
	"nginx -e $vprof_web/error.log -p $vprof_web -c $vprof_web/conf";

static int begin(struct load *load, struct study_system *system,
		 struct vprof_error *err)
{
	char *said = NULL;
	int ret;

	ret = session_run(load->sender, NULL, err, "command -v wrk >/dev/null");
	if (ret > 0)
		return vprof_error_set(
			err, -ENOENT,
			"the sender has no wrk: install it there");
	if (ret < 0)
		return ret;
	ret = session_run(load->receiver, &said, err, serve, FILE_BYTES,
			  WEB_PORT);
	if (ret > 0)
		ret = vprof_error_set(
			err, -ENOENT,
			ret == 127 ? "%s has no nginx: install it "
				     "there"
				   : "nginx does not run at %s: %.300s",
			session_get_name(load->receiver), said);
	free(said);
	if (ret)
		return ret;
	ret = session_run(load->receiver, &system->server, err,
			  "nginx -v 2>&1 | sed 's,.*: nginx/,nginx ,'");
	if (asprintf(&system->load, "wrk, %d connections, %d bytes",
		     CONNECTIONS, FILE_BYTES) < 0)
		system->load = NULL;
	return ret < 0 ? ret : 0;
}

static char *make_command(const struct load *load, unsigned int seconds)
{
	char *command;

	if (asprintf(&command,
		     "wrk -t 1 -c %d -d %us http://%s:%d/file >$vprof_load/wrk",
		     CONNECTIONS, seconds, load->addresses[0], WEB_PORT) < 0)
		return NULL;
	return command;
}

/* The number after @name in what wrk said; 0: it is not there. */
static double find_number(const char *said, const char *name)
{
	const char *found = strstr(said, name);

	return found ? strtod(found + strlen(name), NULL) : 0;
}

/* "Socket errors: connect 0, read 0, write 0, timeout 0", and "Non-2xx or 3xx
 * responses: N": both are left out where there were none. */
static uint64_t count_errors(const char *said)
{
	static const char *const names[] = { "errors: connect ", ", read ",
					     ", write ", ", timeout ",
					     "3xx responses: " };
	double sum = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		sum += find_number(said, names[i]);
	return sum > 0 ? (uint64_t)sum : 0;
}

/* "1234 requests in 5.01s, 1.23MB read" */
static double find_requests(const char *said)
{
	const char *found = strstr(said, " requests in ");

	while (found && found > said && found[-1] >= '0' && found[-1] <= '9')
		found--;
	return found ? strtod(found, NULL) : 0;
}

static int parse(const char *said, struct load_result *ret_result,
		 struct vprof_error *err)
{
	struct load_result result = {
		.run.rate = find_number(said, "Requests/sec:"),
		.run.errors = count_errors(said),
		.work = find_requests(said),
	};

	if (!(result.run.rate > 0) || !(result.work > 0))
		return vprof_error_set(err, -EBADMSG,
				       "wrk counted no answers: %.300s", said);
	*ret_result = result;
	return 0;
}

static int read_wrk(const struct load *load, struct load_result *ret_result,
		    struct vprof_error *err)
{
	char *said = NULL;
	int ret;

	ret = session_run(load->sender, &said, err, "cat $vprof_load/wrk");
	if (ret >= 0)
		ret = parse(said, ret_result, err);
	free(said);
	return ret;
}

static void end(struct load *load)
{
	session_run(load->receiver, NULL, NULL,
		    "[ -z \"$vprof_web\" ] || {\n"
		    "pid=$(cat $vprof_web/pid) && kill $pid\n"
		    "left=50\n"
		    "while kill -0 $pid 2>/dev/null && [ $left -gt 0 ]; do\n"
		    "sleep 0.1; left=$((left - 1)); done\n"
		    "rm -r $vprof_web; vprof_web=; }");
}

const struct load_ops load_web = {
	.name = "web",
	.unit = "requests/s",
	.begin = begin,
	.make_command = make_command,
	.read = read_wrk,
	.end = end,
};
