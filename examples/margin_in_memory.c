/* SPDX-License-Identifier: MIT
 *
 * Margins a book in memory, without files: a covered call and the same call uncovered.
 */
#include <shockgrid/shockgrid.h>

#include <stdio.h>

#define TEXT(name, text) {name, text, sizeof text - 1}

static const sg_named_text files[] = {
    TEXT("book.yaml", "as_of: 2026-04-10T20:00:00Z\ncurrency: USD\nday_count: act/365f\nrates: zero\n"),
    TEXT("underlyings.csv", "underlying,currency,price,kind\nACME,USD,120,equity\n"),
    TEXT("instruments.csv", "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,implied_vol\n"
                            "ACME,spot,ACME,,,,,1,USD,\n"
                            "ACME-C130,option,ACME,call,european,130,2026-06-19T20:00:00Z,100,USD,0.31\n"),
    TEXT("positions.csv", "account,instrument,quantity\n"
                          "covered,ACME,1000\ncovered,ACME-C130,-10\nnaked,ACME-C130,-10\n"),
};

int main(void) {
  sg_error *error = sg_error_open();
  sg_device *device = NULL;
  sg_book *book = NULL;
  sg_model *model = NULL;
  sg_result *result = NULL;
  if (sg_device_open(NULL, NULL, &device, error) == SG_OK &&
      sg_book_from_texts(files, sizeof files / sizeof *files, &book, error) == SG_OK &&
      sg_model_load("occ-cpm", NULL, 0, &model, error) == SG_OK &&
      sg_run(device, book, model, NULL, &result, error) == SG_OK) {
    for (size_t i = 0; i < sg_result_count(result); i++) {
      sg_margin row = sg_result_get(result, i);
      printf("%-8s %s %s, sum of its parts %s\n", row.account, row.currency, row.initial, row.standalone_initial);
    }
  }
  for (size_t i = 0; i < sg_error_count(error); i++) {
    sg_finding found = sg_error_get(error, i);
    fprintf(stderr, "%s:%d: %s\n", found.file == NULL ? "shockgrid" : found.file, (int)found.line, found.message);
  }
  int exit_code = result == NULL;
  sg_result_close(result);
  sg_model_close(model);
  sg_book_close(book);
  sg_device_close(device);
  sg_error_close(error);
  return exit_code;
}
