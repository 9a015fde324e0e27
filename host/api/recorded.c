/* SPDX-License-Identifier: MIT
 *
 * The public interface to results in a folder: the run is repeated on the books and the model that its manifest names.
 */
#include <shockgrid/shockgrid.h>

#include "base/error.h"
#include "base/file.h"
#include "device/device.h"
#include "device/float_mode.h"
#include "engine/difference.h"
#include "engine/engine.h"
#include "report/difference.h"
#include "report/report.h"
#include "rules/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- recorded runs ------------------------------------------------------------------------------ */

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
  sg_book *of, *previous;
  sg_model *under;
} recorded_run;

static void recorded_run_close(recorded_run *opened) {
  model_close(opened->under);
  book_close(opened->previous);
  book_close(opened->of);
  manifest_close(&opened->recorded);
}

static sg_status recorded_book_load(const recorded_book *recorded, const char *name, sg_book **loaded, sg_error *error) {
  TRY(sg_book_load(recorded->folder, loaded, error));
  return manifest_check_book(recorded, name, *loaded, error);
}

static sg_status recorded_run_open(const char *folder, recorded_run *opened, sg_error *error) {
  *opened = (recorded_run){0};
  manifest *recorded = &opened->recorded;
  TRY(manifest_read(folder, recorded, error));
  TRY(recorded_book_load(&recorded->book, "book", &opened->of, error));
  if (recorded->previous.folder != NULL) {
    TRY(recorded_book_load(&recorded->previous, "previous book", &opened->previous, error));
  }
  TRY(sg_model_load(model_source(recorded), recorded->settings, recorded->n_settings, &opened->under, error));
  return check_model(recorded, opened->under, error);
}

static sg_run_options recorded_options(const recorded_run *again) {
  const manifest *recorded = &again->recorded;
  return (sg_run_options){.accounts = recorded->partial ? recorded->accounts : NULL,
                          .n_accounts = recorded->partial ? recorded->n_accounts : 0,
                          .unimplied = recorded->unimplied,
                          .previous = again->previous};
}

/* ---- explaining -------------------------------------------------------------------------------- */

static sg_status explain(const char *folder, const char *account, sg_device *on, char **text, sg_error *error) {
  recorded_run again;
  sg_result *made = NULL;
  explanation why;
  sg_status status = recorded_run_open(folder, &again, error);
  TRY_DONE(status);
  sg_run_options only = recorded_options(&again);
  only.accounts = &account;
  only.n_accounts = 1;
  TRY_DONE(sg_run(on, again.of, again.under, &only, &made, error));
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

/* Repeats a recorded run and proves that it is the same. */
static sg_status run_again(sg_device *on, const recorded_run *again, const char *folder, const sg_run_options *same,
                           sg_result **made, sg_error *error) {
  TRY(sg_run(on, again->of, again->under, same, made, error));
  if (strcmp((*made)->digest, again->recorded.digest) != 0) {
    return error_fail(error, SG_BUG, "the run recorded in %s does not repeat: its digest is %s, now it is %s", folder,
                      again->recorded.digest, (*made)->digest);
  }
  return SG_OK;
}

/* Keeps the scenario vectors of the largest accounts for their profiles. */
static sg_status report(const char *folder, sg_device *on, sg_error *error) {
  enum { PROFILES = 3 };
  recorded_run again;
  sg_result *made = NULL, *profiles = NULL;
  const char *names[PROFILES];
  sg_status status = recorded_run_open(folder, &again, error);
  TRY_DONE(status);
  const sg_run_options same = recorded_options(&again);
  TRY_DONE(run_again(on, &again, folder, &same, &made, error));
  sg_run_options largest = same;
  largest.accounts = names;
  largest.n_accounts = html_profile_accounts(made, PROFILES, names, made->memory);
  largest.all_pnl_accounts = true;
  if (largest.n_accounts > 0) {
    TRY_DONE(engine_run(on, again.of, again.under, &largest, NULL, &profiles, error));
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

/* ---- differences ------------------------------------------------------------------------------- */

static bool same_accounts(const manifest *a, const manifest *b) {
  bool same = a->partial == b->partial && (!a->partial || a->n_accounts == b->n_accounts);
  for (uint32_t i = 0; same && a->partial && i < a->n_accounts; i++) {
    same = strcmp(a->accounts[i], b->accounts[i]) == 0;
  }
  return same;
}

static sg_status diff(const char *const folders[2], sg_device *on, sg_diff_form form, char **text, sg_error *error) {
  recorded_run again[2] = {0};
  sg_result *made[2] = {NULL, NULL};
  sg_run_options options[2];
  compared sides[2];
  difference found = {0};
  sg_status status = SG_OK;
  for (int i = 0; i < 2; i++) {
    TRY_DONE(recorded_run_open(folders[i], &again[i], error));
  }
  if (!same_accounts(&again[0].recorded, &again[1].recorded)) {
    status = error_fail(error, SG_INPUT, "%s and %s hold different choices of accounts (--account)", folders[0], folders[1]);
    goto done;
  }
  for (int i = 0; i < 2; i++) {
    options[i] = recorded_options(&again[i]);
    sides[i] = (compared){again[i].of, again[i].under, &options[i]};
    TRY_DONE(run_again(on, &again[i], folders[i], &options[i], &made[i], error));
  }
  TRY_DONE(engine_difference(on, sides, (const result *const[2]){made[0], made[1]}, &found, error));
  *text = form == SG_DIFF_JSON ? difference_json(&found, folders) : difference_text(&found, folders);
  status = *text == NULL ? error_out_of_memory(error) : SG_OK;
done:
  difference_close(&found);
  for (int i = 0; i < 2; i++) {
    result_close(made[i]);
    recorded_run_close(&again[i]);
  }
  return status;
}

sg_status sg_diff(const char *const folders[2], sg_device *on, sg_diff_form form, char **text, sg_error *error) {
  float_mode before = float_mode_enter();
  *text = NULL;
  sg_status status = diff(folders, on, form, text, error);
  float_mode_leave(before);
  return status;
}
