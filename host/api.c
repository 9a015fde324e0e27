/* SPDX-License-Identifier: MIT
 *
 * The public interface in terms of the layers.
 */
#include <shockgrid/shockgrid.h>

#include "base/error.h"
#include "base/file.h"
#include "device/device.h"
#include "device/float_mode.h"
#include "engine/engine.h"
#include "input/generate.h"
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
  float_mode before = float_mode_enter();
  sg_status status = result_write_files(made, folder, error);
  float_mode_leave(before);
  return status;
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

/* A recorded run, ready to be repeated: its book and model are the ones that it read. */
typedef struct recorded_run {
  manifest recorded;
  sg_book *of;
  sg_model *under;
} recorded_run;

static void recorded_run_close(recorded_run *opened) {
  model_close(opened->under);
  book_close(opened->of);
  manifest_close(&opened->recorded);
}

static sg_status recorded_run_open(const char *folder, recorded_run *opened, sg_error *error) {
  *opened = (recorded_run){0};
  manifest *recorded = &opened->recorded;
  TRY(manifest_read(folder, recorded, error));
  TRY(sg_book_load(recorded->book_folder, &opened->of, error));
  TRY(manifest_check_book(recorded, opened->of, error));
  TRY(sg_model_load(model_source(recorded), recorded->settings, recorded->n_settings, &opened->under, error));
  return check_model(recorded, opened->under, error);
}

static sg_status explain(const char *folder, const char *account, sg_device *on, char **text, sg_error *error) {
  recorded_run again;
  sg_result *made = NULL;
  explanation why;
  sg_status status = recorded_run_open(folder, &again, error);
  TRY_DONE(status);
  const sg_run_options only = {.accounts = &account, .n_accounts = 1, .unimplied = again.recorded.unimplied};
  TRY_DONE(run(on, again.of, again.under, &only, &made, error));
  TRY_DONE(engine_explain(on, again.of, again.under, made, account, &why, error));
  *text = explain_text(&why);
  status = *text == NULL ? error_out_of_memory(error) : SG_OK;
done:
  result_close(made);
  recorded_run_close(&again);
  return status;
}

sg_status sg_explain(const char *folder, const char *account, sg_device *on, char **text, sg_error *error) {
  float_mode before = float_mode_enter();
  *text = NULL;
  sg_status status = explain(folder, account, on, text, error);
  float_mode_leave(before);
  return status;
}

/* ---- the report to look at --------------------------------------------------------------------- */

static sg_status write_page(const char *folder, const char *page, sg_error *error) {
  static const char *const owned[] = {"report.html", NULL};
  file_folder *to = NULL;
  FILE *stream;
  sg_status status = file_folder_open(folder, owned, &to, error);
  TRY_DONE(status);
  TRY_DONE(file_folder_add(to, owned[0], &stream, error));
  fputs(page, stream); /* a failed write shows when the folder is committed */
  TRY_DONE(file_folder_commit(to, error));
done:
  file_folder_close(to);
  return status;
}

/* Repeats the run, proves that it is the same, and keeps the scenario vectors of the largest accounts for their profiles. */
static sg_status report(const char *folder, sg_device *on, sg_error *error) {
  enum { PROFILES = 3 };
  recorded_run again;
  sg_result *made = NULL, *profiles = NULL;
  const char *names[PROFILES];
  sg_status status = recorded_run_open(folder, &again, error);
  TRY_DONE(status);
  const sg_run_options same = {.accounts = again.recorded.partial ? again.recorded.accounts : NULL,
                               .n_accounts = again.recorded.partial ? again.recorded.n_accounts : 0,
                               .unimplied = again.recorded.unimplied};
  TRY_DONE(run(on, again.of, again.under, &same, &made, error));
  if (strcmp(made->digest, again.recorded.digest) != 0) {
    status = error_fail(error, SG_BUG, "the run recorded in %s does not repeat: its digest is %s, now it is %s", folder,
                        again.recorded.digest, made->digest);
    goto done;
  }
  const sg_run_options largest = {.accounts = names,
                                  .n_accounts = html_profile_accounts(made, PROFILES, names, made->memory),
                                  .all_pnl_accounts = true,
                                  .unimplied = again.recorded.unimplied};
  if (largest.n_accounts > 0) {
    TRY_DONE(engine_run(on, again.of, again.under, &largest, &profiles, error));
  }
  const char *page = html_report(made, profiles, made->memory);
  status = page == NULL ? error_out_of_memory(error) : write_page(folder, page, error);
done:
  result_close(profiles);
  result_close(made);
  recorded_run_close(&again);
  return status;
}

sg_status sg_report(const char *folder, sg_device *on, sg_error *error) {
  float_mode before = float_mode_enter();
  sg_status status = report(folder, on, error);
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

/* ---- generating -------------------------------------------------------------------------------- */

sg_status sg_generate(const sg_generate_options *options, const char *folder, char **report, sg_error *error) {
  float_mode before = float_mode_enter();
  sg_status status = generate_book(options, folder, report, error);
  float_mode_leave(before);
  return status;
}
