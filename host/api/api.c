/* SPDX-License-Identifier: MIT
 *
 * The public interface in terms of the layers.
 */
#include <shockgrid/shockgrid.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "calibrate/rates.h"
#include "device/device.h"
#include "device/float_mode.h"
#include "engine/engine.h"
#include "engine/price_book.h"
#include "engine/quality.h"
#include "input/generate.h"
#include "input/import.h"
#include "input/read_book.h"
#include "report/output.h"
#include "report/prices.h"
#include "report/report.h"
#include "rules/model.h"

#include <pthread.h>
#include <stdio.h>
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

static sg_status describe_book(sg_book **loaded, double start, sg_error *error) {
  (*loaded)->read_seconds = clock_seconds() - start;
  (*loaded)->description = book_text(*loaded, (*loaded)->memory);
  if ((*loaded)->description != NULL) {
    return SG_OK;
  }
  book_close(*loaded);
  *loaded = NULL;
  return error_out_of_memory(error);
}

sg_status sg_book_load(const char *folder, sg_book **loaded, sg_error *error) {
  return sg_book_load_within(folder, 0, loaded, error);
}

sg_status sg_book_load_within(const char *folder, uint64_t memory_bytes, sg_book **loaded, sg_error *error) {
  float_mode before = float_mode_enter();
  double start = clock_seconds();
  sg_status status = book_read_with(folder, (book_read_options){.memory_bytes = memory_bytes}, loaded, error);
  status = status == SG_OK ? describe_book(loaded, start, error) : status;
  float_mode_leave(before);
  return status;
}

sg_status sg_book_from_texts(const sg_named_text *files, size_t n_files, sg_book **loaded, sg_error *error) {
  float_mode before = float_mode_enter();
  double start = clock_seconds();
  sg_status status = book_read_texts(files, n_files, loaded, error);
  status = status == SG_OK ? describe_book(loaded, start, error) : status;
  float_mode_leave(before);
  return status;
}

void sg_book_close(sg_book *loaded) { book_close(loaded); }

const char *sg_book_describe(const sg_book *loaded) { return loaded->description; }

static arena *formats_memory; /* lives as long as the program */
static const char *formats_text;

static void make_formats(void) {
  formats_memory = arena_open();
  const char *columns = formats_memory == NULL ? NULL : shipped_models_columns(formats_memory);
  const char *all = columns == NULL ? NULL
                                    : arena_format(formats_memory, "%s\nColumns that the shipped models read\n%s",
                                                   book_formats(), columns);
  formats_text = all == NULL ? book_formats() : all;
}

const char *sg_book_formats(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  float_mode before = float_mode_enter();
  pthread_once(&once, make_formats);
  float_mode_leave(before);
  return formats_text;
}

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

/* ---- data quality ------------------------------------------------------------------------------- */

struct sg_quality {
  arena *memory;
  quality_report found;
};

static sg_status check(const sg_book *of, const sg_model *under, const sg_book *previous, sg_quality **made,
                       sg_error *error) {
  arena *memory = arena_open();
  sg_quality *opened = memory == NULL ? NULL : ARENA_ARRAY(memory, sg_quality, 1);
  sg_status status = opened == NULL ? error_out_of_memory(error)
                                    : engine_check(of, under, previous, memory, &opened->found, error);
  if (status != SG_OK) {
    arena_close(memory);
    return status;
  }
  opened->memory = memory;
  *made = opened;
  return SG_OK;
}

sg_status sg_check(const sg_book *of, const sg_model *under, const sg_book *previous, sg_quality **made,
                   sg_error *error) {
  float_mode before = float_mode_enter();
  *made = NULL;
  sg_status status = check(of, under, previous, made, error);
  float_mode_leave(before);
  return status;
}

void sg_quality_close(sg_quality *closed) {
  if (closed != NULL) {
    arena_close(closed->memory);
  }
}

size_t sg_quality_count(const sg_quality *of) { return of->found.n; }

sg_quality_finding sg_quality_get(const sg_quality *of, size_t index) {
  const quality_finding *found = &of->found.findings[index];
  const quality_kind_facts *kind = quality_kind_get(found->kind);
  return (sg_quality_finding){
      kind->name, quality_severity_text(kind->severity), quality_action_text(found->action), found->file,   found->line,
      found->id,  found->value,                          found->low,                         found->high, found->message};
}

const char *sg_quality_kinds(void) { return quality_kinds_text(); }

/* ---- running ----------------------------------------------------------------------------------- */

static sg_status finish_run(const sg_book *of, const work_rates *rates, sg_result *made, sg_error *error) {
  double start = clock_seconds();
  if (!digest_result(made)) {
    return error_out_of_memory(error);
  }
  made->work_seconds[WORK_DIGEST] = made->stage_seconds[STAGE_WRITE] = clock_seconds() - start;
  made->stage_seconds[STAGE_READ] = made->work_seconds[WORK_READ] = of->read_seconds;
  for (int s = 0; made->foreseen != NULL && s < N_STAGES; s++) {
    made->planned_seconds[s] = plan_seconds(made->foreseen, rates, (run_stage)s);
  }
  return SG_OK;
}

static sg_status run(sg_device *on, const sg_book *of, const sg_model *under, const sg_run_options *options,
                     sg_result **made, sg_error *error) {
  files_ahead ahead = {.folder = options == NULL ? NULL : options->folder};
  const run_watcher watcher = {files_ahead_lines, files_ahead_drop, &ahead};
  work_rates rates;
  TRY(options != NULL && options->plans ? calibrate_rates(on, &rates, error) : SG_OK);
  TRY(engine_run(on, of, under, options, ahead.folder == NULL ? NULL : &watcher, made, error));
  (*made)->begun = files_ahead_all(&ahead, *made);
  sg_status status = finish_run(of, &rates, *made, error);
  if (status != SG_OK) {
    sg_result_close(*made);
    *made = NULL;
  }
  return status;
}

sg_status sg_run(sg_device *on, const sg_book *of, const sg_model *under, const sg_run_options *options,
                 sg_result **made, sg_error *error) {
  float_mode before = float_mode_enter();
  sg_status status = run(on, of, under, options, made, error);
  float_mode_leave(before);
  return status;
}

static sg_status make_plan(sg_device *on, const sg_book *of, const sg_model *under, const sg_run_options *options,
                           char **text, sg_error *error) {
  run_plan *made = NULL;
  work_rates rates;
  TRY(calibrate_rates(on, &rates, error));
  TRY(engine_plan(on, of, under, options, options != NULL && options->plans_files, &made, error));
  const device_traits *traits = device_get_traits(on);
  const char *named = arena_format(made->memory, "%s (%s), %u compute units, %u lane%s", traits->name, traits->type,
                                   traits->compute_units, traits->lanes, traits->lanes == 1 ? "" : "s");
  const char *page = named == NULL ? NULL : plan_text(made, &rates, named, made->memory);
  *text = page == NULL ? NULL : strdup(page);
  plan_close(made);
  return *text == NULL ? error_out_of_memory(error) : SG_OK;
}

sg_status sg_plan(sg_device *on, const sg_book *of, const sg_model *under, const sg_run_options *options, char **text,
                  sg_error *error) {
  float_mode before = float_mode_enter();
  *text = NULL;
  sg_status status = make_plan(on, of, under, options, text, error);
  float_mode_leave(before);
  return status;
}

void sg_text_close(char *text) { free(text); }

void sg_result_close(sg_result *made) {
  if (made != NULL) {
    result_files_close(made->begun);
  }
  result_close(made);
}

sg_status sg_result_write(const sg_result *made, const char *folder, sg_error *error) {
  float_mode before = float_mode_enter();
  sg_result *with_files = (sg_result *)made;
  result_files *begun = made->begun != NULL && result_files_are_of(made->begun, folder) ? made->begun : NULL;
  sg_status status = begun == NULL ? result_write_files(made, folder, error) : result_files_finish(begun, error);
  if (begun != NULL) { /* once: a second time, and another folder, are written anew */
    result_files_close(begun);
    with_files->begun = NULL;
  }
  float_mode_leave(before);
  return status;
}

/* Made when it is first asked for, so that it knows what writing took. */
const char *sg_result_summary(const sg_result *made) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  sg_result *with_text = (sg_result *)made;
  pthread_mutex_lock(&lock);
  if (made->summary == NULL) {
    with_text->summary = summary_text(made, made->memory);
  }
  pthread_mutex_unlock(&lock);
  return made->summary == NULL ? "" : made->summary;
}

const char *sg_result_digest(const sg_result *made) { return made->digest; }

size_t sg_result_count(const sg_result *made) { return made->n_rows; }

sg_margin sg_result_get(const sg_result *made, size_t index) {
  const margin_row *row = &made->rows[index];
  const margin_texts *texts = result_texts(made, (uint32_t)index);
  return (sg_margin){.account = made->book->accounts.id[row->account],
                     .currency = made->book->currencies.id[row->currency],
                     .initial = texts->requirement[MEASURE_INITIAL],
                     .maintenance = texts->requirement[MEASURE_MAINTENANCE],
                     .standalone_initial = texts->standalone[MEASURE_INITIAL],
                     .standalone_maintenance = texts->standalone[MEASURE_MAINTENANCE],
                     .worst_block = row->worst_block,
                     .worst_scenario = row->worst_scenario,
                     .equity = texts->equity,
                     .haircut_initial = texts->haircut[MEASURE_INITIAL],
                     .haircut_maintenance = texts->haircut[MEASURE_MAINTENANCE],
                     .excess_initial = texts->excess[MEASURE_INITIAL],
                     .excess_maintenance = texts->excess[MEASURE_MAINTENANCE],
                     .call = texts->call,
                     .status = made->has_equity ? account_status_text(made->standings[index].status) : "not computed"};
}

size_t sg_result_isolated_count(const sg_result *made) { return made->n_isolated; }

sg_isolated sg_result_isolated_get(const sg_result *made, size_t index) {
  const isolated_account *row = &made->isolated[index];
  return (sg_isolated){made->book->accounts.id[row->account], row->reason};
}

size_t sg_result_calls(const sg_result *made, bool *computed) {
  size_t n = 0;
  for (uint32_t i = 0; i < made->n_rows; i++) {
    n += made->has_equity && made->standings[i].status >= STATUS_CALL;
  }
  *computed = made->has_equity;
  return n;
}

/* ---- pricing ----------------------------------------------------------------------------------- */

static sg_status prices_to_text(const book *of, const instrument_price *rows, char **text, sg_error *error) {
  size_t size;
  uint64_t size_bytes;
  FILE *stream = open_memstream(text, &size);
  writer *out = malloc(sizeof *out);
  sg_status status = stream == NULL || out == NULL ? error_out_of_memory(error) : SG_OK;
  if (status == SG_OK) {
    writer_open(out, stream);
    write_prices(of, rows, out);
    status = writer_finish(out, NULL, &size_bytes) == 0 ? SG_OK : error_out_of_memory(error);
  }
  free(out);
  return stream == NULL ? status : file_text_finish(stream, text, status, error);
}

static sg_status write_scenarios_of(sg_device *on, const sg_book *of, const sg_price_options *options, output *to,
                                    sg_error *error) {
  scenario_prices_writer rows = {of, output_writer(to)};
  write_scenario_prices_header(rows.out);
  return price_scenarios(on, of, options->model, options->memory_bytes, write_scenario_price, &rows, error);
}

static sg_status price(sg_device *on, const sg_book *of, const sg_price_options *options, char **text,
                       sg_error *error) {
  output *values = NULL, *scenarios = NULL;
  sg_status status = SG_OK;
  instrument_price *rows = calloc((size_t)of->instruments.n + 1, sizeof *rows);
  if (rows == NULL) {
    return error_out_of_memory(error);
  }
  TRY_DONE(price_book(on, of, options->model, rows, error));
  if (options->pnl != NULL) {
    TRY_DONE(output_open(options->pnl, &scenarios, error));
    TRY_DONE(write_scenarios_of(on, of, options, scenarios, error));
  }
  if (options->out != NULL) {
    TRY_DONE(output_open(options->out, &values, error));
    write_prices(of, rows, output_writer(values));
  } else {
    TRY_DONE(prices_to_text(of, rows, text, error));
  }
  TRY_DONE(output_commit((output *const[]){scenarios, values}, 2, error));
done:
  output_close(values);
  output_close(scenarios);
  free(rows);
  return status;
}

sg_status sg_price(sg_device *on, const sg_book *of, const sg_price_options *options, char **text, sg_error *error) {
  static const sg_price_options defaults = {0};
  const sg_price_options *given = options == NULL ? &defaults : options;
  char *made = NULL;
  if (given->pnl != NULL && given->model == NULL) {
    return error_fail(error, SG_USAGE, "prices in scenarios need a model");
  }
  float_mode before = float_mode_enter();
  sg_status status = price(on, of, given, &made, error);
  float_mode_leave(before);
  if (status != SG_OK) {
    free(made);
    made = NULL;
  }
  if (text != NULL) {
    *text = made;
  }
  return status;
}

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
