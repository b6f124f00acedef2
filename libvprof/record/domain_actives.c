// SPDX-License-Identifier: LGPL-2.1-or-later
/* Xen's domains that sample themselves: which they are, and whom they keep waiting. */
#include "record/domain_actives.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LIST_MAX = 256 };

bool vprof_domain_table_is_active(const struct vprof_domain_table *table,
				  const struct vprof_domain_info *info)
{
	for (size_t i = 0; i < table->nr_actives; i++)
		if (vprof_recorded_domain_is_meant(table->actives[i], info))
			return true;
	return false;
}

static int check_active(const struct vprof_domain_table *table,
			const char *text, struct vprof_error *err)
{
	const struct vprof_recorded_domain *domain;

	for (size_t i = 1; i < table->nr_domains; i++) {
		domain = table->domains[i];
		if (vprof_recorded_domain_is_free(domain) ||
		    !vprof_recorded_domain_is_meant(text, &domain->info))
			continue;
		if (domain->number)
			return 0;
		return vprof_error_set(err, -ENOSPC,
				       "%s cannot be active: Xen takes no more "
				       "than 24 such domains",
				       text);
	}
	return vprof_error_set(err, -ENOENT,
			       "no domain \"%s\" to be active. Which there "
			       "are: vprof-list domains",
			       text);
}

int vprof_domain_table_check_actives(const struct vprof_domain_table *table,
				     struct vprof_error *err)
{
	int ret = 0;

	if (table->nr_actives &&
	    vprof_domain_table_get_guests(table) != VPROF_GUEST_XEN)
		return vprof_error_set(err, -EOPNOTSUPP,
				       "only on a Xen dom0, with the module "
				       "and its source xenoprof, can a domain "
				       "be active");
	for (size_t i = 0; !ret && i < table->nr_actives; i++)
		ret = check_active(table, table->actives[i], err);
	return ret;
}

/* Names of active domains that are in a state, or in none of the others. */
static void list_in(const struct vprof_domain_table *table,
		    enum vprof_active_state state, char *list)
{
	const struct vprof_recorded_domain *domain;
	size_t length = 0;

	*list = '\0';
	for (size_t i = 1; i < table->nr_domains; i++) {
		domain = table->domains[i];
		if (vprof_recorded_domain_is_free(domain) ||
		    !domain->is_active || length >= LIST_MAX ||
		    vprof_domain_get_active(domain->info.id) != state)
			continue;
		length += (size_t)snprintf(list + length, LIST_MAX - length,
					   "%s%s", length ? ", " : "",
					   domain->info.name);
	}
}

static int explain_late(const struct vprof_domain_table *table,
			struct vprof_error *err)
{
	char failed[LIST_MAX], absent[LIST_MAX];

	list_in(table, VPROF_ACTIVE_FAILED, failed);
	list_in(table, VPROF_ACTIVE_ABSENT, absent);
	if (*failed)
		return vprof_error_set(err, -ETIMEDOUT,
				       "these domains could not take part "
				       "(their kernel logs say why): %s",
				       failed);
	return vprof_error_set(err, -ETIMEDOUT,
			       "a domain that was to be active waited, but "
			       "did not come when it was asked to%s%s",
			       *absent ? ": " : "", absent);
}

int vprof_domain_table_explain_actives(const struct vprof_domain_table *table,
				       int code, struct vprof_error *err)
{
	char list[LIST_MAX];

	if (!table->nr_actives)
		return code;
	switch (code) {
	case -EAGAIN:
		list_in(table, VPROF_ACTIVE_ABSENT, list);
		return vprof_error_set(err, code,
				       "no vprof-record waits in: %s. Run it "
				       "there (module loaded with "
				       "source=xenoprof-active), with the same "
				       "-e, -c and -g",
				       list);
	case -EXDEV:
		list_in(table, VPROF_ACTIVE_WAITING, list);
		return vprof_error_set(err, code,
				       "other events are asked for in one of: "
				       "%s. dom0 and its active domains want "
				       "the same -e, -c and -g",
				       list);
	case -ETIMEDOUT:
		return explain_late(table, err);
	}
	return code;
}
