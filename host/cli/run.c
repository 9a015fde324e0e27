/* SPDX-License-Identifier: MIT
 *
 * shockgrid run: a book and a model to margins.
 */
#include "cli/command.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef struct run_values {
  const char *model, *out, *device, *previous, *unimplied, *verify;
  texts settings, accounts;
  any_texts pnl_accounts;
  uint64_t memory_bytes;
  uint32_t lanes, tile_scenarios, tile_accounts;
  bool plan, compare_plan, fail_on_call, quiet;
} run_values;

#define RUN(field) offsetof(run_values, field)
static const option_entry run_options[] = {
    {"model", OPTION_TEXT, "MODEL", RUN(model), true, "a shipped model's name, or a path to a .yaml file"},
    {"out", OPTION_TEXT, "DIR", RUN(out), false,
     "write margins.csv, lines.csv, scenarios.csv, quality.csv and\n"
     "manifest.json there; without it only the summary is printed"},
    {"device", OPTION_TEXT, "DEVICE", RUN(device), false,
     "auto, cpu, gpu, an index or part of a name as 'shockgrid\n"
     "devices' prints them, or reference"},
    {"lanes", OPTION_COUNT, "N", RUN(lanes), false, "1, 2, 4, 8 or 16 numbers in a register; results are the same"},
    {"set", OPTION_TEXTS, "NAME=VALUE", RUN(settings), false, "override a parameter of the model; may be repeated"},
    {"previous", OPTION_TEXT, "BOOK", RUN(previous), false,
     "a book of before: look for marks that stood still and for\n"
     "prices, vols and rates that moved too far, and do what the\n"
     "model says about them"},
    {"unimplied", OPTION_TEXT, "VOL", RUN(unimplied), false,
     "price held options whose price gives no vol with this one\n"
     "(0.8 is 80 %) and name them; default: refuse the book"},
    {"account", OPTION_TEXTS, "ACCOUNT", RUN(accounts), false, "margin only this account; may be repeated"},
    {"scenario-pnl", OPTION_ANY_TEXTS, "ACCOUNT", RUN(pnl_accounts), false,
     "write scenario_pnl.csv too, for one account or for all;\nmay be repeated"},
    {"verify", OPTION_TEXT, "FRACTION", RUN(verify), false,
     "recompute this share of what the device gives, 0 to 1, by\n"
     "the reference, and end with exit code 4 at the first wrong\n"
     "bit; default: 69,075 cells, nodes and results each, or all\n"
     "if fewer: one wrong in 10,000 stays unseen with probability\n"
     "(1 - 1e-4)^69075 < 0.001"},
    {"memory", OPTION_BYTES, "SIZE", RUN(memory_bytes), false,
     "bound on the memory of tiles and on the bytes of the book's\n"
     "files (of these at least 64M): 256M, 2G"},
    {"tile-scenarios", OPTION_COUNT, "N", RUN(tile_scenarios), false, "scenarios to a tile; results are the same"},
    {"tile-accounts", OPTION_COUNT, "N", RUN(tile_accounts), false, "accounts to a tile; results are the same"},
    {"plan", OPTION_FLAG, NULL, RUN(plan), false,
     "do not run: print tiles, batches, work and bytes, and the\n"
     "seconds that each stage should take on this machine"},
    {"compare-plan", OPTION_FLAG, NULL, RUN(compare_plan), false,
     "run, and set the plan's seconds beside the measured ones"},
    {"fail-on-call", OPTION_FLAG, NULL, RUN(fail_on_call), false,
     "exit code 1 when an account's status is call or liquidate,\n"
     "or not computed because of what its book says"},
    {"quiet", OPTION_FLAG, NULL, RUN(quiet), false, "no summary and no progress"},
};

static sg_status check_values(const run_values *given) {
  bool pnl = given->pnl_accounts.given || given->pnl_accounts.named.n > 0;
  if (pnl && given->out == NULL) {
    return usage_fail("run", "--scenario-pnl needs --out DIR");
  }
  if (given->lanes > 16 || (given->lanes & (given->lanes - 1)) != 0) {
    return usage_fail("run", "--lanes %u is not 1, 2, 4, 8 or 16", given->lanes);
  }
  for (size_t i = 0; i < given->settings.n; i++) {
    if (strchr(given->settings.items[i], '=') == NULL) {
      return usage_fail("run", "--set \"%s\" is not NAME=VALUE", given->settings.items[i]);
    }
  }
  return SG_OK;
}

/* What a run works on, and its result. */
typedef struct run_objects {
  sg_book *book, *previous;
  sg_model *model;
  sg_device *device;
  sg_result *result;
} run_objects;

/* Reads model and books, all even if one is bad, so that all problems are reported at once. */
static sg_status load(const run_values *given, const char *book_path, run_objects *all, sg_error *error) {
  sg_status model_status = sg_model_load(given->model, given->settings.items, given->settings.n, &all->model, error);
  sg_status status = sg_book_load_within(book_path, given->memory_bytes, &all->book, error);
  status = model_status != SG_OK ? model_status : status;
  if (given->previous != NULL) {
    sg_status previous_status = sg_book_load_within(given->previous, given->memory_bytes, &all->previous, error);
    status = status == SG_OK ? previous_status : status;
  }
  return status;
}

/* The device, opened and tested while the book is read. */
typedef struct device_opening {
  const run_values *given;
  sg_device *device;
  bool silent; /* it is open, and there is nothing to tell */
  bool started;
  pthread_t thread;
} device_opening;

static void *open_device(void *opened) {
  device_opening *of = opened;
  const sg_device_options options = {.lanes = of->given->lanes};
  sg_error *error = sg_error_open();
  of->silent = error != NULL && sg_device_open(of->given->device, &options, &of->device, error) == SG_OK &&
               sg_error_count(error) == 0;
  sg_error_close(error);
  return NULL;
}

/* The reference has nothing to compile, and what Oclgrind opens belongs to one thread: they open when they are needed. */
static void device_opening_start(const run_values *given, device_opening *of) {
  *of = (device_opening){.given = given};
  bool later = given->device != NULL && (strcmp(given->device, "reference") == 0 || strcmp(given->device, "oclgrind") == 0);
  of->started = !later && pthread_create(&of->thread, NULL, open_device, of) == 0;
}

/* Whatever is to tell about a device is told after what is wrong with the book: it is opened again. */
static sg_status device_opening_take(device_opening *of, sg_device **device, sg_error *error) {
  const sg_device_options options = {.lanes = of->given->lanes};
  if (of->started) {
    pthread_join(of->thread, NULL);
    of->started = false;
  }
  if (!of->silent) {
    return sg_device_open(of->given->device, &options, device, error);
  }
  *device = of->device;
  of->device = NULL;
  return SG_OK;
}

/* A book that cannot be read does not wait for a device that compiles; the program's end does. */
static void device_opening_end(device_opening *of) {
  if (of->started) {
    pthread_join(of->thread, NULL);
  }
  sg_device_close(of->device);
}

static void close_all(run_objects *all) {
  sg_result_close(all->result);
  sg_device_close(all->device);
  sg_model_close(all->model);
  sg_book_close(all->previous);
  sg_book_close(all->book);
}

static sg_run_options options_of(const run_values *given, const sg_book *previous, progress_line *line) {
  return (sg_run_options){
      .accounts = given->accounts.items,
      .n_accounts = given->accounts.n,
      .pnl_accounts = given->pnl_accounts.named.items,
      .n_pnl_accounts = given->pnl_accounts.named.n,
      .all_pnl_accounts = given->pnl_accounts.given,
      .unimplied = given->unimplied,
      .verify = given->verify,
      .previous = previous,
      .memory_bytes = given->memory_bytes,
      .tile_scenarios = given->tile_scenarios,
      .tile_portfolios = given->tile_accounts,
      .plans = given->compare_plan,
      .plans_files = given->out != NULL,
      .folder = given->out,
      .on_progress = progress_draw,
      .context = line,
  };
}

/* For --fail-on-call, *n_calls accounts owe money; *computed is false where the model cannot say. *n_isolated accounts
 * are not computed. */
static sg_status margin(const run_values *given, const char *book_path, device_opening *opening, size_t *n_calls,
                        bool *computed, size_t *n_isolated, sg_error *error) {
  run_objects all = {0};
  char *plan = NULL;
  progress_line line = progress_open(given->quiet);
  sg_status status = load(given, book_path, &all, error);
  const sg_run_options options = options_of(given, all.previous, &line);
  if (status == SG_OK) {
    status = device_opening_take(opening, &all.device, error);
  }
  if (status == SG_OK && given->plan) {
    status = sg_plan(all.device, all.book, all.model, &options, &plan, error);
  } else if (status == SG_OK) {
    status = sg_run(all.device, all.book, all.model, &options, &all.result, error);
  }
  if (all.result != NULL && given->out != NULL) {
    status = sg_result_write(all.result, given->out, error);
  }
  progress_close(&line);
  if (status == SG_OK && plan != NULL) {
    fputs(plan, stdout);
  }
  bool margined = all.result != NULL && status == SG_OK;
  if (margined && given->fail_on_call) {
    *n_calls = sg_result_calls(all.result, computed);
  }
  *n_isolated = margined ? sg_result_isolated_count(all.result) : 0;
  if (margined && !given->quiet) {
    fputs(sg_result_summary(all.result), stdout);
    if (given->out != NULL) {
      printf("\n  results in %s\n", given->out);
    }
  }
  sg_text_close(plan);
  close_all(&all);
  return status;
}

static sg_status run_function(const void *values, char *const *operands, int n_operands) {
  const run_values *given = values;
  sg_status status = check_values(given);
  if (status != SG_OK) {
    return status;
  }
  sg_error *error = sg_error_open();
  size_t n_calls = 0, n_isolated = 0;
  bool computed = true;
  device_opening opening;
  device_opening_start(given, &opening);
  status = margin(given, operands[0], &opening, &n_calls, &computed, &n_isolated, error);
  findings_print(status, error, "nothing was written");
  device_opening_end(&opening);
  sg_error_close(error);
  if (status == SG_OK && !computed) {
    return usage_fail("run", "--fail-on-call needs a model with an equity section");
  }
  if (n_isolated > 0) {
    fprintf(stderr, "%zu account%s not computed, because of findings that the model isolates\n", n_isolated,
            n_isolated == 1 ? " is" : "s are");
  }
  if (n_calls > 0) {
    fprintf(stderr, "%zu account%s to call or to liquidate\n", n_calls, n_calls == 1 ? "" : "s");
  }
  if (status == SG_OK && given->fail_on_call && n_calls + n_isolated > 0) {
    return (sg_status)1;
  }
  return status;
}

const command command_run = {
    .synopsis = "BOOK",
    .text = "Reads the book in the folder BOOK, reprices its instruments in every scenario of the model, nets each\n"
            "account's profit and loss, and prints what each account has to hold: in total, by level of netting,\n"
            "and the time that it took. The same input gives the same bytes on every device.",
    .examples = "  shockgrid run examples/book --model occ-cpm --out margins\n"
                "  shockgrid run examples/book --model spot-vol-grid --account collar --scenario-pnl=collar --out collar\n",
    .options = run_options,
    .n_options = sizeof run_options / sizeof *run_options,
    .values_bytes = sizeof(run_values),
    .least_operands = 1,
    .most_operands = 1,
    .function = run_function,
};
