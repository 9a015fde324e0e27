/* SPDX-License-Identifier: MIT
 *
 * What a run will do, and what that costs on a machine: units of work, each with its seconds, measured.
 */
#ifndef DATA_PLAN_H
#define DATA_PLAN_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* In the order of the run. X(ENUM, "name") */
#define STAGES(X)                                                                                       \
  X(STAGE_READ, "read") X(STAGE_BIND, "bind") X(STAGE_PRICE, "price") X(STAGE_NET, "net")               \
  X(STAGE_STANDALONE, "standalone") X(STAGE_RULES, "rules") X(STAGE_LINES, "lines") X(STAGE_WRITE, "write")

/* Units of work: X(ENUM, stage, "unit", multiply-adds of one, bytes that one moves). Operations of prices are counted in
 * kernels/price_*.h; those of an exercise boundary and of an American price depend on the scheme, and are of `accurate`. */
#define WORKS(X)                                                                         \
  X(WORK_READ, STAGE_READ, "bytes of files", 0, 1)                                       \
  X(WORK_BIND, STAGE_BIND, "accounts, positions", 0, 64)                                 \
  X(WORK_BIND_INSTRUMENTS, STAGE_BIND, "instruments bound and checked", 0, 512)          \
  X(WORK_PRICE_LINEAR, STAGE_PRICE, "linear prices", 4, 8)                               \
  X(WORK_PRICE_BLACK, STAGE_PRICE, "Black prices", 60, 8)                                \
  X(WORK_PRICE_BACHELIER, STAGE_PRICE, "Bachelier prices", 50, 8)                        \
  X(WORK_SOLVE_AMERICAN, STAGE_PRICE, "exercise boundaries", 60000, 104)                 \
  X(WORK_PRICE_AMERICAN, STAGE_PRICE, "American prices", 2500, 8)                        \
  X(WORK_PRICE_HOST, STAGE_PRICE, "vols of instruments", 0, 24)                          \
  X(WORK_VERIFY_PRICES, STAGE_PRICE, "prices recomputed", 60, 64)                        \
  X(WORK_NET, STAGE_NET, "position-scenarios", 1, 8)                                     \
  X(WORK_NET_TREES, STAGE_NET, "position- and node-scenarios", 2, 8)                     \
  X(WORK_FOLD, STAGE_NET, "child-scenarios", 3, 16)                                      \
  X(WORK_REDUCE, STAGE_NET, "node-scenarios reduced", 2, 8)                              \
  X(WORK_NET_HOST, STAGE_NET, "positions and nodes by level", 0, 32)                     \
  X(WORK_VERIFY_RESULTS, STAGE_NET, "results recomputed", 500, 4000)                     \
  X(WORK_ALONE, STAGE_STANDALONE, "instrument-scenarios, both signs", 6, 24)             \
  X(WORK_ALONE_HOST, STAGE_STANDALONE, "distinct positions by level", 0, 128)            \
  X(WORK_VERIFY_ALONE, STAGE_STANDALONE, "instrument-scenarios recomputed", 3, 24)       \
  X(WORK_ALONE_ADD, STAGE_STANDALONE, "positions added up", 0, 48)                       \
  X(WORK_RULES, STAGE_RULES, "nodes of amounts, columns of positions", 0, 256)           \
  X(WORK_LINES, STAGE_LINES, "lines", 0, 192)                                            \
  X(WORK_DIGEST, STAGE_WRITE, "rows digested", 0, 128)                                   \
  X(WORK_WRITE, STAGE_WRITE, "rows written", 0, 128)

#define PLAN_STAGE(name, text) name,
typedef enum run_stage { STAGES(PLAN_STAGE) N_STAGES } run_stage;
#undef PLAN_STAGE
#define PLAN_WORK(name, stage, unit, operations, bytes) name,
typedef enum work { WORKS(PLAN_WORK) N_WORKS } work;
#undef PLAN_WORK

const char *stage_name(run_stage which);

typedef struct work_kind {
  run_stage stage;
  const char *unit;
  double operations, bytes;
} work_kind;
const work_kind *work_kind_get(work which);

typedef struct planned_block {
  const char *name;
  uint32_t n_scenarios, n_tiles, n_columns; /* scenarios of a tile at most */
  uint64_t tile_bytes;                      /* its matrix, instruments x scenarios */
} planned_block;

typedef struct run_plan {
  arena *memory;
  double count[N_WORKS];
  uint64_t n_accounts, n_positions, n_instruments, n_nodes; /* margined, held, held, leaf nodes */
  uint32_t n_blocks;
  planned_block *blocks;
  bool resident;             /* every tile is priced once and stays; else again for each batch */
  uint64_t n_batches, batch_bytes; /* of accounts; bytes of a batch's nodes at most */
  uint64_t device_bytes;     /* tiles and nodes */
  uint64_t host_bytes;       /* book, portfolios and results, about */
} run_plan;

void plan_close(run_plan *made); /* accepts NULL */

/* Seconds of one unit of each kind of work on a machine; 0: not known. */
typedef struct work_rates {
  double seconds[N_WORKS];
} work_rates;

double plan_seconds(const run_plan *of, const work_rates *rates, run_stage which);

#endif
