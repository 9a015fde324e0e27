/* SPDX-License-Identifier: MIT
 *
 * A result made by hand: three accounts in two currencies, one of them a child, ids that need quoting.
 */
#ifndef REPORT_SAMPLE_H
#define REPORT_SAMPLE_H

#include "base/date.h"
#include "report/report.h"

#include <string.h>

/* Millionths of a currency unit to money. */
#define MICRO(n) ((money){(int128)(n) * 1000000})

static const char *sample_currencies[] = {"EUR", "USD"};
static double sample_rates[] = {1.25, 1.0};
static const char *sample_accounts[] = {"A,1", "B\"2", "C"};
static uint32_t sample_parents[] = {ID_NONE, 0, ID_NONE};
static uint32_t sample_account_currency[] = {1, 1, 0};
static forward_source sample_sources[] = {OWN_MARK, CARRY, CARRY};
static instrument_type sample_types[] = {OPTION, OPTION, PERPETUAL, SPOT};
static input_file sample_files[] = {
    {.name = "book.yaml", .digest = {0x0123456789abcdefU, 0xfedcba9876543210U}, .size_bytes = 64},
    {.name = "positions.csv.gz", .digest = {7, 0}, .size_bytes = 1234567},
};

static const book sample_book = {
    .folder = "/",
    .as_of_s = 1775808000, /* 2026-04-10T08:00:00Z */
    .base_currency = 1,
    .currencies = {.n = 2, .id = sample_currencies, .rate_to_base = sample_rates},
    .underlyings = {.n = 2},
    .forwards = {.n = 3, .source = sample_sources},
    .instruments = {.n = 4, .type = sample_types},
    .accounts = {.n = 3, .id = sample_accounts, .parent = sample_parents, .currency = sample_account_currency},
    .positions = {.n = 12345},
    .n_files = 2,
    .files = sample_files,
};

static margin_row sample_rows[] = {
    {.account = 0, .currency = 1, .requirement = {MICRO(1500500000), MICRO(1200400000)},
     .standalone = {MICRO(6002000000), MICRO(4801600000)}, .worst_block = "regular", .worst_scenario = 3,
     .first_line = {0, 3}, .n_lines = {3, 1}},
    {.account = 1, .currency = 1, .requirement = {MICRO(0), MICRO(0)}, .standalone = {MICRO(0), MICRO(0)},
     .worst_block = "", .worst_scenario = 9, .first_line = {4, 4}},
    {.account = 2, .currency = 0, .requirement = {MICRO(100), MICRO(100)}, .standalone = {MICRO(100), MICRO(100)},
     .worst_block = "tails", .worst_scenario = 0, .first_line = {4, 5}, .n_lines = {1, 1}},
};

static line sample_lines[] = {
    {.account = 0, .measure = MEASURE_INITIAL, .node = "BTC", .rule = "scan", .amount = MICRO(1600000000),
     .block = "regular", .scenario = 3, .detail = "long 3, short 2"},
    {.account = 0, .measure = MEASURE_INITIAL, .node = "-", .rule = "initial", .amount = MICRO(-100000000), .block = "",
     .scenario = 5, .detail = ""},
    {.account = 0, .measure = MEASURE_INITIAL, .node = "-", .rule = "B\"2.account", .amount = MICRO(500000),
     .block = "", .detail = "two\nlines"},
    {.account = 0, .measure = MEASURE_MAINTENANCE, .node = "BTC", .rule = "scan", .amount = MICRO(1200400000),
     .block = "regular", .scenario = 3, .detail = ""},
    {.account = 2, .measure = MEASURE_INITIAL, .node = "-", .rule = "scan", .amount = MICRO(100), .block = "tails",
     .detail = ""},
    {.account = 2, .measure = MEASURE_MAINTENANCE, .node = "-", .rule = "scan", .amount = MICRO(100), .block = "tails",
     .detail = ""},
};
static line *sample_blocks[] = {sample_lines};

static scenario_row sample_scenarios[] = {
    {.block = "regular", .scenario = 3, .factor = "price:equity", .move = "-0.15", .kind = "relative", .weight = 1},
    {.block = "regular", .scenario = 3, .factor = "vol", .move = "up", .kind = "expression", .weight = 1},
    {.block = "tails", .scenario = 0, .factor = "price", .move = "-0.5", .kind = "relative", .weight = 0.35},
};

static pnl_row sample_pnl[] = {
    {.account = 0, .node = "BTC", .block = "regular", .scenario = 3, .pnl = -1600.25},
    {.account = 2, .node = "-", .block = "tails", .scenario = 0, .pnl = -1e-300},
};

static level_saving sample_savings[] = {{"underlying", MICRO(4000000000)}, {"account", MICRO(501500000)}};
static const char *sample_settings[] = {"factor=0.9", "name=a,b"};
static const char *sample_not_covered[] = {"American exercise"};

static inline result sample_result(void) {
  return (result){
      .book = &sample_book,
      .model_name = "occ-cpm",
      .model_title = "OCC customer portfolio margin",
      .model_version = "2026-01",
      .model_path = "shipped:occ-cpm",
      .model_digest = {1, 2},
      .n_settings = 2,
      .settings = sample_settings,
      .n_not_covered = 1,
      .not_covered = sample_not_covered,
      .n_rows = 3,
      .rows = sample_rows,
      .n_lines = 6,
      .lines = sample_blocks,
      .n_scenarios = 3,
      .scenarios = sample_scenarios,
      .n_scenarios_distinct = 2,
      .n_pnl = 2,
      .pnl = sample_pnl,
      .n_savings = 2,
      .savings = sample_savings,
      .total = {MICRO(1500500125), MICRO(1200400125)},
      .standalone_total = {MICRO(6002000125), MICRO(4801600125)},
      .stage_seconds = {[STAGE_READ] = 0.05, [STAGE_BIND] = 0.25, [STAGE_PRICE] = 0.5, [STAGE_NET] = 1.0,
                        [STAGE_STANDALONE] = 0.15, [STAGE_RULES] = 0.04,
                        [STAGE_LINES] = 0.01},
      .seconds = 2.0,
      .n_prices = 60000000,
      .n_cells = 1500000000,
      .n_nodes = 1234,
      .device_name = "EPYC",
      .device_platform = "Portable Computing Language",
      .device_driver = "3.1",
      .device_type = "cpu",
      .device_self_test = "passed",
      .verify = "default",
      .lanes = 8,
      .digest = "00112233445566778899aabbccddeeff",
  };
}

#endif
