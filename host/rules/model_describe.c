/* SPDX-License-Identifier: MIT
 *
 * The text of `models show`: everything that decides a requirement under the model, as the program understood it.
 */
#include "rules/model_describe.h"

#include "base/file.h"
#include "kernels/shared.h"
#include "rules/model_text.h"

#include <math.h>
#include <string.h>

static const char *join(text_builder *to, uint32_t n, const char *const *texts) {
  const char *joined = "";
  for (uint32_t i = 0; i < n; i++) {
    joined = text_cell(to, arena_format(to->memory, "%s%s%s", joined, i > 0 ? ", " : "", texts[i]));
  }
  return joined;
}

static const char *money_text(text_builder *to, money value) {
  char text[NUMBER_TEXT_BYTES];
  return text_cell(to, arena_text(to->memory, text, money_format(value, text)));
}

static const char *filter_text(text_builder *to, const filter *of) {
  const char *text = "";
  for (uint32_t i = 0; i < of->n; i++) {
    const char *values = join(to, of->keys[i].n, of->keys[i].values);
    text = text_cell(to, arena_format(to->memory, "%s%s%s %s", text, i > 0 ? "; " : "", of->keys[i].key, values));
  }
  return text;
}

/* ---- header, defines, columns --------------------------------------------------------------------------- */

#define SCHEME_NAME(name, nodes, solve, price, steps, tolerance, vols) #name,

static void describe_header(text_builder *to, const model *m) {
  char digest[33];
  digest_format(m->digest, digest);
  text_add(to, "%s%s%s\n\n", m->name, *m->title ? ": " : "", m->title);
  table_row(to, "version", m->version, NULL);
  table_row(to, "source", m->source, NULL);
  table_row(to, "date", m->date, NULL);
  table_row(to, "file", m->path, NULL);
  table_row(to, "digest", text_cell(to, arena_text(to->memory, digest, 32)), NULL);
  table_row(to, "discounting", !m->discounted ? "none" : m->nonnegative_rates ? "the book's, rates not below 0"
                                                                               : "the book's", NULL);
  static const char *const american[] = {AMERICAN_SCHEMES(SCHEME_NAME)};
  const char *lattice = arena_format(to->memory, "lattice, %u steps", m->lattice_steps);
  table_row(to, "american", m->lattice_steps > 0 ? lattice : american[m->american], NULL);
  if (m->european_spot) {
    table_row(to, "european", "spot", NULL);
  }
  table_row(to, "boundaries", m->shares_boundaries ? "shared by the strikes and vols of an expiry" : "own", NULL);
  table_end(to, 2);
  for (uint32_t i = 0; i < m->n_settings; i++) {
    text_add(to, "%s  --set %s\n", i == 0 ? "\nSettings in force\n" : "", m->settings[i]);
  }
  for (uint32_t i = 0; i < m->n_not_covered; i++) {
    text_add(to, "%s  - %s\n", i == 0 ? "\nNot covered\n" : "", m->not_covered[i]);
  }
  for (uint32_t i = 0; i < m->n_book_notes; i++) {
    text_add(to, "%s  - %s\n", i == 0 ? "\nBooks for it\n" : "", m->book_notes[i]);
  }
}

static void describe_defines(text_builder *to, const model *m) {
  if (m->n_defines == 0) {
    return;
  }
  text_add(to, "\nDefines\n");
  for (uint32_t i = 0; i < m->n_defines; i++) {
    table_row(to, m->define_name[i], m->define_text[i], NULL);
  }
  table_end(to, 2);
}

static void describe_columns(text_builder *to, const model *m) {
  static const char *const sides[] = {[SIDE_NET] = "net", [SIDE_LONG] = "long", [SIDE_SHORT] = "short",
                                      [SIDE_GROSS] = "gross"};
  static const char *const moneys[] = {[MONEY_NONE] = "", [MONEY_PAID] = "money paid", [MONEY_QUOTE] = "money quoted"};
  if (m->n_columns == 0) {
    return;
  }
  text_add(to, "\nColumns\n");
  table_row(to, "name", "each", "side", "per", "money", "of", NULL);
  for (uint32_t i = 0; i < m->n_columns; i++) {
    const model_column *column = &m->columns[i];
    table_row(to, column->name, column->each.text, sides[column->side], column->per_contract ? "contract" : "unit",
              moneys[column->in], filter_text(to, &column->of), NULL);
  }
  table_end(to, 2);
}

/* ---- blocks and levels --------------------------------------------------------------------------------- */

/* For each price i the number at [i * stride]; one number where all are equal. */
static const char *number_list(text_builder *to, const double *values, uint32_t n, bool collapse) {
  bool equal = collapse;
  for (uint32_t i = 1; i < n && equal; i++) {
    equal = values[i] == values[0];
  }
  text_builder list = {.memory = to->memory};
  for (uint32_t i = 0; i < (equal ? 1 : n); i++) {
    text_add(&list, "%s%s", i > 0 ? " " : "", text_number(to, values[i]));
  }
  return text_cell(to, text_finish(&list));
}

static void describe_group(text_builder *to, const model *m, const model_block *block, const scenario_group *group) {
  text_add(to, "    %u scenarios: %u price%s x %u vol%s\n", group->prices.n_prices * group->n_vols,
           group->prices.n_prices, group->prices.n_prices == 1 ? "" : "s", group->n_vols,
           group->n_vols == 1 ? "" : "s");
  for (uint32_t i = 0; i < group->prices.n_lists; i++) {
    const char *key = group->prices.by ? group->prices.key[i] : "";
    table_row(to, i == 0 ? "price" : "", key, number_list(to, group->prices.price[i], group->prices.n_prices, false),
              NULL);
  }
  const char *vols = "";
  for (uint32_t j = 0; j < group->n_vols; j++) {
    vols = text_cell(to, arena_format(to->memory, "%s%s%s", vols, j > 0 ? " " : "",
                                 group->vol[j] == VOL_SAME ? "same" : block->vols[group->vol[j]].name));
  }
  table_row(to, "vol", "", vols, NULL);
  if (group->time_days != 0.0) {
    table_row(to, "time_days", "", text_number(to, group->time_days), NULL);
  }
  for (uint32_t key = 1; key < m->n_scenario_keys; key++) {
    const double *numbers = group->numbers + (size_t)key * group->prices.n_prices;
    if (!isnan(numbers[0])) {
      table_row(to, m->scenario_keys[key], "", number_list(to, numbers, group->prices.n_prices, true), NULL);
    }
  }
  table_end(to, 6);
}

static void describe_levels(text_builder *to, const model *m, const model_levels *levels) {
  static const char *const converts[] = {[CONVERT_NONE] = "", [CONVERT_BASE] = "converts at base rates",
                                         [CONVERT_SHOCKED] = "converts at shocked rates"};
  for (uint32_t i = 0; i < levels->n; i++) {
    const model_level *level = &levels->items[i];
    const char *gains = "";
    if (i > 0) {
      gains = text_cell(to, arena_format(to->memory, "gains x %s", text_number(to, level->gains)));
      gains = level->gains == 1.0 ? "gains in full" : gains;
    }
    if (level->has_gains_cap) {
      gains = text_cell(to, arena_format(to->memory, "%s, at most %s", gains, level->gains_cap.text));
    }
    const char *scale = "";
    if (level->scale > 0) {
      scale = text_cell(to, arena_format(to->memory, "x %s", m->scenario_keys[level->scale - 1]));
    }
    const char *credit = "";
    if (level->has_credit) {
      credit = text_cell(to, arena_format(to->memory, "credit %s", level->credit.text));
    }
    const char *discount = "";
    if (level->has_discount) {
      static const char format[] = "discount of %s: value x %s where positive, x %s where negative";
      discount = text_cell(to, arena_format(to->memory, format,
                                       filter_text(to, &level->discount_of), level->positive.text,
                                       level->negative.text));
    }
    table_row(to, i == 0 ? "levels     " : "", m->groupings[level->grouping].text, gains, discount, scale, credit,
              converts[level->convert], NULL);
  }
  table_end(to, 4);
}

static void describe_block(text_builder *to, const model *m, const model_block *block) {
  static const char *const follows[] = {[FOLLOW_PROPORTIONAL] = "proportional", [FOLLOW_PARALLEL] = "parallel",
                                        [FOLLOW_DIVIDENDS_HELD] = "dividends_held",
                                        [FOLLOW_SETTLEMENT_WINDOW] = "settlement_window"};
  uint32_t total = 0;
  for (uint32_t i = 0; i < block->n_groups; i++) {
    total += block->groups[i].prices.n_prices * block->groups[i].n_vols;
  }
  if (block->source == BLOCK_FILE) {
    text_add(to, "  %s: the scenarios of scenarios/%s.csv\n", block->name, block->file);
  } else {
    text_add(to, "  %s: %u scenarios, from number %u\n", block->name, total, block->first);
  }
  for (uint32_t i = 0; i < block->n_groups; i++) {
    describe_group(to, m, block, &block->groups[i]);
  }
  for (uint32_t i = 0; i < block->n_vols; i++) {
    table_row(to, i == 0 ? "vols" : "", text_cell(to, arena_format(to->memory, "%s = %s", block->vols[i].name,
                                                              block->vols[i].vol.text)), NULL);
  }
  if (block->source == BLOCK_GRID) {
    table_row(to, "price moves", block->price_kind == MOVE_RELATIVE ? "relative" : "absolute", NULL);
  }
  if (block->has_price_scale) {
    table_row(to, "price scale", block->price_scale.text, NULL);
  }
  table_row(to, "forwards   ", follows[block->follows], NULL);
  if (block->has_weight) {
    table_row(to, "weight", block->weight.text, NULL);
  }
  if (block->round > 0.0) {
    table_row(to, "round", text_number(to, block->round), NULL);
  }
  if (block->of.n > 0) {
    table_row(to, "of", filter_text(to, &block->of), NULL);
  }
  table_end(to, 4);
  describe_levels(to, m, &m->level_sets[block->levels]);
}

/* ---- amounts ------------------------------------------------------------------------------------------- */

static const char *amount_text(text_builder *to, const model *m, const model_amount *amount) {
  static const char *const quantiles[] = {[QUANTILE_HIGHER] = "higher", [QUANTILE_LOWER] = "lower",
                                          [QUANTILE_LINEAR] = "linear"};
#define KIND_TEXT(name, text, function) [name] = text,
  static const char *const kinds[] = {AMOUNT_KINDS(KIND_TEXT)};
#undef KIND_TEXT
  text_builder text = {.memory = to->memory};
  text_add(&text, "%s = %s", amount->name, kinds[amount->kind]);
  for (uint32_t i = 0; i < amount->n_blocks; i++) {
    text_add(&text, "%s %s", i > 0 ? "," : " of", m->blocks[amount->blocks[i]].name);
  }
  if (amount->kind == AMOUNT_VAR || amount->kind == AMOUNT_ES) {
    text_add(&text, ", tail %s", money_text(to, amount->tail));
  }
  if (amount->kind == AMOUNT_VAR) {
    text_add(&text, ", quantile %s", quantiles[amount->quantile]);
  }
  if (amount->kind == AMOUNT_CHARGE) {
    text_add(&text, " %s", amount->charge.text);
  }
  if (amount->of.n > 0) {
    text_add(&text, ", of %s", filter_text(to, &amount->of));
  }
  text_add(&text, ", by %s", m->groupings[amount->grouping].text);
  if (amount->has_times) {
    text_add(&text, ", times %s", amount->times.text);
  }
  if (amount->has_round) {
    text_add(&text, ", round %s", money_text(to, amount->round));
  }
  return text_cell(to, text_finish(&text));
}

/* An amount and, below it, what it is made of; each amount's parts are shown once. */
static void describe_amount(text_builder *to, const model *m, uint32_t index, bool negative, int indent, bool *shown) {
  const model_amount *amount = &m->amounts[index];
  bool again = shown[index] && amount->n_terms > 0;
  text_add(to, "%*s%s%s\n", indent, "", negative ? "minus " : "",
           again ? text_cell(to, arena_format(to->memory, "%s (above)", amount->name)) : amount_text(to, m, amount));
  shown[index] = true;
  for (uint32_t i = 0; i < amount->n_terms && !again; i++) {
    const amount_term *term = &amount->terms[i];
    if (term->is == TERM_NUMBER) {
      text_add(to, "%*s%s\n", indent + 2, "", money_text(to, term->number));
    } else {
      describe_amount(to, m, term->amount, term->negative, indent + 2, shown);
    }
  }
}

static void describe_amounts(text_builder *to, const model *m) {
  bool *shown = ARENA_ARRAY(to->memory, bool, m->n_amounts);
  if (!shown) {
    to->failed = true;
    return;
  }
  text_add(to, "\nMeasures\n");
  text_add(to, "  %s\n", m->initial == m->maintenance ? "initial and maintenance" : "initial");
  describe_amount(to, m, m->initial, false, 4, shown);
  if (m->initial != m->maintenance) {
    text_add(to, "  maintenance\n");
    describe_amount(to, m, m->maintenance, false, 4, shown);
  }
  bool unused = false;
  for (uint32_t i = m->n_amounts; i-- > 0;) {
    if (!shown[i]) {
      text_add(to, "%s", unused ? "" : "  no measure uses\n");
      unused = true;
      describe_amount(to, m, i, false, 4, shown);
    }
  }
}

const char *model_description_make(const model *m, arena *memory) {
  text_builder to = {.memory = memory};
  describe_header(&to, m);
  describe_inputs(&to, m);
  describe_parameters(&to, m);
  describe_defines(&to, m);
  describe_columns(&to, m);
  for (uint32_t i = 0; i < m->n_blocks; i++) {
    text_add(&to, "%s", i == 0 ? "\nBlocks\n" : "\n");
    describe_block(&to, m, &m->blocks[i]);
  }
  describe_amounts(&to, m);
  describe_equity(&to, m);
  describe_quality(&to, m);
  return text_finish(&to);
}

const char *model_describe(model *read) { return read->description; }
