/* SPDX-License-Identifier: MIT
 *
 * worst_payoff: the largest loss of a node's options at their expiry, over a price of 0 and each of their strikes, at
 * least 0. Beyond the highest strike calls that are short on balance lose without end: charge these apart.
 */
#include "rules/amounts.h"

/* What the node pays its holder at a price. */
static double payoff_at(const node_options *options, uint64_t first, uint64_t end, double price) {
  double total = 0.0;
  for (uint64_t i = first; i < end; i++) {
    double inside = options->call[i] ? price - options->strike[i] : options->strike[i] - price;
    total = total + options->quantity[i] * (inside > 0.0 ? inside : 0.0);
  }
  return total;
}

sg_status amount_worst_payoff(const amount_input *in, uint32_t m, amount_values *values, arena *memory,
                              sg_error *error) {
  (void)memory;
  const node_options *options = in->options[m];
  for (uint32_t node = 0; node < in->tables[in->table_of[m]].n; node++) {
    uint64_t first = options->begin[node], end = options->begin[node + 1];
    double worst = payoff_at(options, first, end, 0.0);
    worst = worst < 0.0 ? worst : 0.0;
    for (uint64_t i = first; i < end; i++) {
      double payoff = payoff_at(options, first, end, options->strike[i]);
      worst = payoff < worst ? payoff : worst;
    }
    TRY(amount_to_money(in, m, node, worst < 0.0 ? -worst : 0.0, &values->leaf[node], error));
  }
  return SG_OK;
}
