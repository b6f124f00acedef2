// SPDX-License-Identifier: GPL-2.0-only
/* Receive throughput over several network interfaces at once, by iperf3. */
#include "study/iperf.h"
#include "study/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A client of iperf3's that has lost its server may go on for good. */
enum { PATIENCE_S = 20 };

/* A server of iperf3's takes one transfer at a time. */
static unsigned int port_of(size_t interface)
{
	return IPERF_PORT + 1 + (unsigned int)interface;
}

/* All at once: each takes a moment until it listens. iperf_end() ends them. */
static int serve(const struct load *load, struct vprof_error *err)
{
	unsigned int first = port_of(0), last = port_of(load->nr_addresses - 1);
	struct session *receiver = load->receiver;
	char *said = NULL;
	int ret;

	ret = session_run(receiver, &said, err,
			  "for port in $(seq %u %u); do\n"
			  "iperf3 -s -p $port </dev/null >/dev/null 2>&1 &\n"
			  "eval vprof_iperf_$port=$!\n"
			  "done\n"
			  "sleep 1\n"
			  "for port in $(seq %u %u); do\n"
			  "eval kill -0 \\$vprof_iperf_$port || ended=1\n"
			  "done\n"
			  "[ -z \"$ended\" ]",
			  first, last, first, last);
	if (ret > 0)
		ret = vprof_error_set(
			err, -ENOENT,
			"iperf3 -s -p %u and following do not run "
			"at %s: %.200s",
			first, session_get_name(receiver), said);
	free(said);
	return ret;
}

static int begin(struct load *load, struct study_system *system,
		 struct vprof_error *err)
{
	int ret;

	ret = session_run(load->sender, NULL, err,
			  "command -v iperf3 >/dev/null");
	if (ret > 0)
		return vprof_error_set(err, -ENOENT,
				       "the sender has no iperf3: install it "
				       "there");
	if (!ret)
		ret = session_run(load->receiver, NULL, err,
				  "command -v iperf3 >/dev/null");
	if (ret > 0)
		return vprof_error_set(err, -ENOENT,
				       "%s has no iperf3: install it there",
				       session_get_name(load->receiver));
	if (!ret)
		ret = serve(load, err);
	if (ret)
		return ret;
	system->interfaces = load->nr_addresses;
	return session_run(load->receiver, &system->server, err,
			   "iperf3 --version | sed -n '1s/ (.*//p'");
}

static char *make_command(const struct load *load, unsigned int seconds)
{
	char *command = NULL;
	size_t size;
	FILE *out = open_memstream(&command, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < load->nr_addresses; i++)
		fprintf(out,
			"timeout %u iperf3 -J -c %s -p %u -t %u "
			"--connect-timeout 5000 >$vprof_load/%zu &\n",
			seconds + PATIENCE_S, load->addresses[i], port_of(i),
			seconds, i);
	fputs("wait", out);
	if (fclose(out)) {
		free(command);
		return NULL;
	}
	return command;
}

static int read_one(const struct load *load, size_t interface,
		    struct iperf_result *ret_result, struct vprof_error *err)
{
	struct vprof_error why = { 0 };
	char *json = NULL;
	int ret;

	ret = session_run(load->sender, &json, err, "cat $vprof_load/%zu",
			  interface);
	if (ret >= 0)
		ret = iperf_parse(json, ret_result, &why);
	if (why.code)
		vprof_error_set(err, why.code, "interface %s: %s",
				load->addresses[interface], why.text);
	free(json);
	return ret;
}

static int read_all(const struct load *load, struct load_result *ret_result,
		    struct vprof_error *err)
{
	struct load_result sum = { 0 };
	struct iperf_result result;
	int ret;

	for (size_t i = 0; i < load->nr_addresses; i++) {
		ret = read_one(load, i, &result, err);
		if (ret)
			return ret;
		sum.run.rate += result.mbit_per_s;
		sum.work += result.mbit_per_s * result.seconds;
	}
	*ret_result = sum;
	return 0;
}

static void end(struct load *load)
{
	for (size_t i = 0; i < load->nr_addresses; i++)
		iperf_end(load->receiver, port_of(i));
}

const struct load_ops load_nics = {
	.name = "nics",
	.unit = "Mbit/s",
	.begin = begin,
	.make_command = make_command,
	.read = read_all,
	.end = end,
};
