/* SPDX-License-Identifier: MIT
 *
 * The C interface from several threads at once: a book, a model and a result that all read, a device and an error of each
 * one's own, give the same bytes; and a call that fails leaves everything usable. The device of choice is what
 * SHOCKGRID_DEVICE says, else an OpenCL device; the preset `tsan` chooses the reference: PoCL's threads are not its subject.
 */
#include <shockgrid/shockgrid.h>

#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N_THREADS = 4, N_ROUNDS = 3 };

/* What all read at the same time. */
typedef struct shared {
  const char *device, *folder; /* the folder holds a written run */
  sg_book *book;
  sg_model *model;
  sg_result *result;
} shared;

typedef struct worker {
  pthread_t thread;
  const shared *with;
  uint32_t number;
  char wrong[512]; /* what should not have happened */
  char *said;      /* all that the calls gave, times apart */
  FILE *said_to;
  unsigned n_reports; /* of progress: from any thread of a run, never two at a time */
  sg_error *error;
  sg_device *device;
  sg_book *own_book;
  sg_model *own_model;
} worker;

static const char *last_finding(const sg_error *error) {
  size_t n = sg_error_count(error);
  return n ? sg_error_get(error, n - 1).message : "no finding";
}

/* Notes what is not so; false then. */
#define EXPECT(condition) ((condition) ? true : note_wrong(self, __LINE__, #condition))

static bool note_wrong(worker *self, int line, const char *condition) {
  if (self->wrong[0] == 0) {
    snprintf(self->wrong, sizeof self->wrong, "line %d: %s; %s", line, condition, last_finding(self->error));
  }
  return false;
}

static void count_report(const sg_progress *progress, void *context) { ++*(unsigned *)context; }

static void say_result(worker *self, const sg_result *result) {
  fprintf(self->said_to, "%s\n", sg_result_digest(result));
  for (size_t i = 0; i < sg_result_count(result); i++) {
    sg_margin margin = sg_result_get(result, i);
    fprintf(self->said_to, "%s %s %s\n", margin.account, margin.initial, margin.standalone_initial);
  }
  EXPECT(strstr(sg_result_summary(result), sg_result_digest(result)));
}

/* A text that a call gave, which is closed. */
static void say(worker *self, char **text) {
  fputs(*text == NULL ? "nothing" : *text, self->said_to);
  sg_text_close(*text);
  *text = NULL;
}

/* Calls that fail; none may leave a trace. */
static void fail_in_every_way(worker *self) {
  sg_device *device = NULL;
  sg_book *absent = NULL;
  sg_model *unknown = NULL;
  sg_result *result = NULL;
  char *text = NULL;
  const char *nobody[] = {"nobody"};
  const sg_named_text empty = {"book.yaml", "", 0};
  EXPECT(sg_device_open(self->with->device, &(sg_device_options){.lanes = 3}, &device, self->error) == SG_USAGE);
  EXPECT(sg_book_load("/nowhere", &absent, self->error) == SG_IO);
  EXPECT(sg_book_from_texts(&empty, 1, &absent, self->error) == SG_INPUT);
  EXPECT(sg_model_load("occ-cpm", (const char *const[]){"no=1"}, 1, &unknown, self->error) != SG_OK);
  EXPECT(sg_run(self->device, self->own_book, self->own_model, &(sg_run_options){.accounts = nobody, .n_accounts = 1},
                &result, self->error) == SG_USAGE);
  EXPECT(sg_explain("/nowhere", "nobody", self->device, &text, self->error) != SG_OK);
  EXPECT(device == NULL && absent == NULL && unknown == NULL && result == NULL && text == NULL);
}

static void do_round(worker *self, int round) {
  const shared *with = self->with;
  bool own = (round + self->number) % 2;
  const sg_book *book = own ? self->own_book : with->book;
  const sg_model *model = own ? self->own_model : with->model;
  const sg_run_options tiled = {.tile_scenarios = 1 + self->number, .tile_portfolios = 2 + self->number,
                                .on_progress = count_report, .context = &self->n_reports};
  sg_result *result = NULL;
  sg_quality *quality = NULL;
  char *text = NULL;
  fail_in_every_way(self);
  if (EXPECT(sg_run(self->device, book, model, round ? &tiled : NULL, &result, self->error) == SG_OK)) {
    say_result(self, result);
  }
  sg_result_close(result);
  say_result(self, with->result);
  EXPECT(sg_price(self->device, book, NULL, &text, self->error) == SG_OK);
  say(self, &text);
  EXPECT(sg_explain(with->folder, "collar", self->device, &text, self->error) == SG_OK);
  say(self, &text);
  if (EXPECT(sg_check(book, model, NULL, &quality, self->error) == SG_OK)) {
    fprintf(self->said_to, "%zu findings\n", sg_quality_count(quality));
  }
  sg_quality_close(quality);
  fprintf(self->said_to, "%s%s%s%s", sg_book_describe(book), sg_model_describe(model), sg_book_formats(), sg_quality_kinds());
}

static void *work(void *argument) {
  worker *self = argument;
  size_t size_bytes;
  self->said_to = open_memstream(&self->said, &size_bytes);
  self->error = sg_error_open();
  if (EXPECT(sg_device_open(self->with->device, NULL, &self->device, self->error) == SG_OK) &&
      EXPECT(sg_model_load("occ-cpm", NULL, 0, &self->own_model, self->error) == SG_OK) &&
      EXPECT(sg_book_load(SOURCE_DIR "/examples/book", &self->own_book, self->error) == SG_OK)) {
    for (int round = 0; round < N_ROUNDS; round++) {
      do_round(self, round);
    }
    EXPECT(self->n_reports > 0 && sg_error_count(self->error) >= 6 * N_ROUNDS);
  }
  sg_model_close(self->own_model);
  sg_book_close(self->own_book);
  sg_device_close(self->device);
  sg_error_close(self->error);
  fclose(self->said_to);
  return NULL;
}

static int remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *where) { return remove(path); }

static void run_threads(const char *device) {
  char folder[] = "/tmp/shockgrid-contexts-XXXXXX";
  worker workers[N_THREADS] = {0};
  shared with = {.device = device, .folder = folder};
  sg_device *opened;
  assert_non_null(mkdtemp(folder));
  assert_int_equal(sg_book_load(SOURCE_DIR "/examples/book", &with.book, NULL), SG_OK);
  assert_int_equal(sg_model_load("occ-cpm", NULL, 0, &with.model, NULL), SG_OK);
  assert_int_equal(sg_device_open(device, NULL, &opened, NULL), SG_OK);
  assert_int_equal(sg_run(opened, with.book, with.model, NULL, &with.result, NULL), SG_OK);
  assert_int_equal(sg_result_write(with.result, folder, NULL), SG_OK);
  for (uint32_t i = 0; i < N_THREADS; i++) {
    workers[i] = (worker){.with = &with, .number = i};
    assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
  }
  for (int i = 0; i < N_THREADS; i++) {
    assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
  }
  for (int i = 0; i < N_THREADS; i++) {
    assert_string_equal(workers[i].wrong, "");
    assert_true(strlen(workers[i].said) > 10000);
    assert_string_equal(workers[i].said, workers[0].said);
  }
  for (int i = 0; i < N_THREADS; i++) {
    free(workers[i].said);
  }
  sg_result_close(with.result);
  sg_device_close(opened);
  sg_model_close(with.model);
  sg_book_close(with.book);
  assert_int_equal(nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void threads_give_the_same_bytes_on_the_reference(void **state) { run_threads("reference"); }

static void so_they_do_on_the_device_of_choice(void **state) { run_threads(NULL); }

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(threads_give_the_same_bytes_on_the_reference),
      cmocka_unit_test(so_they_do_on_the_device_of_choice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
