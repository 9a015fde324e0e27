/* SPDX-License-Identifier: MIT
 *
 * Facts of instruments at the base market: values and sensitivities by the pricers' own functions, on the host.
 */
#ifndef ENGINE_VALUE_H
#define ENGINE_VALUE_H

#include "device/device.h"
#include "data/prices.h"
#include "engine/bound.h"
#include "kernels/shared.h"

/* Refuses what no pricer takes, each instrument with its line. */
sg_status value_check(const book *of, sg_error *error);
pricer value_pricer(const bound *in, uint32_t c);
kernel_id value_kernel(pricer by);

/* The factor to expiry that the model uses: the book's, 1, or the book's where the rate is not negative. */
double value_discount(const bound *in, uint32_t c);

/* What the pricers need of an instrument, by CONTRACT_*: its terms, with a base value of 0; and with its base value. */
void value_terms(const bound *in, uint32_t c, double fields[static N_CONTRACT_FIELDS]);
void value_contract(const bound *in, uint32_t c, double fields[static N_CONTRACT_FIELDS]);

/* Model value of one unit, currency paid. */
double value_base(const bound *in, uint32_t c);

/* Fills in->facts[which] for all instruments. */
sg_status value_facts(bound *in, fact which, sg_error *error);

#endif
