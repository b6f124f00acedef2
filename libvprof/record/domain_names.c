// SPDX-License-Identifier: LGPL-2.1-or-later
/* The names of guests' kernels: looked for beside the recording, one at a time. */
#include "record/domain_names.h"

#include "record/domain_rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- maps that were given ------------------------------------------------- */

/* Its own comes before one for every guest. */
static const struct vprof_guest_map *
find_map(const struct vprof_domain_table *table,
	 const struct vprof_domain_info *info)
{
	const struct vprof_guest_map *for_all = NULL;

	for (size_t i = 0; i < table->nr_maps; i++) {
		if (!table->maps[i].domain)
			for_all = &table->maps[i];
		else if (vprof_recorded_domain_is_meant(table->maps[i].domain,
							info))
			return &table->maps[i];
	}
	return for_all;
}

/* ---- looking -------------------------------------------------------------- */

static void begin(struct vprof_domain_table *table,
		  struct vprof_recorded_domain *guest)
{
	struct vprof_name_request request = {
		.domain = guest->info,
		.map = find_map(table, &guest->info),
		.kernel_address = guest->names.kernel_address,
		.timeout_ms = vprof_guest_names_begin(&guest->names),
	};
	int ret;

	request.nr_old_notes = vprof_guest_names_get_old_notes(
		&guest->names, request.old_notes);
	ret = vprof_name_search_start(&request, &table->search);
	table->searched = guest;
	if (!ret)
		return;
	table->search = NULL;
	table->searched = NULL;
	vprof_error_set(
		&guest->names.why, ret,
		"cannot start a thread to look for the names of %s's kernel: %s",
		guest->info.name, strerror(-ret));
}

/* A host of a hundred guests has few kernels. */
static void share_names(const struct vprof_domain_table *table,
			struct vprof_guest_kernel *kernel)
{
	const struct vprof_recorded_domain *guest;

	for (size_t i = 0; (guest = vprof_domain_table_next_guest(table, &i));)
		if (guest->names.kernel)
			vprof_guest_kernel_share(kernel, guest->names.kernel);
}

/* What is over, whosever it was. */
static int take(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *guest = table->searched;
	struct vprof_guest_kernel *kernel = NULL;
	struct vprof_error why = { 0 };
	int ret = 0;

	vprof_name_search_take(table->search, &kernel, &why);
	vprof_name_search_free(table->search);
	table->search = NULL;
	table->searched = NULL;
	if (kernel)
		share_names(table, kernel);
	if (!guest)
		vprof_guest_kernel_free(kernel);
	else
		ret = vprof_guest_names_take(&guest->names, table->store,
					     kernel, &why);
	return ret > 0 ? vprof_domain_table_write_guest(table, guest) : ret;
}

static bool is_due(struct vprof_recorded_domain *guest, bool is_at_last)
{
	if (!guest->is_known || guest->is_gone || guest->is_active)
		return false;
	if (!is_at_last)
		return vprof_guest_names_is_due(&guest->names);
	return guest->store_id &&
	       vprof_guest_names_is_due_at_last(&guest->names);
}

static int look(struct vprof_domain_table *table, bool is_at_last)
{
	struct vprof_recorded_domain *guest;
	int ret = 0;

	if (table->search && vprof_name_search_is_over(table->search))
		ret = take(table);
	for (size_t i = 0; !ret && !table->search &&
			   (guest = vprof_domain_table_next_guest(table, &i));)
		if (is_due(guest, is_at_last))
			begin(table, guest);
	return ret;
}

int vprof_domain_table_look(struct vprof_domain_table *table)
{
	return look(table, false);
}

int vprof_domain_table_look_on(struct vprof_domain_table *table)
{
	int ret = look(table, true);

	return ret ? ret : table->search != NULL;
}

int vprof_domain_table_end_looking(struct vprof_domain_table *table)
{
	if (!table->search)
		return 0;
	vprof_name_search_stop(table->search);
	return take(table);
}

/* ---- writing -------------------------------------------------------------- */

int vprof_domain_table_name_places(struct vprof_domain_table *table)
{
	struct vprof_recorded_domain *guest;
	int ret = 0;

	for (size_t i = 0;
	     !ret && (guest = vprof_domain_table_next_guest(table, &i));) {
		if (!guest->store_id || guest->is_active)
			continue;
		ret = vprof_guest_names_write(&guest->names, table->store);
		if (!ret && !guest->names.kernel)
			ret = vprof_domain_table_write_guest(table, guest);
	}
	return ret;
}

void vprof_domain_table_leave_names(struct vprof_domain_table *table,
				    struct vprof_recorded_domain *guest)
{
	if (table->searched == guest) {
		vprof_name_search_stop(table->search);
		table->searched = NULL;
	}
	/* Failing, it costs names, no samples. */
	if (guest->store_id)
		vprof_guest_names_write(&guest->names, table->store);
}
