/* SPDX-License-Identifier: MIT
 *
 * What each level saved: sums of worst losses of a batch, and of all batches.
 */
#include "base/error.h"
#include "engine/record_parts.h"

#include <string.h>

/* Positions that a portfolio of the pass stands for. */
static uint32_t stands_for(const recorder *with, const batch *of, uint32_t portfolio) {
  return with->standalone ? with->alone->count[of->first + portfolio] : 1;
}

/* Adds the worst losses of a set's nodes over an amount's blocks, at base rates. */
static sg_status add_level_total(const recorder *with, const batch *of, const block_outcome *outcomes, uint32_t amount,
                                 uint32_t level, uint32_t set, money *total, sg_error *error) {
  const model_amount *m = &with->in->model->amounts[amount];
  const book *b = with->in->book;
  const node_table *table = &of->tables[set];
  const double *worst_of[m->n_blocks + 1];
  bool fits = true, single = b->currencies.n == 1; /* then accounts need not be looked up */
  for (uint32_t i = 0; i < m->n_blocks; i++) {
    const block_outcome *block = &outcomes[m->blocks[i]];
    worst_of[i] = level == LEVEL_LEAF ? block->leaf.worst : block->levels[level].worst;
  }
  for (uint32_t f = 0; f < of->n_portfolios; f++) {
    uint32_t own = single ? 0 : b->accounts.currency[batch_account(of, f)], n = stands_for(with, of, f);
    for (uint32_t node = table->begin[f]; node < table->begin[f + 1]; node++) {
      double worst = 0.0;
      for (uint32_t i = 0; i < m->n_blocks; i++) {
        worst = worst_of[i][node] < worst ? worst_of[i][node] : worst;
      }
      uint32_t native = single ? 0 : batch_node_currency(with->in, set, table->group[node]);
      money loss;
      fits = fits && (worst == 0.0 ||
                      (money_from_double(-worst * b->currencies.rate_to_base[native != ID_NONE ? native : own], &loss) &&
                       (n == 1 ? money_add(total, loss) : money_add_times(total, loss, n))));
    }
  }
  return fits ? SG_OK
              : error_add(error, SG_INPUT, m->where, "the losses of amount %s are too large for exact money (1.7e26 at most)",
                          m->name);
}

/* What an amount off the chain comes to, before times and round, at base rates. */
static sg_status add_apart(const recorder *with, recorded *own, const batch *of, const amount_values *values,
                           sg_error *error) {
  const book *b = with->in->book;
  for (uint32_t a = 0; a < with->in->model->n_amounts; a++) {
    uint32_t set = with->in->amount_set[a];
    for (uint32_t node = 0; with->apart[a] && node < of->tables[set].n; node++) {
      uint32_t currency = b->accounts.currency[batch_account(of, of->portfolio_of[set][node])];
      money loss = values[a].account_leaf[node];
      bool fits = currency == b->base_currency ||
                  money_from_double(money_to_double(loss) * b->currencies.rate_to_base[currency], &loss);
      uint32_t n = stands_for(with, of, of->portfolio_of[set][node]);
      if (!fits || !money_add_times(&own->savings.apart[with->standalone ? 0 : 1], loss, n)) {
        return error_add(error, SG_INPUT, with->in->model->amounts[a].where,
                         "the losses of amount %s are too large for exact money (1.7e26 at most)", with->in->model->amounts[a].name);
      }
    }
  }
  return SG_OK;
}

sg_status record_savings(const recorder *with, recorded *own, const batch *of, const block_outcome *outcomes,
                         const amount_values *values, sg_error *error) {
  memset(own->savings.level, 0, with->n_totals * sizeof *own->savings.level);
  memset(own->savings.apart, 0, sizeof own->savings.apart);
  TRY(add_apart(with, own, of, values, error));
  if (with->chain == ID_NONE) {
    return SG_OK;
  }
  const bound_levels *levels = &with->in->levels[with->chain];
  for (uint32_t a = 0; a < with->in->model->n_amounts; a++) {
    if (!with->in_chain[a]) {
      continue;
    }
    TRY(add_level_total(with, of, outcomes, a, LEVEL_LEAF, levels->leaf_set,
                        &own->savings.level[with->standalone ? 0 : 1], error));
    for (uint32_t l = 0; !with->standalone && l < levels->n; l++) {
      uint32_t highest = with->in->amount_level[a];
      uint32_t at = l < highest ? l : highest; /* above its own level an amount saves no more */
      TRY(add_level_total(with, of, outcomes, a, at, levels->items[at].set, &own->savings.level[2 + l], error));
    }
  }
  return SG_OK;
}

sg_status take_savings(recorder *with, const recorded *own, sg_error *error) {
  bool fits = true;
  for (uint32_t i = 0; i < with->n_totals; i++) {
    fits = fits && money_add(&with->savings.level[i], own->savings.level[i]);
  }
  for (int i = 0; i < 2; i++) {
    fits = fits && money_add(&with->savings.apart[i], own->savings.apart[i]);
  }
  return fits ? SG_OK : error_fail(error, SG_INPUT, "the losses of a level are too large for exact money (1.7e26 at most)");
}
