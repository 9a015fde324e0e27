/* SPDX-License-Identifier: MIT
 *
 * From a batch's netted outcomes to the input of the rules.
 */
#ifndef ENGINE_SETTLE_H
#define ENGINE_SETTLE_H

#include "engine/netting.h"

/* Applies every amount of the model to the batch. outcomes[block]; everything lives in the batch's memory. */
sg_status settle_batch(batch *of, const block_outcome *outcomes, amount_input *in, amount_values **values,
                       sg_error *error);

/* used[set]: the sets whose nodes the model's amounts and levels need. */
void settle_used_sets(bound *in, bool *used);

/* Texts of numbers met before: most of what charges read is a fact of few groups. All zero to begin with. */
typedef struct number_texts {
  struct {
    uint64_t bits; /* of the double */
    uint8_t length; /* 0: empty */
    char text[NUMBER_TEXT_BYTES];
  } kept[256];
} number_texts;

/* What stands before each number that an expression reads: "damp=", ", net_delta=", ... */
typedef struct slot_names {
  uint32_t n;
  const char **text;
  size_t *length;
  size_t size_bytes; /* of all of them with their numbers, at most */
} slot_names;
bool settle_name_slots(const model *m, const expression *rule, arena *memory, slot_names *made); /* false: out of memory */

/* "damp=0.5, net_delta=-12": what was read at a node. Owned by `memory`; NULL when out of memory. */
const char *settle_numbers(const slot_names *names, const double *const *slots, uint32_t node, number_texts *known,
                           arena *memory);

#endif
