/* SPDX-License-Identifier: MIT
 *
 * shockgrid price: what the instruments of a book are worth.
 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

typedef struct price_values {
  const char *model, *out, *pnl, *device;
  texts settings;
  uint64_t memory_bytes;
} price_values;

#define PRICE(field) offsetof(price_values, field)
static const option_entry price_options[] = {
    {"out", OPTION_TEXT, "FILE", PRICE(out), false, "write the values there instead of to standard output"},
    {"model", OPTION_TEXT, "MODEL", PRICE(model), false,
     "price with this model's discounting: a shipped model's name,\nor a path to a .yaml file"},
    {"set", OPTION_TEXTS, "NAME=VALUE", PRICE(settings), false, "override a parameter of the model; may be repeated"},
    {"pnl", OPTION_TEXT, "FILE", PRICE(pnl), false,
     "write value and P&L of every instrument in every scenario\nof the model there"},
    {"memory", OPTION_BYTES, "SIZE", PRICE(memory_bytes), false,
     "bound on the matrix of scenarios and on the bytes of the\n"
     "book's files (of these at least 64M): 256M, 2G"},
    {"device", OPTION_TEXT, "DEVICE", PRICE(device), false, "where to compute, as for 'shockgrid run'"},
};

static sg_status check_values(const price_values *given) {
  if (given->model == NULL && (given->pnl != NULL || given->settings.n > 0)) {
    return usage_fail("price", "--%s needs --model MODEL", given->pnl != NULL ? "pnl" : "set");
  }
  if (given->pnl != NULL && given->out != NULL && strcmp(given->pnl, given->out) == 0) {
    return usage_fail("price", "--out and --pnl name the same file \"%s\"", given->out);
  }
  for (size_t i = 0; i < given->settings.n; i++) {
    if (strchr(given->settings.items[i], '=') == NULL) {
      return usage_fail("price", "--set \"%s\" is not NAME=VALUE", given->settings.items[i]);
    }
  }
  return SG_OK;
}

static sg_status price(const price_values *given, const char *book_path, sg_error *error) {
  sg_book *book = NULL;
  sg_model *model = NULL;
  sg_device *device = NULL;
  char *text = NULL;
  sg_status status = given->model == NULL ? SG_OK
                                          : sg_model_load(given->model, given->settings.items, given->settings.n, &model,
                                                          error);
  sg_status book_status = sg_book_load_within(book_path, given->memory_bytes, &book, error);
  status = status != SG_OK ? status : book_status;
  if (status == SG_OK) {
    status = sg_device_open(given->device, NULL, &device, error);
  }
  const sg_price_options options = {
      .model = model, .out = given->out, .pnl = given->pnl, .memory_bytes = given->memory_bytes};
  if (status == SG_OK) {
    status = sg_price(device, book, &options, &text, error);
  }
  if (status == SG_OK && text != NULL) {
    fputs(text, stdout);
  }
  sg_text_close(text);
  sg_device_close(device);
  sg_model_close(model);
  sg_book_close(book);
  return status;
}

static sg_status price_function(const void *values, char *const *operands, int n_operands) {
  const price_values *given = values;
  sg_status status = check_values(given);
  if (status != SG_OK) {
    return status;
  }
  sg_error *error = sg_error_open();
  status = price(given, operands[0], error);
  findings_print(status, error, "nothing was written");
  sg_error_close(error);
  return status;
}

const command command_price = {
    .synopsis = "BOOK",
    .text = "Prints, as CSV, what one unit of every instrument of the book is worth in the currency paid, its vol,\n"
            "given or implied, its delta per unit of its own forward and its vega per unit of vol. Where an option's\n"
            "price gives no vol, status says why; method says how it is priced. With --pnl, also the value of one unit and the profit and loss of\n"
            "one contract in every scenario of a model.",
    .examples = "  shockgrid price examples/book\n"
                "  shockgrid price examples/book --model occ-cpm --pnl pnl.csv --out prices.csv\n",
    .options = price_options,
    .n_options = sizeof price_options / sizeof *price_options,
    .values_bytes = sizeof(price_values),
    .least_operands = 1,
    .most_operands = 1,
    .function = price_function,
};
