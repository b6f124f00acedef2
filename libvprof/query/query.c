// SPDX-License-Identifier: LGPL-2.1-or-later
/* Questions to profile stores: what is asked, then the stores one by one. */
#include <vprof/query.h>

#include "query/query_guests.h"
#include "query/query_input.h"
#include "query/query_load.h"
#include "query/query_scan.h"
#include "query/query_tables.h"
#include "store/store_header.h"
#include "store/store_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int vprof_query_new(const struct vprof_query_options *options,
		    struct vprof_query **ret_query, struct vprof_error *err)
{
	struct vprof_query *query;
	int ret;

	if (options->size != sizeof(*options))
		return vprof_error_set(err, -EINVAL,
				       "the program was built for another "
				       "version of libvprof");
	query = calloc(1, sizeof(*query));
	if (!query)
		return vprof_error_set(err, -ENOMEM, "out of memory");
	ret = vprof_query_init(query, options);
	if (ret) {
		vprof_query_free(query);
		return vprof_error_set(err, ret, "out of memory");
	}
	*ret_query = query;
	return 0;
}

void vprof_query_free(struct vprof_query *query)
{
	if (!query)
		return;
	vprof_query_destroy(query);
	free(query);
}

/* The sentence for a store that could not be taken in. */
static int explain(struct vprof_error *err, int ret, const char *path)
{
	if (ret == -EBADMSG)
		return vprof_store_explain_damage(path, err);
	return vprof_error_set(err, ret, "can't read %s: %s", path,
			       strerror(-ret));
}

int vprof_query_expect_store(struct vprof_query *query, const char *path,
			     struct vprof_error *err)
{
	struct sqlite3 *db;
	int ret;

	ret = vprof_store_reader_open(path, &db, err);
	if (ret)
		return ret;
	ret = vprof_query_take_guests(query, db);
	vprof_store_reader_close(db);
	return ret ? explain(err, ret, path) : 0;
}

int vprof_query_add_store(struct vprof_query *query, const char *path,
			  struct vprof_error *err)
{
	struct vprof_input input;
	struct sqlite3 *db;
	int ret;

	ret = vprof_store_reader_open(path, &db, err);
	if (ret)
		return ret;
	vprof_input_init(&input, query, db);
	ret = vprof_input_load(&input);
	if (!ret)
		ret = vprof_input_scan(&input);
	if (ret == -EXDEV)
		vprof_query_explain_untied(&input, path, err);
	else if (ret)
		explain(err, ret, path);
	vprof_input_destroy(&input);
	vprof_store_reader_close(db);
	return ret;
}
