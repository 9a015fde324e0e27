/* SPDX-License-Identifier: MIT
 *
 * The P&L matrix of a tile: held instruments x some columns of one block, on the device.
 */
#ifndef ENGINE_PRICING_H
#define ENGINE_PRICING_H

#include "device/device.h"
#include "engine/scenarios.h"
#include "engine/value.h"

typedef struct verifier verifier; /* engine/verify.h */
typedef struct tile_check tile_check;

/* Held instruments of one pricer, in an order that keeps equal forwards together. */
typedef struct priced {
  uint32_t n, n_padded;
  uint32_t *instrument;     /* [i] c; padding repeats the last */
  double *terms;            /* [N_CONTRACT_FIELDS][n_padded] */
  device_buffer *contract;  /* the same */
  device_buffer *pnl_row;   /* [i] */
  device_buffer *scheme;    /* of the pricers that solve something: how */
  device_buffer *dividend;  /* and cash dividends, as kernels/shared.h says */
} priced;

/* Units are of multiplier 1 and base value 0, so that their P&L is a value, to the bit. */
typedef enum pricing_of { PRICING_CONTRACTS, PRICING_UNITS } pricing_of;

typedef struct pricing {
  bound *in;
  device *on;
  pricing_of of;
  uint32_t n_held;
  uint32_t *held;           /* [row] c, rising */
  uint32_t *row_of;         /* [c] row of the P&L matrix, or ID_NONE */
  priced kinds[N_PRICERS];
  uint32_t n_forwards;      /* distinct ones of held instruments */
  verifier *watch;          /* NULL: nobody does */
} pricing;

typedef struct tile {
  const scenarios *set;
  uint32_t block;              /* index into model.blocks */
  uint32_t first_column, n_columns, stride;
  device_buffer *pnl;          /* [row][stride] one contract, currency paid */
  device_buffer *scenario_of;  /* [stride] */
  tile_check *check;           /* the watch's */
  const double *mapped;        /* pnl as the watch reads it in place; NULL: it cannot */
} tile;

/* needed[c]: instruments to price. watch may be NULL. */
sg_status pricing_open(bound *in, device *on, pricing_of of, const bool *needed, verifier *watch, pricing *opened,
                       sg_error *error);
void pricing_close(pricing *opened);

/* A matrix for n columns, its memory made ready: of->pnl. Everything else of the tile comes with tile_price. */
sg_status tile_make_ready(const pricing *with, uint32_t n, tile *of, sg_error *error);
/* Prices columns first .. first + n - 1 of a block, into *priced_tile's matrix or, where that has none, one of its own. */
sg_status tile_price(pricing *with, const scenarios *set, uint32_t block, uint32_t first, uint32_t n, tile *priced_tile,
                     sg_error *error);
void tile_close(tile *priced_tile);

/* Names the first cell that is not finite. Called when a reduction counted one. */
sg_status tile_report_not_finite(const pricing *with, const tile *of, sg_error *error);

/* Device bytes of a tile with n columns: while it is priced, and what stays of it. */
uint64_t tile_bytes(const pricing *with, const scenarios *set, uint32_t n_columns);
uint64_t tile_kept_bytes(const pricing *with, uint32_t n_columns);

static inline uint32_t round_up(uint32_t n, uint32_t multiple) { return (n + multiple - 1) / multiple * multiple; }

#endif
