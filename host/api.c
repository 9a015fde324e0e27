/* SPDX-License-Identifier: MIT
 *
 * The public interface in terms of the layers.
 */
#include <shockgrid/shockgrid.h>

#include "base/error.h"
#include "device/device.h"
#include "device/float_mode.h"
#include "engine/engine.h"
#include "input/import.h"
#include "input/read_book.h"
#include "report/report.h"
#include "rules/model.h"

#include <stdlib.h>
#include <string.h>

/* ---- devices ----------------------------------------------------------------------------------- */

sg_status sg_device_open(const char *choice, const sg_device_options *options, sg_device **opened, sg_error *error) {
  float_mode before = float_mode_enter();
  sg_status status = device_open(choice, options, opened, error);
  float_mode_leave(before);
  return status;
}

void sg_device_close(sg_device *opened) { device_close(opened); }

const char *sg_device_name(const sg_device *opened) { return device_get_traits(opened)->name; }

sg_status sg_device_list_open(bool self_test, sg_device_list **list, sg_error *error) {
  float_mode before = float_mode_enter();
  sg_status status = device_list_open(self_test, list, error);
  float_mode_leave(before);
  return status;
}

void sg_device_list_close(sg_device_list *list) { device_list_close(list); }

size_t sg_device_list_count(const sg_device_list *list) { return device_list_count(list); }

sg_device_facts sg_device_list_get(const sg_device_list *list, size_t index) { return device_list_get(list, index); }

/* ---- books ------------------------------------------------------------------------------------- */

sg_status sg_book_load(const char *folder, sg_book **loaded, sg_error *error) {
  float_mode before = float_mode_enter();
  sg_status status = book_read(folder, loaded, error);
  if (status == SG_OK) {
    (*loaded)->description = book_text(*loaded, (*loaded)->memory);
    if ((*loaded)->description == NULL) {
      book_close(*loaded);
      *loaded = NULL;
      status = error_out_of_memory(error);
    }
  }
  float_mode_leave(before);
  return status;
}

void sg_book_close(sg_book *loaded) { book_close(loaded); }

const char *sg_book_describe(const sg_book *loaded) { return loaded->description; }

const char *sg_book_formats(void) { return book_formats(); }

/* ---- models ------------------------------------------------------------------------------------ */

sg_status sg_model_load(const char *name_or_path, const char *const *settings, size_t n_settings, sg_model **loaded,
                        sg_error *error) {
  float_mode before = float_mode_enter();
  sg_status status = model_read(name_or_path, settings, n_settings, loaded, error);
  if (status == SG_OK && model_describe(*loaded) == NULL) {
    model_close(*loaded);
    *loaded = NULL;
    status = error_out_of_memory(error);
  }
  float_mode_leave(before);
  return status;
}

void sg_model_close(sg_model *loaded) { model_close(loaded); }

size_t sg_model_shipped_count(void) { return shipped_model_count(); }

const char *sg_model_shipped_name(size_t index) { return shipped_model_name(index); }

const char *sg_model_shipped_text(size_t index) { return shipped_model_text(index); }

const char *sg_model_title(const sg_model *loaded) { return loaded->title; }

const char *sg_model_describe(const sg_model *loaded) { return loaded->description; }

/* ---- running ----------------------------------------------------------------------------------- */

static sg_status run(sg_device *on, const sg_book *of, const sg_model *under, const sg_run_options *options,
                     sg_result **made, sg_error *error) {
  TRY(engine_run(on, of, under, options, made, error));
  digest_result(*made);
  (*made)->summary = summary_text(*made, (*made)->memory);
  if ((*made)->summary == NULL) {
    result_close(*made);
    *made = NULL;
    return error_out_of_memory(error);
  }
  return SG_OK;
}

sg_status sg_run(sg_device *on, const sg_book *of, const sg_model *under, const sg_run_options *options,
                 sg_result **made, sg_error *error) {
  float_mode before = float_mode_enter();
  sg_status status = run(on, of, under, options, made, error);
  float_mode_leave(before);
  return status;
}

void sg_result_close(sg_result *made) { result_close(made); }

sg_status sg_result_write(const sg_result *made, const char *folder, sg_error *error) {
  return result_write_files(made, folder, error);
}

const char *sg_result_summary(const sg_result *made) { return made->summary; }

const char *sg_result_digest(const sg_result *made) { return made->digest; }

size_t sg_result_count(const sg_result *made) { return made->n_rows; }

sg_margin sg_result_get(const sg_result *made, size_t index) {
  const margin_row *row = &made->rows[index];
  return (sg_margin){.account = made->book->accounts.id[row->account],
                     .currency = made->book->currencies.id[row->currency],
                     .initial = row->requirement_text[MEASURE_INITIAL],
                     .maintenance = row->requirement_text[MEASURE_MAINTENANCE],
                     .standalone_initial = row->standalone_text[MEASURE_INITIAL],
                     .standalone_maintenance = row->standalone_text[MEASURE_MAINTENANCE],
                     .worst_block = row->worst_block,
                     .worst_scenario = row->worst_scenario};
}

/* ---- explaining -------------------------------------------------------------------------------- */

static sg_status check_model(const manifest *recorded, const sg_model *loaded, sg_error *error) {
  if (memcmp(recorded->model_digest, loaded->digest, sizeof loaded->digest) == 0) {
    return SG_OK;
  }
  return error_fail(error, SG_INPUT, "the model %s has changed since the run recorded in %s", recorded->model_path,
                    recorded->path);
}

static const char *model_source(const manifest *recorded) {
  static const char shipped[] = "shipped:";
  size_t length = sizeof shipped - 1;
  return recorded->model_path + (strncmp(recorded->model_path, shipped, length) == 0 ? length : 0);
}

static sg_status explain(const char *folder, const char *account, sg_device *on, char **text, sg_error *error) {
  manifest recorded = {0};
  sg_book *of = NULL;
  sg_model *under = NULL;
  sg_result *made = NULL;
  explanation why;
  sg_status status = manifest_read(folder, &recorded, error);
  TRY_DONE(status);
  TRY_DONE(sg_book_load(recorded.book_folder, &of, error));
  TRY_DONE(manifest_check_book(&recorded, of, error));
  TRY_DONE(sg_model_load(model_source(&recorded), recorded.settings, recorded.n_settings, &under, error));
  TRY_DONE(check_model(&recorded, under, error));
  const sg_run_options only = {.accounts = &account, .n_accounts = 1};
  TRY_DONE(run(on, of, under, &only, &made, error));
  TRY_DONE(engine_explain(on, of, under, made, account, &why, error));
  *text = explain_text(&why);
  status = *text == NULL ? error_out_of_memory(error) : SG_OK;
done:
  result_close(made);
  model_close(under);
  book_close(of);
  manifest_close(&recorded);
  return status;
}

sg_status sg_explain(const char *folder, const char *account, sg_device *on, char **text, sg_error *error) {
  float_mode before = float_mode_enter();
  *text = NULL;
  sg_status status = explain(folder, account, on, text, error);
  float_mode_leave(before);
  return status;
}

void sg_text_close(char *text) { free(text); }

/* ---- importing --------------------------------------------------------------------------------- */

sg_status sg_import(const char *format, const char *const *paths, size_t n_paths, const sg_import_options *options,
                    const char *folder, char **report, sg_error *error) {
  float_mode before = float_mode_enter();
  sg_status status = import_files(format, paths, n_paths, options, folder, report, error);
  float_mode_leave(before);
  return status;
}
