/* SPDX-License-Identifier: MIT
 *
 * shockgrid generate: a made-up book of any size in the shape of real ones.
 */
#include "cli/command.h"

#include <stdio.h>

#define GENERATE(field) offsetof(sg_generate_options, field)
static const option_entry generate_options[] = {
    {"tier", OPTION_TEXT, "TIER", GENERATE(tier), false,
     "T0, T1, T2, T3 or T4: sizes for those below that are\nnot given"},
    {"accounts", OPTION_COUNT, "N", GENERATE(n_accounts), false, "accounts, market makers among them"},
    {"positions", OPTION_COUNT, "MEAN", GENERATE(mean_positions), false, "series that an account holds, on average"},
    {"instruments", OPTION_COUNT, "N", GENERATE(n_instruments), false, "listed series, futures and shares among them"},
    {"underlyings", OPTION_COUNT, "N", GENERATE(n_underlyings), false, "two indices, then funds and shares"},
    {"seed", OPTION_NUMBER, "S", GENERATE(seed), false, "the same seed and sizes make the same bytes everywhere"},
};

static sg_status generate_function(const void *values, char *const *operands, int n_operands) {
  (void)n_operands;
  char *report = NULL;
  sg_error *error = sg_error_open();
  sg_status status = sg_generate(values, operands[0], &report, error);
  if (status == SG_OK) {
    fputs(report, stdout);
  }
  findings_print(status, error, "nothing was written");
  sg_text_close(report);
  sg_error_close(error);
  return status;
}

const command command_generate = {
    .synopsis = "BOOK",
    .text = "Makes a book of any size from a seed, in the shape of real ones: heavy tails of account sizes and open\n"
            "interest, longs equal to shorts, packages and hedges rather than random legs. European options, futures\n"
            "and shares; rates flat, a vol smile. Its shape is printed beside that of real books.\n\n"
            "tiers, accounts x mean positions on instruments:\n"
            "  T0   100 x 20 on 2,000              a smoke test\n"
            "  T1   5,000,000 x 3 on 30,000        retail accounts of a nation\n"
            "  T2   100,000 x 30 on 400,000        portfolio margin of a broker\n"
            "  T3   20,000 x 300 on 100,000        historical VaR\n"
            "  T4   10,000 x 1,000 on 1,500,000    clearing house of a nation",
    .examples = "  shockgrid generate book --tier T2 --seed 1\n"
                "  shockgrid generate book --accounts 1000 --positions 10 --instruments 5000 --underlyings 20\n",
    .options = generate_options,
    .n_options = sizeof generate_options / sizeof *generate_options,
    .values_bytes = sizeof(sg_generate_options),
    .least_operands = 1,
    .most_operands = 1,
    .function = generate_function,
};
