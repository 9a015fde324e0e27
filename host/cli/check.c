/* SPDX-License-Identifier: MIT
 *
 * shockgrid check: read a book, report everything that is wrong with it, or what it holds and what is odd about it.
 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_OF_A_KIND = 10 };

typedef struct check_values {
  bool json, all;
  uint64_t memory_bytes;
  const char *model, *previous;
  texts settings;
} check_values;

#define CHECK(field) offsetof(check_values, field)
static const option_entry check_options[] = {
    {"model", OPTION_TEXT, "MODEL", CHECK(model), false,
     "take the limits and actions of this model's section\n"
     "'quality', and its range for moves of prices"},
    {"set", OPTION_TEXTS, "NAME=VALUE", CHECK(settings), false, "override a parameter of the model; may be repeated"},
    {"previous", OPTION_TEXT, "BOOK", CHECK(previous), false,
     "a book of before: look for marks that stood still and for\n"
     "prices, vols and rates that moved too far"},
    {"memory", OPTION_BYTES, "SIZE", CHECK(memory_bytes), false, "bound on the bytes of a book's files, at least 64M"},
    {"all", OPTION_FLAG, NULL, CHECK(all), false, "list every finding, not the first ten of each kind"},
    {"json", OPTION_FLAG, NULL, CHECK(json), false, "print problems and findings as JSON, on standard output"},
};

/* What the command works on. */
typedef struct checked {
  sg_book *book, *previous;
  sg_model *model;
  sg_quality *found;
} checked;

static sg_status load(const check_values *given, const char *path, checked *all, sg_error *error) {
  sg_status status = sg_book_load_within(path, given->memory_bytes, &all->book, error), other = SG_OK;
  if (given->model != NULL) {
    other = sg_model_load(given->model, given->settings.items, given->settings.n, &all->model, error);
    status = status == SG_OK ? other : status;
  }
  if (given->previous != NULL) {
    other = sg_book_load_within(given->previous, given->memory_bytes, &all->previous, error);
    status = status == SG_OK ? other : status;
  }
  return status == SG_OK ? sg_check(all->book, all->model, all->previous, &all->found, error) : status;
}

/* Would a run refuse the book; without a model: is a finding an error? */
static bool is_refused(const checked *all) {
  bool refused = false;
  for (size_t i = 0; i < sg_quality_count(all->found); i++) {
    sg_quality_finding found = sg_quality_get(all->found, i);
    refused = refused ||
              strcmp(all->model == NULL ? found.severity : found.action, all->model == NULL ? "error" : "refuse") == 0;
  }
  return refused;
}

static void print_number(const char *name, double value) {
  if (value - value == 0.0) {
    printf(", \"%s\": %.17g", name, value);
  } else {
    printf(", \"%s\": null", name);
  }
}

static void print_json(const sg_quality *of) {
  size_t n = of == NULL ? 0 : sg_quality_count(of);
  printf("[");
  for (size_t i = 0; i < n; i++) {
    sg_quality_finding found = sg_quality_get(of, i);
    printf("%s\n  {\"kind\": \"%s\", \"severity\": \"%s\", \"action\": \"%s\", \"file\": ", i == 0 ? "" : ",",
           found.kind, found.severity, found.action);
    json_print(found.file);
    printf(", \"line\": %llu, \"id\": ", (unsigned long long)found.line);
    json_print(found.id);
    print_number("value", found.value);
    print_number("low", found.low);
    print_number("high", found.high);
    printf(", \"message\": ");
    json_print(found.message);
    printf("}");
  }
  printf("%s]", n == 0 ? "" : "\n");
}

static void print_finding(const sg_quality_finding *found, bool under_model) {
  printf("%s:", found->file);
  if (found->line > 0) {
    printf("%llu:", (unsigned long long)found->line);
  }
  printf(" %s: %s [%s%s%s]\n", found->severity, found->message, found->kind, under_model ? ": " : "",
         under_model ? found->action : "");
}

/* The first ten of each kind, and how many there are of each severity. */
static void print_findings(const checked *of, bool every) {
  static const char *const severities[] = {"error", "warning", "note"};
  size_t n = sg_quality_count(of->found), of_kind = 0, count[3] = {0};
  for (size_t i = 0; i < n; i++) {
    sg_quality_finding found = sg_quality_get(of->found, i);
    of_kind = i > 0 && strcmp(sg_quality_get(of->found, i - 1).kind, found.kind) == 0 ? of_kind + 1 : 1;
    for (int s = 0; s < 3; s++) {
      count[s] += strcmp(found.severity, severities[s]) == 0;
    }
    if (of_kind == 1) {
      printf("\n");
    }
    if (every || of_kind <= SHOWN_OF_A_KIND) {
      print_finding(&found, of->model != NULL);
    } else if (i + 1 == n || strcmp(sg_quality_get(of->found, i + 1).kind, found.kind) != 0) {
      printf("and %zu more [%s]; --all lists them\n", of_kind - SHOWN_OF_A_KIND, found.kind);
    }
  }
  printf(n == 0 ? "\nnothing to question" : "\n");
  for (int s = 0; n > 0 && s < 3; s++) {
    printf("%s%zu %s%s", s == 0 ? "" : ", ", count[s], severities[s], count[s] == 1 ? "" : "s");
  }
  printf("\n");
}

static sg_status check_function(const void *values, char *const *operands, int n_operands) {
  const check_values *given = values;
  checked all = {0};
  if (given->settings.n > 0 && given->model == NULL) {
    return usage_fail("check", "--set needs --model");
  }
  sg_error *error = sg_error_open();
  sg_status status = load(given, operands[0], &all, error);
  sg_status exit_code = status == SG_OK && is_refused(&all) ? SG_INPUT : status;
  if (given->json) {
    printf("{\"exit_code\": %d, \"problems\": ", (int)exit_code);
    json_print_findings(error);
    printf(", \"findings\": ");
    print_json(all.found);
    printf("}\n");
  } else {
    fputs(status == SG_OK ? sg_book_describe(all.book) : "", stdout);
    findings_print(status, error, NULL);
  }
  if (!given->json && status == SG_OK) {
    print_findings(&all, given->all);
  }
  sg_quality_close(all.found);
  sg_model_close(all.model);
  sg_book_close(all.previous);
  sg_book_close(all.book);
  sg_error_close(error);
  return exit_code;
}

const command command_check = {
    .synopsis = "BOOK",
    .text =
        "Reads the book in the folder BOOK and prints every problem with its file, line and column, or, when\n"
        "there is none, what the book holds and what a risk team would question in it: marks, vols, forwards,\n"
        "rates, terms and positions ('shockgrid help quality' lists the kinds). Exit code 3 for problems and for\n"
        "findings that are errors or, with --model, that the model refuses.",
    .examples =
        "  shockgrid check examples/book\n"
        "  shockgrid check today --previous yesterday --model occ-cpm\n",
    .options = check_options,
    .n_options = sizeof check_options / sizeof *check_options,
    .values_bytes = sizeof(check_values),
    .least_operands = 1,
    .most_operands = 1,
    .function = check_function,
};
