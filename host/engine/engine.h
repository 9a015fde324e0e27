/* SPDX-License-Identifier: MIT
 *
 * Margining a book: the engine's whole interface. The page to read first is run.c.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "data/explanation.h"
#include "data/result.h"
#include "device/device.h"
#include "rules/model.h"

/* Somebody who waits for the lines of a result. The first n are known, stay where they are and are the first of the result,
 * more from call to call; all of them before positions alone are margined. After `dropped` the result is closed. Not told of
 * runs that only margin some accounts. */
typedef struct run_watcher {
  void (*lines_known)(void *context, const result *run, size_t n, bool all);
  void (*dropped)(void *context); /* the run fails */
  void *context;
} run_watcher;

/* Everything but summary and digest, which the reports make. The result borrows book and model. watcher NULL: nobody. */
sg_status engine_run(device *on, const book *of, const model *under, const sg_run_options *options,
                     const run_watcher *watcher, result **made, sg_error *error);

/* What engine_run would do, without doing it; `writes`: its results go into files. */
sg_status engine_plan(device *on, const book *of, const model *under, const sg_run_options *options, bool writes,
                      run_plan **made, sg_error *error);

/* Why an account's requirement is what it is. `run` is the account's own result (engine_run with it alone); everything is
 * allocated from its memory. */
sg_status engine_explain(device *on, const book *of, const model *under, result *run, const char *account,
                         explanation *made, sg_error *error);

#endif
