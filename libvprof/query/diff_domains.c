// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which domain of one profile is which of the other. */
#include "query/diff_domains.h"

#include "query/asked.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *get_uuid(const struct vprof_profile_domain *domain)
{
	return domain->uuid ? domain->uuid : "";
}

static bool is_same_uuid(const struct vprof_profile_domain *a,
			 const struct vprof_profile_domain *b)
{
	return *get_uuid(a) && !strcmp(get_uuid(a), get_uuid(b));
}

static bool is_same_name(const struct vprof_profile_domain *a,
			 const struct vprof_profile_domain *b)
{
	return !strcmp(a->kind, b->kind) && !strcmp(a->name, b->name);
}

/* ---- pairs ------------------------------------------------------------- */

static int add_domains_of_a(struct vprof_diff_work *work)
{
	const struct vprof_profile *a = work->answer.sides[VPROF_DIFF_A];
	struct vprof_diff_domain *item;

	for (size_t i = 0; i < a->nr_domains; i++) {
		item = vprof_vector_add(&work->domains);
		if (!item)
			return -ENOMEM;
		item->sides[VPROF_DIFF_A] = &a->domains[i];
		work->domain_of[VPROF_DIFF_A][i] = (uint32_t)i;
	}
	return 0;
}

/* Gives those of A that still have none their counterpart in B, where @is_same. */
static void pair(struct vprof_diff_work *work,
		 bool (*is_same)(const struct vprof_profile_domain *a,
				 const struct vprof_profile_domain *b),
		 bool *is_taken)
{
	const struct vprof_profile *b = work->answer.sides[VPROF_DIFF_B];
	struct vprof_diff_domain *item;

	for (uint32_t i = 0; i < work->domains.nr_items; i++) {
		item = vprof_vector_get(&work->domains, i);
		for (size_t j = 0;
		     j < b->nr_domains && !item->sides[VPROF_DIFF_B]; j++) {
			if (is_taken[j] ||
			    !is_same(item->sides[VPROF_DIFF_A], &b->domains[j]))
				continue;
			is_taken[j] = true;
			item->sides[VPROF_DIFF_B] = &b->domains[j];
			work->domain_of[VPROF_DIFF_B][j] = i;
		}
	}
}

static int add_rest_of_b(struct vprof_diff_work *work, const bool *is_taken)
{
	const struct vprof_profile *b = work->answer.sides[VPROF_DIFF_B];
	struct vprof_diff_domain *item;

	for (size_t j = 0; j < b->nr_domains; j++) {
		if (is_taken[j])
			continue;
		work->domain_of[VPROF_DIFF_B][j] =
			(uint32_t)work->domains.nr_items;
		item = vprof_vector_add(&work->domains);
		if (!item)
			return -ENOMEM;
		item->sides[VPROF_DIFF_B] = &b->domains[j];
	}
	return 0;
}

static int pair_all(struct vprof_diff_work *work)
{
	size_t nr = work->answer.sides[VPROF_DIFF_B]->nr_domains;
	bool *is_taken = calloc(nr + 1, sizeof(*is_taken));
	int ret;

	if (!is_taken)
		return -ENOMEM;
	ret = add_domains_of_a(work);
	if (!ret) {
		pair(work, is_same_uuid, is_taken);
		pair(work, is_same_name, is_taken);
		ret = add_rest_of_b(work, is_taken);
	}
	free(is_taken);
	return ret;
}

static void find_remade(struct vprof_diff_domain *item)
{
	const struct vprof_profile_domain *a = item->sides[VPROF_DIFF_A];
	const struct vprof_profile_domain *b = item->sides[VPROF_DIFF_B];

	item->is_remade = a && b && *get_uuid(a) && *get_uuid(b) &&
			  strcmp(get_uuid(a), get_uuid(b)) != 0;
}

/* ---- those asked for --------------------------------------------------- */

static bool is_called(const struct vprof_diff_domain *item, const char *asked)
{
	const struct vprof_profile_domain *domain;

	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		domain = item->sides[s];
		if (domain && vprof_is_asked_for(asked, domain->name,
						 domain->kind, domain->number))
			return true;
	}
	return false;
}

static bool want(struct vprof_diff_work *work, const char *asked)
{
	struct vprof_diff_domain *item;
	bool is_known = false;

	for (size_t i = 0; i < work->domains.nr_items; i++) {
		item = vprof_vector_get(&work->domains, i);
		if (!is_called(item, asked))
			continue;
		item->is_wanted = true;
		is_known = true;
	}
	return is_known;
}

static int refuse(const struct vprof_diff_work *work, const char *asked,
		  struct vprof_error *err)
{
	const struct vprof_profile_domain *domain;
	const struct vprof_diff_domain *item;
	struct vprof_asked_list list = { 0 };

	for (size_t i = 0; i < work->domains.nr_items; i++) {
		item = vprof_vector_get(&work->domains, i);
		domain = item->sides[VPROF_DIFF_B] ? item->sides[VPROF_DIFF_B]
						   : item->sides[VPROF_DIFF_A];
		vprof_asked_list_add(&list, domain->name, domain->number);
	}
	return vprof_error_set(err, -ENOENT,
			       "no domain named \"%s\" in %s or %s. There are: "
			       "%s.",
			       asked, work->options.labels[VPROF_DIFF_A],
			       work->options.labels[VPROF_DIFF_B],
			       list.length ? list.text : "none");
}

int vprof_diff_match_domains(struct vprof_diff_work *work,
			     struct vprof_error *err)
{
	const struct vprof_diff_options *options = &work->options;
	struct vprof_diff_domain *item;
	size_t nr;

	work->domains.item_size = sizeof(struct vprof_diff_domain);
	for (int s = 0; s < VPROF_DIFF_SIDES; s++) {
		nr = work->answer.sides[s]->nr_domains;
		work->domain_of[s] = calloc(nr + 1, sizeof(uint32_t));
		if (!work->domain_of[s])
			return vprof_error_set(err, -ENOMEM, "out of memory");
	}
	if (pair_all(work))
		return vprof_error_set(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < work->domains.nr_items; i++) {
		item = vprof_vector_get(&work->domains, i);
		find_remade(item);
		item->is_wanted = !options->nr_domains;
	}
	for (size_t i = 0; i < options->nr_domains; i++)
		if (!want(work, options->domains[i]))
			return refuse(work, options->domains[i], err);
	return 0;
}
