/* SPDX-License-Identifier: MIT
 *
 * Models that are read without findings: the shipped ones against their sources, one that uses every word of the
 * language, extends, settings, and texts made to exhaust the reader.
 */
#include "rules/model.h"

#include "base/file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MODELS SOURCE_DIR "/tests/golden/models/"

static char folder[] = "/tmp/shockgrid-models-XXXXXX";
static char path[256];

static void write_model(const char *name, const char *text) {
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *stream = fopen(path, "wb");
  assert_non_null(stream);
  assert_true(fputs(text, stream) >= 0);
  assert_int_equal(fclose(stream), 0);
}

static model *read_with(const char *name, const char *const *settings, size_t n_settings) {
  model *read = NULL;
  sg_error *error = sg_error_open();
  sg_status status = model_read(name, settings, n_settings, &read, error);
  if (status != SG_OK) {
    sg_finding found = sg_error_get(error, 0);
    fail_msg("%s:%d:%d: %s", found.file ? found.file : "", (int)found.line, (int)found.column, found.message);
  }
  assert_int_equal(sg_error_count(error), 0);
  sg_error_close(error);
  return read;
}

static model *read_good(const char *name) { return read_with(name, NULL, 0); }

static void check_numbers(const double *got, const double *expected, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (!(got[i] == expected[i])) {
      fail_msg("number %zu: expected %.17g, got %.17g", i, expected[i], got[i]);
    }
  }
}

static const double *price_list(const scenario_group *group, const char *key) {
  for (uint32_t i = 0; i < group->prices.n_lists; i++) {
    if (strcmp(group->prices.key[i], key) == 0) {
      return group->prices.price[i];
    }
  }
  return NULL;
}

/* SEC Release 34-46576, as the methodology prints its table: per cent. */
static void occ_cpm_has_the_ten_points_of_each_kind(void **state) {
  static const double fifteen[] = {-0.15, -0.12, -0.09, -0.06, -0.03, 0.03, 0.06, 0.09, 0.12, 0.15};
  static const double ten[] = {-0.10, -0.08, -0.06, -0.04, -0.02, 0.02, 0.04, 0.06, 0.08, 0.10};
  static const double high_cap[] = {-0.08, -0.064, -0.048, -0.032, -0.016, 0.012, 0.024, 0.036, 0.048, 0.06};
  model *m = read_good("occ-cpm");
  assert_int_equal(m->n_blocks, 1);
  const model_block *block = &m->blocks[0];
  assert_int_equal(block->follows, FOLLOW_DIVIDENDS_HELD);
  assert_int_equal(block->first, 1);
  assert_int_equal(block->n_groups, 1);
  const scenario_group *group = &block->groups[0];
  assert_string_equal(group->prices.by, "kind");
  assert_int_equal(group->prices.n_prices, 10);
  assert_int_equal(group->n_vols, 1);
  assert_int_equal(group->vol[0], VOL_SAME);
  static const char *const like_equity[] = {"equity", "narrow_index", "etf", "crypto"};
  for (size_t i = 0; i < 4; i++) {
    check_numbers(price_list(group, like_equity[i]), fifteen, 10);
  }
  check_numbers(price_list(group, "broad_index"), ten, 10);
  check_numbers(price_list(group, "high_cap_index"), high_cap, 10);
  assert_null(price_list(group, "fx"));
  assert_null(price_list(group, "commodity"));
  assert_null(price_list(group, "rate"));
  assert_string_equal(m->path, "shipped:occ-cpm");
  model_close(m);
}

static void occ_cpm_offsets_by_group_and_takes_the_larger_of_scan_and_minimum(void **state) {
  model *m = read_good("occ-cpm");
  const model_levels *levels = &m->level_sets[m->blocks[0].levels];
  static const char *const by[] = {"class_group", "product_group", "portfolio_group"};
  static const double gains[] = {1.0, 0.9, 0.75};
  assert_int_equal(levels->n, 3);
  for (uint32_t i = 0; i < 3; i++) {
    assert_string_equal(m->groupings[levels->items[i].grouping].text, by[i]);
    assert_true(levels->items[i].gains == gains[i]);
    assert_int_equal(levels->items[i].convert, i == 0 ? CONVERT_BASE : CONVERT_NONE);
  }
  assert_int_equal(m->initial, m->maintenance);
  const model_amount *sum = &m->amounts[m->initial], *requirement = &m->amounts[sum->terms[0].amount];
  assert_int_equal(sum->kind, AMOUNT_SUM);
  assert_string_equal(sum->name, "initial.sum");
  assert_int_equal(sum->grouping, 0);
  assert_int_equal(requirement->kind, AMOUNT_MAX);
  assert_int_equal(requirement->n_terms, 2);
  for (uint32_t i = 0; i < 2; i++) {
    const model_amount *part = &m->amounts[requirement->terms[i].amount];
    assert_int_equal(part->kind, i == 0 ? AMOUNT_WORST : AMOUNT_CHARGE);
    assert_string_equal(m->groupings[part->grouping].text, "portfolio_group");
  }
  for (uint32_t i = 0; i < m->n_parameters; i++) { /* every number says where it comes from, and when */
    assert_true(*m->parameters[i].source != '\0' && *m->parameters[i].date != '\0' && *m->parameters[i].unit != '\0');
  }
  assert_int_equal(m->columns[0].side, SIDE_GROSS);
  assert_true(m->columns[0].each.constant && m->columns[0].each.value == 0.375);
  model_close(m);
}

static void spot_vol_grid_is_seventeen_prices_by_three_vols(void **state) {
  model *m = read_good("spot-vol-grid");
  const model_block *block = &m->blocks[0];
  const scenario_group *group = &block->groups[0];
  assert_int_equal(group->prices.n_prices, 17);
  assert_null(group->prices.by);
  for (int i = 0; i < 17; i++) {
    assert_true(group->prices.price[0][i] == (i - 8) * 2 / 100.0);
  }
  assert_int_equal(group->n_vols, 3);
  const double vol = 0.4, *slots[] = {&vol};
  static const double expected[] = {0.4 * 0.75, 0.4, 0.4 * 1.25};
  for (uint32_t i = 0; i < 3; i++) {
    double shocked = vol;
    if (group->vol[i] != VOL_SAME) {
      expression_eval(&block->vols[group->vol[i]].vol, slots, 1, &shocked);
    }
    assert_true(shocked == expected[i]);
  }
  const model_levels *levels = &m->level_sets[block->levels];
  assert_int_equal(levels->n, 2);
  assert_int_equal(levels->items[0].convert, CONVERT_NONE);
  assert_int_equal(levels->items[1].convert, CONVERT_BASE);
  assert_int_equal(levels->items[1].grouping, 0);
  assert_int_equal(m->amounts[m->initial].kind, AMOUNT_WORST);
  assert_int_equal(m->amounts[m->initial].grouping, 0);
  model_close(m);
}

/* The vols of DBT-D1: 0.55 with 15 days to go. */
static void deribit_grid_has_the_published_vols(void **state) {
  model *m = read_good(MODELS "deribit-grid.yaml");
  const model_block *block = &m->blocks[0];
  static const double expected[] = {0.888564713670, 0.380717643165};
  for (uint32_t i = 0; i < 2; i++) {
    const expression *vol = &block->vols[i].vol;
    const double volume = 0.55, days = 15.0, *slots[4];
    for (uint32_t j = 0; j < vol->n_slots; j++) {
      slots[j] = vol->slots[j].index == FACT_VOL ? &volume : &days;
    }
    double shocked;
    expression_eval(vol, slots, 1, &shocked);
    assert_true(fabs(shocked - expected[i]) < 5e-13);
  }
  static const double prices[] = {-0.16, -0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12, 0.16};
  check_numbers(block->groups[0].prices.price[0], prices, 9);
  const model_amount *maintenance = &m->amounts[m->maintenance];
  assert_true(maintenance->has_times && maintenance->times.constant && maintenance->times.value == 0.8);
  model_close(m);
}

static void check_regular(const model *m) {
  const model_block *regular = &m->blocks[0];
  assert_int_equal(regular->n_groups, 3);
  assert_int_equal(regular->groups[0].n_vols, 3);
  assert_int_equal(regular->groups[0].vol[0], 0);
  assert_int_equal(regular->groups[0].vol[1], VOL_SAME);
  assert_int_equal(regular->groups[0].vol[2], 1);
  assert_true(regular->groups[0].time_days == 0.5 && regular->groups[1].time_days == 1.0);
  assert_int_equal(m->n_scenario_keys, 2);
  assert_string_equal(m->scenario_keys[0], "move");
  assert_string_equal(m->scenario_keys[1], "damp");
  static const double damp[] = {0.036, 0.018};
  check_numbers(regular->groups[1].numbers + 2, damp, 2);
  assert_true(isnan(regular->groups[1].numbers[0]));
  assert_true(regular->groups[2].numbers[3] == 0.5);
  static const double rest[] = {-0.3, 0.3};
  check_numbers(price_list(&regular->groups[2], "rest"), rest, 2);
  assert_int_equal(regular->follows, FOLLOW_SETTLEMENT_WINDOW);
  assert_true(regular->has_price_scale && regular->has_weight && regular->round == 0.01);
  assert_int_equal(regular->first, 1);
  assert_int_equal(regular->of.n, 1);
  assert_int_equal(regular->of.keys[0].n, 2);
}

static void check_levels(const model *m) {
  assert_int_equal(m->n_level_sets, 2); /* regular and crash share one */
  assert_int_equal(m->blocks[0].levels, m->blocks[2].levels);
  const model_levels *levels = &m->level_sets[m->blocks[0].levels];
  assert_int_equal(levels->n, 3);
  assert_true(levels->items[1].has_gains_cap && levels->items[1].has_credit && levels->items[1].gains == 0.9);
  assert_int_equal(levels->items[2].convert, CONVERT_SHOCKED);
  assert_int_equal(levels->items[0].convert, CONVERT_NONE);
  const model_levels *own = &m->level_sets[m->blocks[1].levels];
  assert_true(own->items[1].gains == -1.0);
  assert_int_equal(own->items[0].convert, CONVERT_BASE);
}

static const model_amount *find_amount(const model *m, const char *name) {
  for (uint32_t i = 0; i < m->n_amounts; i++) {
    if (strcmp(m->amounts[i].name, name) == 0) {
      return &m->amounts[i];
    }
  }
  fail_msg("no amount %s", name);
  return NULL;
}

static void check_amounts(const model *m) {
  for (uint32_t i = 0; i < m->n_amounts; i++) { /* children before parents */
    for (uint32_t j = 0; j < m->amounts[i].n_terms; j++) {
      assert_true(m->amounts[i].terms[j].is == TERM_NUMBER || m->amounts[i].terms[j].amount < i);
    }
  }
  const model_amount *scan = find_amount(m, "scan"), *tail = find_amount(m, "tail_risk");
  assert_int_equal(scan->n_blocks, 2);
  assert_string_equal(m->groupings[scan->grouping].text, "underlying");
  assert_true(scan->has_times && scan->times.value == 1.5);
  assert_true(scan->round.units == 1000); /* 1e-9 in 1e-12 */
  assert_true(tail->tail.units == (int128)25000000000);
  assert_int_equal(tail->quantile, QUANTILE_LINEAR);
  assert_int_equal(find_amount(m, "shortfall")->kind, AMOUNT_ES);
  const model_amount *nested = find_amount(m, "credit_line.sum"), *line = find_amount(m, "credit_line");
  assert_true(nested->terms[1].negative && !nested->terms[0].negative);
  assert_true(nested->terms[2].number.units == (int128)500000000000);
  assert_true(line->terms[1].number.units == (int128)1000 * 1000000000000);
  find_amount(m, "risk.sum");
  find_amount(m, "risk.sum2");
  assert_string_equal(m->amounts[m->maintenance].name, "risk");
  const model_amount *roll = find_amount(m, "roll");
  bool scoped = false;
  for (uint32_t i = 0; i < roll->charge.n_slots; i++) {
    scoped = scoped || (roll->charge.slots[i].kind == SLOT_COLUMN && roll->charge.slots[i].scope == 1);
  }
  assert_true(scoped);
}

static void every_word_of_the_language_is_understood(void **state) {
  model *m = read_good(MODELS "every-feature.yaml");
  assert_true(m->discounted && m->nonnegative_rates && m->american == 1);
  assert_int_equal(m->n_inputs, 5);
  assert_true(m->inputs[1].textual && !m->inputs[0].textual);
  assert_string_equal(m->inputs[1].default_text, "rest");
  assert_int_equal(m->inputs[2].table, INPUT_FORWARDS);
  assert_false(m->inputs[2].has_default);
  assert_true(m->parameters[1].value == 0.3);
  assert_int_equal(m->parameters[2].shape, PARAMETER_TABLE);
  assert_true(m->parameters[2].has_default && m->parameters[2].default_value == 0.02);
  assert_int_equal(m->parameters[4].shape, PARAMETER_CURVE);
  assert_true(m->parameters[4].y[2] == 0.2);
  assert_int_equal(m->columns[1].in, MONEY_PAID);
  assert_int_equal(m->columns[1].side, SIDE_LONG);
  assert_true(m->columns[2].per_contract && !m->columns[1].per_contract);
  assert_int_equal(m->columns[2].of.n, 3);
  assert_int_equal(m->columns[3].in, MONEY_QUOTE);
  check_regular(m);
  assert_int_equal(m->blocks[1].price_kind, MOVE_ABSOLUTE);
  assert_int_equal(m->blocks[2].source, BLOCK_FILE);
  assert_string_equal(m->blocks[2].file, "crash");
  check_levels(m);
  check_amounts(m);
  model_close(m);
}

static void without_levels_everything_nets_by_account(void **state) {
  write_model("plain.yaml", "model: {name: plain}\n"
                            "blocks: {b: {scenarios: [{price: [-0.1, 0.1]}]}}\n"
                            "amounts: {a: {worst: [b]}}\n"
                            "measures: {initial: a}\n");
  model *m = read_good(path);
  assert_int_equal(m->n_level_sets, 1);
  assert_int_equal(m->level_sets[0].n, 1);
  assert_int_equal(m->level_sets[0].items[0].grouping, 0);
  assert_int_equal(m->level_sets[0].items[0].convert, CONVERT_BASE);
  assert_int_equal(m->initial, m->maintenance);
  assert_true(m->discounted);
  model_close(m);
}

static void extends_merges_by_key_replaces_lists_and_removes_by_null(void **state) {
  write_model("child.yaml", "model: {name: child, extends: occ-cpm, not_covered: [x]}\n"
                            "parameters: {product_offset: {value: 0.8}, portfolio_offset: 0.5, crypto_range: null}\n"
                            "blocks: {scan: {scenarios: [{price: [-0.5, 0.5]}], first: null}}\n");
  write_model("grandchild.yaml", "model: {name: grandchild, extends: child.yaml}\n"
                                 "levels: [{by: [class_group]}, {by: [portfolio_group], gains: product_offset}]\n");
  model *m = read_good(path);
  assert_string_equal(m->name, "grandchild");
  assert_string_equal(m->title, "OCC customer portfolio margin (TIMS)");
  assert_int_equal(m->n_not_covered, 1);
  assert_int_equal(m->n_parameters, 7);
  assert_int_equal(m->blocks[0].first, 0);
  assert_int_equal(m->blocks[0].follows, FOLLOW_DIVIDENDS_HELD);
  assert_int_equal(m->blocks[0].groups[0].prices.n_prices, 2);
  const model_levels *levels = &m->level_sets[m->blocks[0].levels];
  assert_int_equal(levels->n, 2);
  assert_true(levels->items[1].gains == 0.8);
  for (uint32_t i = 0; i < m->n_parameters; i++) {
    bool replaced = strstr("portfolio_offset product_offset", m->parameters[i].name) != NULL;
    assert_true(replaced == (strcmp(m->parameters[i].source, "child") == 0)); /* and has no date */
    assert_true(replaced == (*m->parameters[i].date == '\0'));
    assert_true(*m->parameters[i].unit != '\0' && m->parameters[i].highest < INFINITY); /* unit and range still hold */
  }
  model_close(m);
}

static void settings_override_numbers_and_change_the_digest(void **state) {
  static const char *const settings[] = {"half=0.25", "perp_rate.btc_eth=0.003", "perp_rate.default=0.01", "half=0.75"};
  model *plain = read_good(MODELS "every-feature.yaml"), *again = read_good(MODELS "every-feature.yaml");
  model *set = read_with(MODELS "every-feature.yaml", settings, 4);
  assert_true(set->parameters[0].value == 0.75); /* the last one counts, and what is computed from it follows */
  assert_true(set->parameters[1].value == 0.45);
  assert_true(set->parameters[2].y[0] == 0.003 && set->parameters[2].default_value == 0.01);
  assert_int_equal(set->n_settings, 4);
  assert_string_equal(set->settings[3], "half=0.75");
  assert_memory_equal(plain->digest, again->digest, sizeof plain->digest);
  assert_memory_not_equal(plain->digest, set->digest, sizeof plain->digest);
  assert_non_null(strstr(model_describe(set), "--set half=0.75"));
  model_close(plain);
  model_close(again);
  model_close(set);
}

static void describe_shows_numbers_sources_blocks_levels_and_measures(void **state) {
  static const char *const lines[] = {
      "high_cap_fall      0.08   fraction of price",
      "SEC Release 34-46576: broad-based index, high capitalisation, -8 %        2002-10-01",
      "leverage  underlyings.x_leverage  1     -5 to 5  1",
      "scan: 10 scenarios, from number 1",
      "high_cap_index  -0.08 -0.064 -0.048 -0.032 -0.016 0.012 0.024 0.036 0.048 0.06",
      "product_group    gains x 0.9",
      "initial and maintenance",
      "requirement = max, by portfolio_group",
      "minimum = charge option_minimum + future_minimum, by portfolio_group",
      "- kinds fx, commodity and rate",
  };
  model *m = read_good("occ-cpm");
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    if (!strstr(model_describe(m), lines[i])) {
      fail_msg("\"%s\" is not in\n%s", lines[i], model_describe(m));
    }
  }
  model_close(m);
}

static void an_unknown_model_is_a_usage_error(void **state) {
  model *m = NULL;
  sg_error *error = sg_error_open();
  assert_int_equal(model_read("occ-cmp", NULL, 0, &m, error), SG_USAGE);
  assert_null(m);
  assert_string_equal(sg_error_get(error, 0).message,
                      "\"occ-cmp\" is neither a shipped model (deribit-pm, derive-pmrm1, derive-pmrm2, derive-standard, occ-cpm, okx-pm, spot-vol-grid) nor the path of a .yaml file");
  assert_int_equal(model_read("/no/such/model.yaml", NULL, 0, &m, error), SG_IO);
  sg_error_close(error);
}

/* ---- texts made to exhaust the reader ------------------------------------------------------------------ */

static void refuse(const char *part) {
  model *m = NULL;
  sg_error *error = sg_error_open();
  assert_int_equal(model_read(path, NULL, 0, &m, error), SG_INPUT);
  bool said = false;
  for (size_t i = 0; i < sg_error_count(error); i++) {
    said = said || strstr(sg_error_get(error, i).message, part);
  }
  if (!said) {
    fail_msg("\"%s\" was not said, but \"%s\"", part, sg_error_get(error, 0).message);
  }
  sg_error_close(error);
}

static void write_repeated(const char *before, const char *part, size_t n, const char *after) {
  snprintf(path, sizeof path, "%s/hostile.yaml", folder);
  FILE *stream = fopen(path, "wb");
  assert_non_null(stream);
  fputs(before, stream);
  for (size_t i = 0; i < n; i++) {
    fprintf(stream, part, (int)i, (int)i + 1);
  }
  fputs(after, stream);
  assert_int_equal(fclose(stream), 0);
}

static void hostile_texts_are_refused_quickly(void **state) {
  write_repeated("a: ", "[", 50, "");
  refuse("nested too deeply");
  write_repeated("a: ", "{b: ", 50, "");
  refuse("nested too deeply");
  write_repeated("a: [", "1,", 5000, "]\n");
  refuse("at most 4096");
  write_repeated("", "k%d: 1\n", 5000, "");
  refuse("at most 4096");
  write_repeated("a: &a [x]\n", "b%d: &b%d [*a, *a]\n", 20, "");
  refuse("aliases");
  write_repeated("model: {name: m}\ndefine:\n  d0: S\n", "  d%2$d: d%1$d + d%1$d\n", 40, "");
  refuse("too long");
  write_repeated("model: {name: m}\ndefine:\n  d0: 1\n", "  d%2$d: d%1$d + d%1$d\n", 40, "");
  refuse("too long");
  write_repeated("model: {name: m}\ndefine:\n  d4000: 1\n", "  d%d: d%d + S\n", 4000, "");
  refuse("");
  write_repeated("model: {name: m}\nparameters:\n  p4000: 1\n", "  p%d: p%d + 1\n", 4000, "");
  refuse("read through more than 64");
  write_repeated("model: {name: m}\namounts:\n", "  a%d: {sum: [a%d]}\n", 4000, "  a4000: {charge: 1}\n");
  refuse("read through more than 64");
  write_repeated("model: {name: m}\namounts:\n  a: ", "{sum: [", 14, "");
  refuse("");
  unlink(path);
}

static int make_folder(void **state) { return mkdtemp(folder) ? 0 : -1; }

static int remove_folder(void **state) {
  static const char *const names[] = {"plain.yaml", "child.yaml", "grandchild.yaml"};
  for (size_t i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    unlink(path);
  }
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(occ_cpm_has_the_ten_points_of_each_kind),
      cmocka_unit_test(occ_cpm_offsets_by_group_and_takes_the_larger_of_scan_and_minimum),
      cmocka_unit_test(spot_vol_grid_is_seventeen_prices_by_three_vols),
      cmocka_unit_test(deribit_grid_has_the_published_vols),
      cmocka_unit_test(every_word_of_the_language_is_understood),
      cmocka_unit_test(without_levels_everything_nets_by_account),
      cmocka_unit_test(extends_merges_by_key_replaces_lists_and_removes_by_null),
      cmocka_unit_test(settings_override_numbers_and_change_the_digest),
      cmocka_unit_test(describe_shows_numbers_sources_blocks_levels_and_measures),
      cmocka_unit_test(an_unknown_model_is_a_usage_error),
      cmocka_unit_test(hostile_texts_are_refused_quickly),
  };
  return cmocka_run_group_tests_name("rules_model", tests, make_folder, remove_folder);
}
