/* SPDX-License-Identifier: MIT
 *
 * A batch through netting: which way, and what both ways share.
 */
#include "engine/netting_parts.h"

#include "base/error.h"

#include <stdlib.h>

/* ---- device memory ----------------------------------------------------------------------------- */

sg_status scratch_get(net_scratch *from, scratch_use use, size_t size_bytes, device_buffer **got, sg_error *error) {
  struct scratch_buffer *which = &from->of[use];
  if (which->buffer == NULL || which->size_bytes < size_bytes) {
    buffer_close(which->buffer);
    *which = (struct scratch_buffer){0};
    TRY(buffer_make(from->on, size_bytes, NULL, &which->buffer, error));
    which->size_bytes = size_bytes;
  }
  *got = which->buffer;
  return SG_OK;
}

void net_scratch_close(net_scratch *used) {
  for (int use = 0; use < N_SCRATCH_USES; use++) {
    buffer_close(used->of[use].buffer);
  }
  *used = (net_scratch){0};
}

/* ---- a batch ----------------------------------------------------------------------------------- */

uint32_t netting_n_leaves(const netting *with) { return with->of->tables[with->levels->leaf_set].n; }

sg_status netting_open(batch *of, const pricing *prices, uint32_t level_set, net_scratch *scratch, netting **opened,
                       sg_error *error) {
  *opened = NULL;
  netting *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  *made = (netting){.of = of, .prices = prices, .levels = &of->in->levels[level_set], .scratch = scratch};
  made->terms = ARENA_ARRAY(of->memory, level_terms, made->levels->n);
  sg_status status = made->terms == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t l = 0; status == SG_OK && l < made->levels->n; l++) {
    status = level_terms_open(made, l, &made->terms[l], error);
  }
  if (status != SG_OK) {
    netting_close(made);
    return status;
  }
  *opened = made;
  return SG_OK;
}

static bool takes_trees(const netting *with, const level_request *requests) {
  uint32_t n_levels = with->levels->n, n_leaves = netting_n_leaves(with);
  return netting_takes_trees(with->prices->on, with->levels, requests, with->of->n_positions, n_leaves,
                             n_levels == 0 ? n_leaves : with->terms[n_levels - 1].n_parents);
}

sg_status netting_lay_out(netting *with, const level_request *requests, sg_error *error) {
  return takes_trees(with, requests) ? net_trees_lay_out(with, error) : SG_OK;
}

void netting_close(netting *opened) {
  if (opened != NULL) {
    net_steps_close(opened);
    free(opened);
  }
}

uint64_t netting_count_nodes(const bound_levels *levels, const level_request *requests, const uint64_t *nodes) {
  uint64_t n = requests == NULL || requests[0].worst ? nodes[levels->leaf_set] : 0;
  for (uint32_t l = 0; l < levels->n; l++) {
    n += requests == NULL || requests[1 + l].worst ? nodes[levels->items[l].set] : 0;
  }
  return n;
}

double netting_share(const netting *with, const tile *of, uint32_t n_nodes, uint64_t n_all) {
  return n_all == 0 ? 0.0 : (double)n_nodes / (double)n_all * of->n_columns / verifier_scenarios(with->prices->watch);
}

sg_status netting_run(netting *with, const tile *of, const level_request *requests, block_outcome *outcome,
                      sg_error *error) {
  with->scratch->on = with->prices->on;
  outcome->n_scenarios = of->set->n;
  if (outcome->levels == NULL) {
    outcome->levels = ARENA_ARRAY(with->of->memory, level_outcome, with->levels->n);
    if (outcome->levels == NULL) {
      return error_out_of_memory(error);
    }
  }
  return (takes_trees(with, requests) ? net_trees_run : net_steps_run)(with, of, requests, outcome, error);
}
