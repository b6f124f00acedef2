// SPDX-License-Identifier: LGPL-2.1-or-later
/* Between the sandboxed child and us: requests for pages, and answers. */
#include "guest/channel.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

_Static_assert(VPROF_GUEST_BATCH_PAGES *VPROF_GUEST_PAGE <=
		       VPROF_GUEST_WINDOW_SIZE,
	       "a batch of pages fits");
_Static_assert(VPROF_GUEST_BATCH_HEADS *VPROF_GUEST_HEAD_SIZE <=
		       VPROF_GUEST_WINDOW_SIZE,
	       "a batch of heads fits");

/* ---- our end ---------------------------------------------------------------------- */

static bool is_page(uint64_t address)
{
	return address % VPROF_GUEST_PAGE == 0;
}

static bool are_pages(const struct vprof_guest_request *request)
{
	uint32_t i;

	for (i = 0; i < request->nr; i++) {
		if (!is_page(request->addresses[i]))
			return false;
	}
	return true;
}

static bool is_run(const struct vprof_guest_request *request)
{
	uint64_t last = (request->nr - 1ULL) * VPROF_GUEST_PAGE;

	return is_page(request->addresses[0]) &&
	       request->addresses[0] <= UINT64_MAX - last;
}

static size_t size_of(uint32_t nr_addresses)
{
	return offsetof(struct vprof_guest_request, addresses) +
	       nr_addresses * sizeof(uint64_t);
}

static bool is_request(const struct vprof_guest_access *memory,
		       const struct vprof_guest_request *request, size_t size)
{
	if (size < size_of(1) || !request->nr)
		return false;
	switch (request->type) {
	case VPROF_GUEST_ASK_PAGES:
		return request->nr <= VPROF_GUEST_BATCH_PAGES &&
		       size == size_of(request->nr) && are_pages(request);
	case VPROF_GUEST_ASK_HEADS:
		return request->nr <= VPROF_GUEST_BATCH_HEADS &&
		       size == size_of(1) && is_run(request);
	case VPROF_GUEST_ASK_TRANSLATION:
		return request->nr <= VPROF_GUEST_BATCH_TRANSLATIONS &&
		       size == size_of(1) && is_run(request) &&
		       memory->translate;
	default:
		return false;
	}
}

int vprof_guest_channel_serve(const struct vprof_guest_access *memory,
			      const void *bytes, size_t size, void *window,
			      struct vprof_guest_answer *ret_answer)
{
	struct vprof_guest_request request = { 0 };
	struct vprof_guest_answer answer = { 0 };

	if (size > sizeof(request))
		return -EBADMSG;
	memcpy(&request, bytes, size);
	if (!is_request(memory, &request, size))
		return -EBADMSG;
	if (request.type == VPROF_GUEST_ASK_PAGES)
		answer.status = memory->pages(memory->data, request.addresses,
					      request.nr, window);
	else if (request.type == VPROF_GUEST_ASK_HEADS)
		answer.status = memory->heads(
			memory->data, request.addresses[0], request.nr, window);
	else
		answer.status = memory->translate(
			memory->data, request.addresses[0], request.nr, window);
	*ret_answer = answer;
	return 0;
}

/* ---- the child's end --------------------------------------------------------------- */

static int ask(const struct vprof_guest_channel *channel,
	       const struct vprof_guest_request *request, size_t size,
	       struct vprof_guest_answer *ret_answer)
{
	if (write(channel->fd, request, size) != (ssize_t)size ||
	    read(channel->fd, ret_answer, sizeof(*ret_answer)) !=
		    (ssize_t)sizeof(*ret_answer))
		return -EIO;
	return 0;
}

static int ask_pages(void *data, const uint64_t *addresses, size_t nr, void *to)
{
	const struct vprof_guest_channel *channel = data;
	struct vprof_guest_request request = {
		.type = VPROF_GUEST_ASK_PAGES,
		.nr = nr,
	};
	struct vprof_guest_answer answer;
	int ret;

	memcpy(request.addresses, addresses, nr * sizeof(*addresses));
	ret = ask(channel, &request, size_of(nr), &answer);
	if (ret)
		return ret;
	if (answer.status < 0 || (uint64_t)answer.status > nr)
		return -EIO;
	memcpy(to, channel->window, answer.status * VPROF_GUEST_PAGE);
	return answer.status;
}

static int ask_heads(void *data, uint64_t start, size_t nr, void *to)
{
	const struct vprof_guest_channel *channel = data;
	struct vprof_guest_request request = {
		.type = VPROF_GUEST_ASK_HEADS,
		.nr = nr,
		.addresses = { start },
	};
	struct vprof_guest_answer answer;
	int ret = ask(channel, &request, size_of(1), &answer);

	if (!ret)
		memcpy(to, channel->window, nr * VPROF_GUEST_HEAD_SIZE);
	return ret;
}

static int ask_translation(void *data, uint64_t virtual, size_t nr,
			   uint64_t *addresses)
{
	const struct vprof_guest_channel *channel = data;
	struct vprof_guest_request request = {
		.type = VPROF_GUEST_ASK_TRANSLATION,
		.nr = nr,
		.addresses = { virtual },
	};
	struct vprof_guest_answer answer;
	int ret = ask(channel, &request, size_of(1), &answer);

	if (!ret)
		memcpy(addresses, channel->window, nr * sizeof(*addresses));
	return ret;
}

void vprof_guest_channel_access(struct vprof_guest_channel *channel,
				const struct vprof_guest_access *memory,
				struct vprof_guest_access *ret_access)
{
	*ret_access = (struct vprof_guest_access){
		.pages = ask_pages,
		.heads = ask_heads,
		.translate = memory->translate ? ask_translation : NULL,
		.data = channel,
		.direct_map = memory->direct_map,
		.ranges = memory->ranges,
		.nr_ranges = memory->nr_ranges,
	};
}
