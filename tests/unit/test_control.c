// SPDX-License-Identifier: GPL-2.0-only
/* The control protocol: what is taken, what is refused, and the client. */
#include <vprof/control.h>

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "run_suite.h"

static const struct {
	const char *packet;
	int code;
	enum vprof_control_verb verb;
} requests[] = {
	{ "vprof 1 status", 0, VPROF_CONTROL_STATUS },
	{ "vprof 1 flush", 0, VPROF_CONTROL_FLUSH },
	{ "vprof 1 reload", 0, VPROF_CONTROL_RELOAD },
	{ "vprof 1 start", 0, VPROF_CONTROL_START },
	{ "vprof 1 stop", 0, VPROF_CONTROL_STOP },
	{ "", -EBADMSG, 0 },
	{ "vprof", -EBADMSG, 0 },
	{ "vprof ", -EBADMSG, 0 },
	{ "vprof 1", -EBADMSG, 0 },
	{ "vprof 1status", -EBADMSG, 0 },
	{ "vprof -1 status", -EBADMSG, 0 },
	{ "vprof +1 status", -EBADMSG, 0 },
	{ "vprof  1 status", -EBADMSG, 0 },
	{ "GET / HTTP/1.1", -EBADMSG, 0 },
	{ "vprof 99999999999999999999 status", -EBADMSG, 0 },
	{ "vprof 0 status", -EBADMSG, 0 },
	{ "vprof 2 status", -EPROTONOSUPPORT, 0 },
	{ "vprof 2", -EPROTONOSUPPORT, 0 },
	{ "vprof 1 ", -EINVAL, 0 },
	{ "vprof 1 statu", -EINVAL, 0 },
	{ "vprof 1 statuss", -EINVAL, 0 },
	{ "vprof 1 status ", -EINVAL, 0 },
	{ "vprof 1 status\n", -EINVAL, 0 },
	{ "vprof 1 STATUS", -EINVAL, 0 },
};

START_TEST(takes_exactly_the_requests_it_knows)
{
	const enum vprof_control_verb untouched = VPROF_CONTROL_NR_VERBS;
	enum vprof_control_verb verb = untouched;
	struct vprof_error err = { 0 };
	size_t size = strlen(requests[_i].packet);
	/* on the heap without the final zero: a read past the end is caught */
	char *packet = malloc(size + !size);
	int r;

	ck_assert_ptr_nonnull(packet);
	memcpy(packet, requests[_i].packet, size);
	r = vprof_control_parse_request(packet, size, &verb, &err);
	free(packet);
	ck_assert_int_eq(r, requests[_i].code);
	if (r < 0) {
		ck_assert_int_eq(verb, untouched);
		ck_assert_int_eq(err.code, r);
		ck_assert_str_ne(err.text, "");
	} else {
		ck_assert_int_eq(verb, requests[_i].verb);
	}
}
END_TEST

START_TEST(refuses_a_request_that_is_too_long)
{
	char packet[VPROF_CONTROL_REQUEST_MAX + 1];
	enum vprof_control_verb verb;

	memset(packet, 'x', sizeof(packet));
	ck_assert_int_eq(vprof_control_parse_request(packet, sizeof(packet),
						     &verb, NULL),
			 -EMSGSIZE);
}
END_TEST

START_TEST(refuses_a_request_with_a_zero_byte)
{
	static const char packet[] = "vprof 1 status";
	enum vprof_control_verb verb;

	ck_assert_int_eq(vprof_control_parse_request(packet, sizeof(packet),
						     &verb, NULL),
			 -EINVAL);
}
END_TEST

START_TEST(reads_back_every_request_that_it_writes)
{
	char packet[VPROF_CONTROL_REQUEST_MAX];
	enum vprof_control_verb verb = VPROF_CONTROL_NR_VERBS;
	ssize_t n;

	n = vprof_control_format_request((enum vprof_control_verb)_i, packet,
					 sizeof(packet));
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(
		vprof_control_parse_request(packet, (size_t)n, &verb, NULL), 0);
	ck_assert_int_eq((int)verb, _i);
}
END_TEST

START_TEST(writes_no_request_for_what_is_no_verb)
{
	char packet[VPROF_CONTROL_REQUEST_MAX];

	ck_assert_int_eq(vprof_control_format_request(VPROF_CONTROL_NR_VERBS,
						      packet, sizeof(packet)),
			 -EINVAL);
	ck_assert_int_eq(
		vprof_control_format_request(VPROF_CONTROL_STATUS, packet, 14),
		-ENOSPC);
	ck_assert_ptr_null(vprof_control_verb_name(VPROF_CONTROL_NR_VERBS));
}
END_TEST

START_TEST(lets_only_root_change_what_the_daemon_does)
{
	static const enum vprof_control_access access[] = {
		[VPROF_CONTROL_STATUS] = VPROF_CONTROL_MEMBER,
		[VPROF_CONTROL_FLUSH] = VPROF_CONTROL_MEMBER,
		[VPROF_CONTROL_RELOAD] = VPROF_CONTROL_ROOT,
		[VPROF_CONTROL_START] = VPROF_CONTROL_ROOT,
		[VPROF_CONTROL_STOP] = VPROF_CONTROL_ROOT,
		[VPROF_CONTROL_NR_VERBS] = VPROF_CONTROL_ROOT,
	};

	ck_assert_int_eq(vprof_control_verb_access((enum vprof_control_verb)_i),
			 access[_i]);
}
END_TEST

static const struct {
	const char *packet;
	int code; /* of parsing */
	int reply_code;
	const char *body;
} replies[] = {
	{ "vprof 1 0\n", 0, 0, "" },
	{ "vprof 1 0\n{\"pid\": 3}", 0, 0, "{\"pid\": 3}" },
	{ "vprof 1 13\nno.", 0, -EACCES, "no." },
	{ "vprof 1 0\na\nb", 0, 0, "a\nb" },
	{ "", -EBADMSG, 0, NULL },
	{ "vprof 1 0", -EBADMSG, 0, NULL },
	{ "vprof 1 \nx", -EBADMSG, 0, NULL },
	{ "vprof 1 -13\nx", -EBADMSG, 0, NULL },
	{ "vprof 1 4096\nx", -EBADMSG, 0, NULL },
	{ "vprof 1 0 \nx", -EBADMSG, 0, NULL },
	{ "HTTP/1.1 400\n", -EBADMSG, 0, NULL },
	{ "vprof 3 0\nx", -EPROTONOSUPPORT, 0, NULL },
};

START_TEST(takes_exactly_replies)
{
	struct vprof_control_reply reply = { .code = 5 };
	size_t size = strlen(replies[_i].packet);
	char *packet = malloc(size + 1);
	int r;

	ck_assert_ptr_nonnull(packet);
	memcpy(packet, replies[_i].packet, size);
	packet[size] = 'X';
	r = vprof_control_parse_reply(packet, size, &reply, NULL);
	ck_assert_int_eq(r, replies[_i].code);
	if (r < 0) {
		ck_assert_int_eq(reply.code, 5);
	} else {
		ck_assert_int_eq(reply.code, replies[_i].reply_code);
		ck_assert_str_eq(reply.body, replies[_i].body);
	}
	free(packet);
}
END_TEST

START_TEST(refuses_a_reply_with_a_zero_byte)
{
	char packet[] = "vprof 1 0\na\0b";
	struct vprof_control_reply reply;

	ck_assert_int_eq(vprof_control_parse_reply(packet, sizeof(packet) - 1,
						   &reply, NULL),
			 -EBADMSG);
}
END_TEST

START_TEST(writes_no_reply_that_is_too_long)
{
	enum { TOO_LONG = VPROF_CONTROL_REPLY_MAX + 100 };
	char *body = malloc(TOO_LONG), *packet = malloc(TOO_LONG + 100);

	ck_assert(body && packet);
	memset(body, 'x', TOO_LONG - 1);
	body[TOO_LONG - 1] = '\0';
	ck_assert_int_eq(
		vprof_control_format_reply(0, body, packet, TOO_LONG + 100),
		-ENOSPC);
	ck_assert_int_eq(vprof_control_format_reply(-EPERM, "no.", packet,
						    TOO_LONG + 100),
			 13);
	ck_assert_str_eq(packet, "vprof 1 1\nno.");
	free(body);
	free(packet);
}
END_TEST

/* ---- the client, against a server that says what the row wants ---------- */

struct server {
	int fd;
	const char *reply; /* NULL: hang up; "": say nothing at all */
};

static char socket_path[108];

static void listen_at(struct server *server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(socket_path, sizeof(socket_path), "/tmp/vprof-test-control.%d",
		 getpid());
	unlink(socket_path);
	memcpy(address.sun_path, socket_path, sizeof(address.sun_path));
	server->fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	ck_assert_int_ge(server->fd, 0);
	ck_assert_int_eq(
		bind(server->fd, (struct sockaddr *)&address, sizeof(address)),
		0);
	ck_assert_int_eq(listen(server->fd, 1), 0);
}

static void *serve_one(void *data)
{
	struct server *server = data;
	char request[VPROF_CONTROL_REQUEST_MAX];
	int fd = accept(server->fd, NULL, NULL);

	if (fd < 0)
		return NULL;
	if (server->reply && recv(fd, request, sizeof(request), 0) > 0 &&
	    *server->reply)
		(void)!send(fd, server->reply, strlen(server->reply),
			    MSG_NOSIGNAL);
	if (server->reply && !*server->reply)
		(void)!recv(fd, request, sizeof(request), 0);
	close(fd);
	return NULL;
}

static const struct {
	const char *reply;
	int code;
	const char *text; /* the body, or part of the sentence */
} exchanges[] = {
	{ "vprof 1 0\n{}", 0, "{}" },
	{ "vprof 1 0\n", 0, "" },
	{ "vprof 1 1\nonly root may.", -EPERM, "only root may." },
	{ "vprof 9 0\n", -EPROTONOSUPPORT, "version 9" },
	{ "rubbish", -EBADMSG, "not one of vprofd's" },
	{ "", -ETIMEDOUT, "did not answer \"flush\"" },
	{ NULL, -ECONNRESET, "broke off over \"flush\"" },
};

START_TEST(asks_and_hands_on_what_came_of_it)
{
	struct server server = { .reply = exchanges[_i].reply };
	struct vprof_error err = { 0 };
	char *body = NULL;
	pthread_t thread;
	int r;

	listen_at(&server);
	ck_assert_int_eq(pthread_create(&thread, NULL, serve_one, &server), 0);
	/* only the silent server makes us wait this long */
	r = vprof_control_ask(socket_path, VPROF_CONTROL_FLUSH,
			      exchanges[_i].code == -ETIMEDOUT ? 200 : 0, &body,
			      &err);
	pthread_join(thread, NULL);
	close(server.fd);
	unlink(socket_path);
	ck_assert_int_eq(r, exchanges[_i].code);
	if (r < 0) {
		ck_assert_ptr_null(body);
		ck_assert_msg(strstr(err.text, exchanges[_i].text),
			      "sentence: %s", err.text);
	} else {
		ck_assert_str_eq(body, exchanges[_i].text);
	}
	free(body);
}
END_TEST

START_TEST(says_that_no_daemon_runs)
{
	struct server server;
	struct vprof_error err;

	ck_assert_int_eq(vprof_control_ask("/nonexistent/control",
					   VPROF_CONTROL_STATUS, 0, NULL, &err),
			 -ECONNREFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "not running"));

	listen_at(&server);
	close(server.fd); /* as kill -9 leaves it */
	ck_assert_int_eq(vprof_control_ask(socket_path, VPROF_CONTROL_STATUS, 0,
					   NULL, &err),
			 -ECONNREFUSED);
	unlink(socket_path);
	ck_assert_ptr_nonnull(strstr(err.text, "systemctl start vprofd"));
}
END_TEST

START_TEST(refuses_a_path_that_no_socket_can_have)
{
	char path[200];

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(
		vprof_control_ask(path, VPROF_CONTROL_STATUS, 0, NULL, NULL),
		-ENAMETOOLONG);
	ck_assert_int_eq(
		vprof_control_ask("", VPROF_CONTROL_STATUS, 0, NULL, NULL),
		-ENAMETOOLONG);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("control");
	TCase *messages = tcase_create("messages");
	TCase *client = tcase_create("client");

	tcase_add_loop_test(messages, takes_exactly_the_requests_it_knows, 0,
			    ROWS(requests));
	tcase_add_test(messages, refuses_a_request_that_is_too_long);
	tcase_add_test(messages, refuses_a_request_with_a_zero_byte);
	tcase_add_loop_test(messages, reads_back_every_request_that_it_writes,
			    0, VPROF_CONTROL_NR_VERBS);
	tcase_add_test(messages, writes_no_request_for_what_is_no_verb);
	tcase_add_loop_test(messages,
			    lets_only_root_change_what_the_daemon_does, 0,
			    VPROF_CONTROL_NR_VERBS + 1);
	tcase_add_loop_test(messages, takes_exactly_replies, 0, ROWS(replies));
	tcase_add_test(messages, refuses_a_reply_with_a_zero_byte);
	tcase_add_test(messages, writes_no_reply_that_is_too_long);
	tcase_add_loop_test(client, asks_and_hands_on_what_came_of_it, 0,
			    ROWS(exchanges));
	tcase_add_test(client, says_that_no_daemon_runs);
	tcase_add_test(client, refuses_a_path_that_no_socket_can_have);
	suite_add_tcase(suite, messages);
	suite_add_tcase(suite, client);
	return run_suite(suite);
}
