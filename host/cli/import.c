/* SPDX-License-Identifier: MIT
 *
 * shockgrid import: public data to a book.
 */
#include "cli/command.h"

#include <limits.h>
#include <stdio.h>

typedef struct import_values {
  const char *out;
  uint32_t n_accounts;
  uint64_t seed;
  const char *dividends, *rate;
  bool imply;
} import_values;

#define IMPORT(field) offsetof(import_values, field)
static const option_entry import_options[] = {
    {"out", OPTION_TEXT, "BOOK", IMPORT(out), true, "the folder to write"},
    {"accounts", OPTION_COUNT, "N", IMPORT(n_accounts), false,
     "make N accounts from the open interest: longs equal shorts"},
    {"seed", OPTION_NUMBER, "S", IMPORT(seed), false, "of the accounts; the same seed makes the same accounts"},
    {"dividends", OPTION_TEXT, "FILE", IMPORT(dividends), false,
     "cash dividends of the chains' shares: a CSV file with underlying,ex_date,amount, as in a book"},
    {"rate", OPTION_TEXT, "R", IMPORT(rate), false,
     "interest where American exercise hides it: annual, continuously compounded, 0.0025 is 0.25 %; else 0"},
    {"imply", OPTION_FLAG, NULL, IMPORT(imply), false,
     "leave the chains' vols out, so that a run implies them from the prices"},
};

static sg_status import_function(const void *values, char *const *operands, int n_operands) {
  const import_values *given = values;
  const sg_import_options options = {.n_accounts = given->n_accounts, .seed = given->seed,
                                     .dividends = given->dividends, .rate = given->rate, .imply = given->imply};
  char *report = NULL;
  sg_error *error = sg_error_open();
  sg_status status = sg_import(operands[0], (const char *const *)operands + 1, (size_t)n_operands - 1, &options,
                               given->out, &report, error);
  if (status == SG_OK) {
    fputs(report, stdout);
  }
  findings_print(status, error, "nothing was written");
  sg_text_close(report);
  sg_error_close(error);
  return status;
}

const command command_import = {
    .synopsis = "FORMAT FILE...",
    .text = "Makes a book of public data and lists what was found and what was left out.\n\n"
            "formats:\n"
            "  deribit   responses of public/get_book_summary_by_currency, as curl saves them\n"
            "  yahoo     option-chain JSON of Yahoo, one file per underlying\n"
            "  cboe      quote tables of Cboe's delayed-quotes page, one file per underlying\n"
            "  lean      QuantConnect's daily option files, one per share: aapl/20140616.csv\n\n"
            "Options without a vol are priced by the middle of their quotes. Where a source has no forwards and rates,\n"
            "both come from put-call parity, expiry by expiry, with the quality of the fit.",
    .examples = "  shockgrid import deribit BTC-options.json BTC-futures.json --out book --accounts 10000 --seed 1\n"
                "  shockgrid import lean aapl_20140616.csv --dividends dividends.csv --rate 0.002 --imply --out book\n",
    .options = import_options,
    .n_options = sizeof import_options / sizeof *import_options,
    .values_bytes = sizeof(import_values),
    .least_operands = 2,
    .most_operands = INT_MAX,
    .function = import_function,
};
