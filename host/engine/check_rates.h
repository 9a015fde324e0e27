/* SPDX-License-Identifier: MIT
 *
 * Currencies that a run converts need a rate.
 */
#ifndef ENGINE_CHECK_RATES_H
#define ENGINE_CHECK_RATES_H

#include "data/result.h"
#include "rules/model.h"

/* Those of the instruments needed[c] and of the accounts that have a row; a finding for each that fx.csv does not give. */
sg_status check_rates(const book *b, const model *under, const bool *needed, const result *made, sg_error *error);

#endif
