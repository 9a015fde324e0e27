/* SPDX-License-Identifier: MIT
 *
 * From findings to accounts: a finding touches instruments, and with them those who hold them.
 */
#include "engine/quality_plan.h"

#include "base/error.h"
#include "engine/quality.h"

#include <stdlib.h>
#include <string.h>

enum { N_TABLES = QUALITY_OF_ASSET + 1 };

/* first[action][table][row]: the gravest finding about a row that has this action, ID_NONE for none. */
typedef struct touched {
  const book *of;
  const portfolios *held; /* of the accounts of the run */
  const bool *wanted;     /* [a] margin accounts of the run; NULL: all */
  uint32_t n_rows[N_TABLES];
  uint32_t *first[N_QUALITY_ACTIONS][N_TABLES];
  uint64_t *n_held[N_TABLES]; /* positions and posted assets of the run that a finding about a row touches */
} touched;

static sg_status open_touched(touched *made, arena *memory, sg_error *error) {
  const book *of = made->of;
  const uint32_t rows[N_TABLES] = {[QUALITY_OF_UNDERLYING] = of->underlyings.n,
                                   [QUALITY_OF_FORWARD] = of->forwards.n,
                                   [QUALITY_OF_INSTRUMENT] = of->instruments.n,
                                   [QUALITY_OF_CURRENCY] = of->currencies.n,
                                   [QUALITY_OF_ASSET] = of->assets.n};
  for (int t = 0; t < N_TABLES; t++) {
    made->n_rows[t] = rows[t];
    made->n_held[t] = ARENA_ARRAY(memory, uint64_t, rows[t]);
    if (made->n_held[t] == NULL) {
      return error_out_of_memory(error);
    }
    for (int action = 0; action < N_QUALITY_ACTIONS; action++) {
      made->first[action][t] = ARENA_ARRAY(memory, uint32_t, rows[t]);
      if (made->first[action][t] == NULL) {
        return error_out_of_memory(error);
      }
      memset(made->first[action][t], 0xff, rows[t] * sizeof(uint32_t));
    }
  }
  return SG_OK;
}

static uint32_t lesser(uint32_t a, uint32_t b) { return a < b ? a : b; }

static bool is_wanted(const book *of, const bool *wanted, uint32_t account) {
  return wanted == NULL || wanted[of->accounts.margin_account[account]];
}

/* The rows that a position in c depends on. */
static void rows_of_instrument(const book *of, uint32_t c, uint32_t rows[static N_TABLES + 1]) {
  const instruments *all = &of->instruments;
  rows[QUALITY_OF_UNDERLYING] = all->underlying[c];
  rows[QUALITY_OF_FORWARD] = all->forward[c];
  rows[QUALITY_OF_INSTRUMENT] = c;
  rows[QUALITY_OF_CURRENCY] = all->currency[c];
  rows[QUALITY_OF_ASSET] = ID_NONE;
  rows[N_TABLES] = of->underlyings.currency[all->underlying[c]]; /* the currency of price and strike */
}

static void count_held(const touched *in) {
  const book *of = in->of;
  uint64_t *of_instrument = in->n_held[QUALITY_OF_INSTRUMENT];
  for (size_t i = 0; i < in->held->n_positions; i++) {
    uint32_t c = in->held->instrument[i];
    if (c < of->instruments.n) { /* else it is posted */
      of_instrument[c]++;
    }
  }
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    uint32_t rows[N_TABLES + 1];
    rows_of_instrument(of, c, rows);
    in->n_held[QUALITY_OF_UNDERLYING][rows[QUALITY_OF_UNDERLYING]] += of_instrument[c];
    in->n_held[QUALITY_OF_FORWARD][rows[QUALITY_OF_FORWARD]] += of_instrument[c];
    in->n_held[QUALITY_OF_CURRENCY][rows[QUALITY_OF_CURRENCY]] += of_instrument[c];
    in->n_held[QUALITY_OF_CURRENCY][rows[N_TABLES]] += rows[N_TABLES] != rows[QUALITY_OF_CURRENCY] ? of_instrument[c] : 0;
  }
  for (size_t i = 0; i < of->collateral.n; i++) {
    if (of->collateral.amount[i].units != 0 && is_wanted(of, in->wanted, of->collateral.account[i])) {
      in->n_held[QUALITY_OF_ASSET][of->collateral.asset[i]]++;
      in->n_held[QUALITY_OF_CURRENCY][of->assets.currency[of->collateral.asset[i]]]++;
    }
  }
  for (uint32_t a = 0; a < of->accounts.n; a++) {
    in->n_held[QUALITY_OF_CURRENCY][of->accounts.currency[a]] +=
        of->accounts.margin_account[a] == a && is_wanted(of, in->wanted, a);
  }
}

/* A substitute that cannot be found isolates: the stated value alone might be too low. */
static void settle_action(quality_finding *found) {
  bool none = found->substitutes[0].what == QUALITY_NONE && found->substitutes[1].what == QUALITY_NONE;
  found->action = found->action == QUALITY_SUBSTITUTE && none ? QUALITY_ISOLATE : found->action;
}

static void mark(const touched *in, quality_action action, quality_table table, uint32_t row, uint32_t finding) {
  uint32_t *first = &in->first[action][table][row];
  *first = lesser(*first, finding);
}

static void mark_findings(const touched *in, quality_report *all) {
  for (uint32_t i = 0; i < all->n; i++) {
    quality_finding *found = &all->findings[i];
    settle_action(found);
    mark(in, found->action, found->table, found->row, i);
    found->n_touched = in->n_held[found->table][found->row];
    if (found->also != ID_NONE) {
      mark(in, found->action, QUALITY_OF_INSTRUMENT, found->also, i);
      found->n_touched += in->n_held[QUALITY_OF_INSTRUMENT][found->also];
    }
  }
}

static sg_status refuse(const quality_report *all, sg_error *error) {
  sg_status status = SG_OK;
  for (size_t i = 0; i < all->n; i++) {
    const quality_finding *found = &all->findings[i];
    if (found->action == QUALITY_REFUSE && found->n_touched > 0) {
      status = error_add(error, SG_INPUT, (place){found->file, found->line, 0}, "%s: the model refuses this (%s)",
                         found->message, quality_kind_get(found->kind)->name);
    }
  }
  return status;
}

/* ---- accounts ---------------------------------------------------------------------------------- */

/* of[c]: the gravest finding with this action that touches an instrument. */
static void find_gravest(const touched *in, quality_action action, uint32_t *of) {
  uint32_t *const *first = in->first[action];
  for (uint32_t c = 0; c < in->of->instruments.n; c++) {
    uint32_t rows[N_TABLES + 1];
    rows_of_instrument(in->of, c, rows);
    of[c] = first[QUALITY_OF_CURRENCY][rows[N_TABLES]];
    for (int t = 0; t < QUALITY_OF_ASSET; t++) {
      of[c] = lesser(of[c], first[t][rows[t]]);
    }
  }
}

/* decided[a]: the gravest finding with this action that touches a margin account; of[c] is find_gravest's. */
static void decide(const touched *in, quality_action action, const uint32_t *of, uint32_t *decided) {
  const book *b = in->of;
  uint32_t *const *first = in->first[action];
  for (uint32_t a = 0; a < b->accounts.n; a++) {
    bool margined = b->accounts.margin_account[a] == a && is_wanted(b, in->wanted, a);
    decided[a] = margined ? first[QUALITY_OF_CURRENCY][b->accounts.currency[a]] : ID_NONE;
  }
  for (uint32_t f = 0; f < in->held->n; f++) {
    for (size_t i = in->held->begin[f]; i < in->held->begin[f + 1]; i++) {
      uint32_t a = in->held->account[f], c = in->held->instrument[i];
      decided[a] = c < b->instruments.n ? lesser(decided[a], of[c]) : decided[a];
    }
  }
  for (size_t i = 0; i < b->collateral.n; i++) {
    uint32_t a = b->accounts.margin_account[b->collateral.account[i]], s = b->collateral.asset[i];
    if (b->collateral.amount[i].units != 0 && is_wanted(b, in->wanted, a)) {
      uint32_t rate = first[QUALITY_OF_CURRENCY][b->assets.currency[s]];
      decided[a] = lesser(decided[a], lesser(rate, first[QUALITY_OF_ASSET][s]));
    }
  }
}

/* Who adds up an account that is not computed is not computed either. */
static void isolate_parents(const accounts *all, quality_plan *plan) {
  for (uint32_t a = 0; a < all->n; a++) {
    if (plan->reason[a] == ID_NONE) {
      continue;
    }
    for (uint32_t at = a, below = ID_NONE; !plan->isolated[at];) {
      plan->isolated[at] = true;
      plan->child[at] = below;
      if (all->parent[at] == ID_NONE || all->isolated[at]) {
        break;
      }
      below = at;
      at = all->margin_account[all->parent[at]];
    }
  }
}

static bool has_action(const quality_report *all, quality_action action) {
  for (size_t i = 0; i < all->n; i++) {
    if (all->findings[i].action == action && all->findings[i].n_touched > 0) {
      return true;
    }
  }
  return false;
}

/* ---- the substituted book ---------------------------------------------------------------------- */

static void *copy_of(arena *memory, const void *from, size_t n, size_t item_bytes) {
  void *to = arena_array(memory, n, item_bytes);
  if (to != NULL && n > 0) {
    memcpy(to, from, n * item_bytes);
  }
  return to;
}

/* Of several substitutes for one value the gravest finding's counts; `taken` marks what has one: vols, marks, forwards.
 */
static void put_substitute(book *to, const quality_substitute *by, bool *taken) {
  uint32_t n = to->instruments.n;
  double *const values[] = {[QUALITY_VOL] = to->instruments.vol,
                            [QUALITY_MARK] = to->instruments.mark,
                            [QUALITY_FORWARD] = to->forwards.forward};
  const size_t offset[] = {[QUALITY_VOL] = 0, [QUALITY_MARK] = n, [QUALITY_FORWARD] = 2 * (size_t)n};
  if (by->what != QUALITY_NONE && !taken[offset[by->what] + by->row]) {
    taken[offset[by->what] + by->row] = true;
    if (by->what == QUALITY_FORWARD) { /* a quoted forward moves with its price: d forward / d spot */
      double price = to->underlyings.price[to->forwards.underlying[by->row]];
      to->forwards.growth[by->row] = price == 0.0 ? 1.0 : by->value / price;
    }
    values[by->what][by->row] = by->value;
  }
}

static sg_status substitute(const book *of, arena *memory, quality_plan *plan, sg_error *error) {
  book *to = copy_of(memory, of, 1, sizeof *of);
  bool *taken = ARENA_ARRAY(memory, bool, 2 * (size_t)of->instruments.n + of->forwards.n);
  if (to == NULL || taken == NULL) {
    return error_out_of_memory(error);
  }
  to->instruments.vol = copy_of(memory, of->instruments.vol, of->instruments.n, sizeof(double));
  to->instruments.mark = copy_of(memory, of->instruments.mark, of->instruments.n, sizeof(double));
  to->forwards.forward = copy_of(memory, of->forwards.forward, of->forwards.n, sizeof(double));
  to->forwards.growth = copy_of(memory, of->forwards.growth, of->forwards.n, sizeof(double));
  if (!to->instruments.vol || !to->instruments.mark || !to->forwards.forward || !to->forwards.growth) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < plan->found.n; i++) {
    const quality_finding *found = &plan->found.findings[i];
    for (int k = 0; found->action == QUALITY_SUBSTITUTE && found->n_touched > 0 && k < 2; k++) {
      put_substitute(to, &found->substitutes[k], taken);
    }
  }
  plan->substitute = to;
  return SG_OK;
}

static sg_status plan_substitutes(const touched *in, arena *memory, quality_plan *plan, sg_error *error) {
  const book *of = in->of;
  uint32_t *decided = ARENA_ARRAY(memory, uint32_t, of->accounts.n);
  plan->substitute_of = ARENA_ARRAY(memory, uint32_t, of->instruments.n);
  plan->substituted = ARENA_ARRAY(memory, bool, of->accounts.n);
  if (decided == NULL || plan->substitute_of == NULL || plan->substituted == NULL) {
    return error_out_of_memory(error);
  }
  find_gravest(in, QUALITY_SUBSTITUTE, plan->substitute_of);
  decide(in, QUALITY_SUBSTITUTE, plan->substitute_of, decided);
  for (uint32_t a = 0; a < of->accounts.n; a++) {
    plan->substituted[a] = decided[a] != ID_NONE;
  }
  return substitute(of, memory, plan, error);
}

static sg_status plan_isolation(const touched *in, arena *memory, quality_plan *plan, sg_error *error) {
  const book *of = in->of;
  uint32_t *gravest = ARENA_ARRAY(memory, uint32_t, of->instruments.n);
  plan->reason = ARENA_ARRAY(memory, uint32_t, of->accounts.n);
  plan->child = ARENA_ARRAY(memory, uint32_t, of->accounts.n);
  plan->isolated = ARENA_ARRAY(memory, bool, of->accounts.n);
  if (gravest == NULL || plan->reason == NULL || plan->child == NULL || plan->isolated == NULL) {
    return error_out_of_memory(error);
  }
  find_gravest(in, QUALITY_ISOLATE, gravest);
  decide(in, QUALITY_ISOLATE, gravest, plan->reason);
  isolate_parents(&of->accounts, plan);
  return SG_OK;
}

/* ---- the plan ---------------------------------------------------------------------------------- */

sg_status quality_plan_make(const book *of, const model *under, const book *previous, const portfolios *held,
                            const bool *wanted, arena *memory, quality_plan *made, sg_error *error) {
  touched in = {.of = of, .held = held, .wanted = wanted};
  *made = (quality_plan){0};
  TRY(engine_check(of, under, previous, memory, &made->found, error));
  if (made->found.n == 0) {
    return SG_OK;
  }
  TRY(open_touched(&in, memory, error));
  count_held(&in);
  mark_findings(&in, &made->found);
  TRY(refuse(&made->found, error));
  if (has_action(&made->found, QUALITY_SUBSTITUTE)) {
    TRY(plan_substitutes(&in, memory, made, error));
  }
  if (has_action(&made->found, QUALITY_ISOLATE)) {
    TRY(plan_isolation(&in, memory, made, error));
  }
  for (uint32_t a = 0; made->substituted != NULL && made->isolated != NULL && a < of->accounts.n; a++) {
    made->substituted[a] = made->substituted[a] && !made->isolated[a];
  }
  return SG_OK;
}

/* ---- texts ------------------------------------------------------------------------------------- */

static const char *reason_text(const quality_plan *plan, const book *of, uint32_t account, arena *memory) {
  if (plan->reason[account] == ID_NONE) {
    return arena_format(memory, "account \"%s\", which it adds up, is not computed",
                        of->accounts.id[plan->child[account]]);
  }
  const quality_finding *found = &plan->found.findings[plan->reason[account]];
  return arena_format(memory, "%s: %s", quality_kind_get(found->kind)->name, found->message);
}

sg_status quality_list_isolated(const quality_plan *plan, const book *of, const bool *shown, result *made,
                                sg_error *error) {
  uint32_t n = 0;
  for (uint32_t a = 0; plan->isolated != NULL && a < of->accounts.n; a++) {
    n += plan->isolated[a] && (shown == NULL || shown[a]);
  }
  made->quality = plan->found;
  made->isolated = ARENA_ARRAY(made->memory, isolated_account, n);
  if (made->isolated == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t a = 0; made->n_isolated < n; a++) {
    if (plan->isolated[a] && (shown == NULL || shown[a])) {
      const char *reason = reason_text(plan, of, a, made->memory);
      if (reason == NULL) {
        return error_out_of_memory(error);
      }
      made->isolated[made->n_isolated++] = (isolated_account){a, reason};
    }
  }
  return SG_OK;
}

enum { SUBSTITUTES_NAMED = 4 };

/* What a finding substitutes for an instrument, or for its forward. */
static const char *substitute_text(const quality_finding *found, const book *of, uint32_t c, arena *memory) {
  for (int k = 0; k < 2; k++) {
    const quality_substitute *by = &found->substitutes[k];
    if (by->what != QUALITY_NONE && by->row == (by->what == QUALITY_FORWARD ? of->instruments.forward[c] : c)) {
      return arena_format(memory, "%s %s (%s)", of->instruments.id[c], by->text, quality_kind_get(found->kind)->name);
    }
  }
  return "";
}

sg_status quality_name_substitutes(const quality_plan *plan, const book *of, const portfolios *held, arena *memory,
                                   const char ***texts, sg_error *error) {
  const char **made = ARENA_ARRAY(memory, const char *, of->accounts.n);
  *texts = made;
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t f = 0; f < held->n; f++) {
    uint32_t a = held->account[f], n = 0;
    for (size_t i = held->begin[f]; plan->substituted[a] && i < held->begin[f + 1] && n <= SUBSTITUTES_NAMED; i++) {
      uint32_t c = held->instrument[i], finding = c < of->instruments.n ? plan->substitute_of[c] : ID_NONE;
      if (finding == ID_NONE) {
        continue;
      }
      const char *one =
          n++ == SUBSTITUTES_NAMED ? "..." : substitute_text(&plan->found.findings[finding], of, c, memory);
      made[a] = one == NULL ? NULL : made[a] == NULL ? one : arena_format(memory, "%s, %s", made[a], one);
      if (made[a] == NULL) {
        return error_out_of_memory(error);
      }
    }
  }
  return SG_OK;
}
