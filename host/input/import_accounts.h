/* SPDX-License-Identifier: MIT
 *
 * Accounts of an imported book, made from the open interest of what it lists.
 */
#ifndef INPUT_IMPORT_ACCOUNTS_H
#define INPUT_IMPORT_ACCOUNTS_H

#include "input/import.h"
#include "input/import_book.h"
#include "input/make_accounts.h"

/* Makes options->n_accounts accounts and writes accounts.csv and positions.csv; without any, only the latter's header.
 *   series, names   [n] what can be held, and its instrument */
sg_status import_make_accounts(const account_series *series, const char *const *names, size_t n,
                               const sg_import_options *options, import_book *book, made_accounts *made, sg_error *error);

/* How many accounts were made and of what sizes; nothing where none were. */
sg_status import_print_accounts(FILE *stream, const made_accounts *made, uint64_t seed, sg_error *error);

/* A call's delta by a straight line through the middle of the normal distribution: enough for the shape of a hedge.
 *   width   standard deviation of the price at expiry */
static inline double import_rough_delta(double forward, double strike, double width) {
  double call = 0.5 + 0.4 * (forward - strike) / (width > 0 ? width : 1);
  return call < 0 ? 0 : call > 1 ? 1 : call;
}

#endif
