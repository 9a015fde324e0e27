/* SPDX-License-Identifier: MIT
 *
 * The vols of a book's options: given, or implied on the device from the price of those that have no other.
 */
#ifndef ENGINE_IMPLY_H
#define ENGINE_IMPLY_H

#include "data/result.h"
#include "device/device.h"
#include "rules/model.h"

/* Vols of all instruments under the model's discounting. vol[c] is NaN where the status says that there is none, 0 for an
 * expired option; both arrays are from `memory`. A price that has no vol is no error here. */
typedef struct vol_table {
  double *vol;        /* [c] */
  vol_status *status; /* [c] */
} vol_table;
sg_status imply_vols(device *on, const book *of, const model *under, arena *memory, vol_table *made, sg_error *error);

/* Makes the vols ready for a run: held options without a vol take the vol that `unimplied` gives (Black only), or are
 * findings (NULL, "refuse"), each with its line, price and bound. Those that nobody holds get 0, which no result reads.
 * Fills vol, vol_status, n_vols, unimplied and the fallbacks of `settled`. */
sg_status imply_settle(const book *of, const model *under, const bool *held, const char *unimplied, const vol_table *vols,
                       result *settled, sg_error *error);

#endif
