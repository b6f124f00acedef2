// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a file that claims to be a profile store is, from its first 100 bytes. */
#include "store/store_header.h"

#include "store/store_schema.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vprof/store.h>

/* https://www.sqlite.org/fileformat.html, "The Database Header"; big-endian */
enum {
	HEADER_BYTES = 100,
	PAGE_SIZE_AT = 16, /* 2 bytes; 1 means 65536 */
	NR_PAGES_AT = 28,
	USER_VERSION_AT = 60,
	APPLICATION_ID_AT = 68,
};

static const char magic[16] = "SQLite format 3";

struct header {
	unsigned char bytes[HEADER_BYTES];
	ssize_t nr_bytes;
	off_t file_bytes;
};

static uint32_t get_be32(const struct header *header, size_t at)
{
	const unsigned char *b = header->bytes + at;

	return (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
}

static int read_header(const char *path, struct header *ret_header)
{
	struct header header = { 0 };
	struct stat st;
	int fd, ret = 0;

	/* A FIFO must not hold us up. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		ret = -errno;
	else if (S_ISDIR(st.st_mode))
		ret = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		ret = -ENOTTY;
	if (ret)
		goto out_close;
	header.file_bytes = st.st_size;
	header.nr_bytes = pread(fd, header.bytes, HEADER_BYTES, 0);
	if (header.nr_bytes < 0)
		ret = -errno;
	else
		*ret_header = header;
out_close:
	close(fd);
	return ret;
}

static uint64_t get_page_bytes(const struct header *header)
{
	uint64_t bytes = get_be32(header, PAGE_SIZE_AT) >> 16;

	return bytes == 1 ? 65536 : bytes;
}

/* How long the file should be; what is in a log comes on top. */
static uint64_t get_whole_bytes(const struct header *header)
{
	return get_page_bytes(header) * get_be32(header, NR_PAGES_AT);
}

/* SQLite reads a page that is there in part as if its end were zeroes. */
static bool is_cut(const struct header *header)
{
	uint64_t page_bytes = get_page_bytes(header);

	return !page_bytes || (uint64_t)header->file_bytes % page_bytes;
}

static int check(const struct header *header)
{
	if (!header->nr_bytes)
		return -ENODATA;
	/* SQLite makes the file in one write of a whole page. */
	if (memcmp(header->bytes, magic,
		   header->nr_bytes < (ssize_t)sizeof(magic)
			   ? (size_t)header->nr_bytes
			   : sizeof(magic)))
		return -ENOTTY;
	if (header->nr_bytes < HEADER_BYTES)
		return -EBADMSG;
	if (get_be32(header, APPLICATION_ID_AT) != VPROF_STORE_APPLICATION_ID)
		return -ENOTTY;
	if (get_be32(header, USER_VERSION_AT) > VPROF_STORE_VERSION)
		return -EPROTO;
	return is_cut(header) ? -EBADMSG : 0;
}

static int explain_cut(const char *path, const struct header *header,
		       struct vprof_error *err)
{
	uint64_t there = header->file_bytes, whole = get_whole_bytes(header);

	if (header->nr_bytes < HEADER_BYTES || there >= whole)
		return vprof_error_set(err, -EBADMSG,
				       "%s is damaged: cut off after %" PRIu64
				       " bytes",
				       path, there);
	return vprof_error_set(err, -EBADMSG,
			       "%s is damaged: cut off, %" PRIu64
			       " of its %" PRIu64 " bytes are there",
			       path, there, whole);
}

int vprof_store_check_header(const char *path, struct vprof_error *err)
{
	struct header header = { 0 };
	int ret;

	ret = read_header(path, &header);
	if (!ret)
		ret = check(&header);
	switch (ret) {
	case 0:
		return 0;
	case -ENOENT:
		return vprof_error_set(err, ret,
				       "there is no %s. Record one: "
				       "vprof-record -o %s -- COMMAND",
				       path, path);
	case -EACCES:
	case -EPERM:
		return vprof_error_set(err, ret,
				       "no permission to read %s: its owner, "
				       "or sudo, can",
				       path);
	case -EISDIR:
		return vprof_error_set(err, ret,
				       "%s is a directory, not a profile store",
				       path);
	case -ENODATA:
		return vprof_error_set(err, ret,
				       "%s is empty: a recording was begun and "
				       "wrote nothing",
				       path);
	case -ENOTTY:
		return vprof_error_set(
			err, ret, "%s is not a profile store of vprof", path);
	case -EPROTO:
		return vprof_error_set(err, ret,
				       "%s is a store of version %" PRIu32
				       ", this vprof reads up to version %d: "
				       "use a newer vprof",
				       path, get_be32(&header, USER_VERSION_AT),
				       VPROF_STORE_VERSION);
	case -EBADMSG:
		return explain_cut(path, &header, err);
	default:
		return vprof_error_set(err, ret, "can't read %s: %s", path,
				       strerror(-ret));
	}
}

int vprof_store_explain_damage(const char *path, struct vprof_error *err)
{
	struct header header = { 0 };

	if (read_header(path, &header))
		return vprof_error_set(err, -EBADMSG, "%s is damaged", path);
	if (header.nr_bytes < HEADER_BYTES ||
	    (uint64_t)header.file_bytes < get_whole_bytes(&header))
		return explain_cut(path, &header, err);
	return vprof_error_set(err, -EBADMSG,
			       "%s is damaged: its contents contradict each "
			       "other",
			       path);
}
