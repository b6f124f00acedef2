// SPDX-License-Identifier: LGPL-2.1-or-later
/* One store's tables in memory, with its ids made into the query's. */
#include "query/query_input.h"

void vprof_input_init(struct vprof_input *input, struct vprof_query *query,
		      struct sqlite3 *db)
{
	*input = (struct vprof_input){
		.query = query,
		.db = db,
		.first_session = query->sessions.nr_items,
		.events.item_size = sizeof(struct vprof_input_event),
		.domains.item_size = sizeof(struct vprof_input_domain),
		.processes.item_size = sizeof(struct vprof_input_process),
		.images.item_size = sizeof(struct vprof_input_image),
		.symbols.item_size = sizeof(struct vprof_input_symbol),
		.places.item_size = sizeof(struct vprof_input_place),
		.chains.item_size = sizeof(struct vprof_input_chain),
		.charges.item_size = sizeof(struct vprof_input_charge),
		.slices.item_size = sizeof(struct vprof_input_slice),
	};
}

void vprof_input_destroy(struct vprof_input *input)
{
	struct vprof_vector *const vectors[] = {
		&input->events,  &input->domains, &input->processes,
		&input->images,  &input->symbols, &input->places,
		&input->charges, &input->chains,  &input->slices,
	};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		vprof_vector_destroy(vectors[i]);
}
