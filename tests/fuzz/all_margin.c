/* SPDX-License-Identifier: MIT
 *
 * From a book and a model (the file model.yaml among its sections) to margins on the reference device. Whatever the bytes:
 * a result whose lines sum to its requirements, or a refusal with a finding; never a bug of ours.
 */
#include "base/money.h"
#include "fuzz/mutate.h"
#include "fuzz/scratch.h"
#include "fuzz/sections.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

static void require(bool holds) {
  if (!holds) {
    abort();
  }
}

/* Every requirement is exact money. */
static void check(const sg_result *made) {
  for (size_t i = 0; i < sg_result_count(made); i++) {
    sg_margin margin = sg_result_get(made, i);
    money initial;
    require(money_parse(margin.initial, strlen(margin.initial), &initial) == NULL);
  }
  require(strlen(sg_result_digest(made)) == 32 && strlen(sg_result_summary(made)) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  static sg_device *device;
  if (device == NULL) {
    require(sg_device_open("reference", NULL, &device, NULL) == SG_OK);
  }
  sections files = sections_open(bytes, size_bytes);
  sg_named_text model_text = {0};
  if (files.n > 0 && strcmp(files.files[files.n - 1].name, "model.yaml") == 0) {
    model_text = files.files[--files.n];
  }
  char path[128];
  snprintf(path, sizeof path, "%s/model.yaml", scratch_open());
  scratch_write("model.yaml", model_text.bytes, model_text.size_bytes);
  sg_error *error = sg_error_open();
  sg_book *book = NULL;
  sg_model *model = NULL;
  sg_result *result = NULL;
  sg_status status = sg_book_from_texts(files.files, files.n, &book, error);
  if (status == SG_OK) {
    status = sg_model_load(model_text.name == NULL ? "occ-cpm" : path, NULL, 0, &model, error);
  }
  if (status == SG_OK) {
    status = sg_run(device, book, model, NULL, &result, error);
  }
  require((status == SG_OK) == (result != NULL) && (status == SG_OK) == (sg_error_count(error) == 0) && status != SG_BUG);
  if (result != NULL) {
    check(result);
  }
  sg_result_close(result);
  sg_model_close(model);
  sg_book_close(book);
  sg_error_close(error);
  if (model_text.name != NULL) {
    files.n++;
  }
  sections_close(&files);
  return 0;
}
