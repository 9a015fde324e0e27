/* SPDX-License-Identifier: MIT
 *
 * The C interface from several threads at once: a book and a model that all read, a device and an error of each one's own,
 * give the same bytes; and a call that fails leaves everything usable. The preset `tsan` runs this under the thread
 * sanitizer, on the reference: PoCL's own threads are not its subject.
 */
#include <shockgrid/shockgrid.h>

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

typedef struct worker {
  pthread_t thread;
  const char *device;
  const sg_book *book;
  const sg_model *model;
  uint32_t number;
  char digest[64], margins[4096], prices[64], wrong[512]; /* wrong: what should not have happened */
} worker;

static const char *last_finding(const sg_error *error) {
  size_t n = sg_error_count(error);
  return n ? sg_error_get(error, n - 1).message : "no finding";
}

#define EXPECT(condition)                                                      \
  do {                                                                         \
    if (!(condition)) {                                                        \
      snprintf(self->wrong, sizeof self->wrong, "line %d: %s; %s", __LINE__, #condition, last_finding(error)); \
      goto done;                                                               \
    }                                                                          \
  } while (0)

static void margins_print(const sg_result *result, char *text, size_t size_bytes) {
  size_t at = 0;
  for (size_t i = 0; i < sg_result_count(result) && at < size_bytes; i++) {
    sg_margin margin = sg_result_get(result, i);
    at += (size_t)snprintf(text + at, size_bytes - at, "%s %s %s\n", margin.account, margin.initial, margin.standalone_initial);
  }
}

/* Every way to fail that a caller can have; none may leave a trace. */
static void *work(void *argument) {
  worker *self = argument;
  sg_error *error = sg_error_open();
  sg_device *device = NULL;
  sg_book *absent = NULL, *own_book = NULL;
  sg_model *own_model = NULL, *unknown = NULL;
  sg_result *result = NULL;
  char *text = NULL;
  const char *nobody[] = {"nobody"};
  const sg_run_options of_nobody = {.accounts = nobody, .n_accounts = 1}, tiled = {.tile_scenarios = 16 + self->number};
  const sg_device_options no_lanes = {.lanes = 3};
  EXPECT(sg_device_open(self->device, &no_lanes, &device, error) == SG_USAGE && device == NULL);
  EXPECT(sg_device_open(self->device, NULL, &device, error) == SG_OK);
  EXPECT(sg_book_load("/nowhere", &absent, error) == SG_IO && absent == NULL);
  EXPECT(sg_model_load("occ-cpm", (const char *const[]){"no=1"}, 1, &unknown, error) == SG_USAGE || unknown == NULL);
  EXPECT(sg_model_load("occ-cpm", NULL, 0, &own_model, error) == SG_OK);
  EXPECT(sg_book_load(SOURCE_DIR "/examples/book", &own_book, error) == SG_OK);
  for (int round = 0; round < N_ROUNDS; round++) {
    bool own = (round + self->number) % 2;
    const sg_book *book = own ? own_book : self->book;
    const sg_model *model = own ? own_model : self->model;
    EXPECT(sg_run(device, book, model, &of_nobody, &result, error) == SG_USAGE && result == NULL);
    EXPECT(sg_run(device, book, model, round ? &tiled : NULL, &result, error) == SG_OK);
    EXPECT(round == 0 || strcmp(self->digest, sg_result_digest(result)) == 0);
    snprintf(self->digest, sizeof self->digest, "%s", sg_result_digest(result));
    margins_print(result, self->margins, sizeof self->margins);
    EXPECT(strstr(sg_result_summary(result), self->digest));
    sg_result_close(result);
    result = NULL;
    EXPECT(sg_price(device, book, NULL, &text, error) == SG_OK);
    snprintf(self->prices, sizeof self->prices, "%zu", strlen(text));
    sg_text_close(text);
    text = NULL;
    EXPECT(sg_explain("/nowhere", "nobody", device, &text, error) != SG_OK && text == NULL);
  }
  EXPECT(sg_error_count(error) >= 3 + 2 * N_ROUNDS);
done:
  sg_result_close(result);
  sg_text_close(text);
  sg_model_close(unknown);
  sg_model_close(own_model);
  sg_book_close(absent);
  sg_book_close(own_book);
  sg_device_close(device);
  sg_error_close(error);
  return NULL;
}

static void run_threads(const char *device) {
  sg_book *book;
  sg_model *model;
  static worker workers[N_THREADS];
  assert_int_equal(sg_book_load(SOURCE_DIR "/examples/book", &book, NULL), SG_OK);
  assert_int_equal(sg_model_load("occ-cpm", NULL, 0, &model, NULL), SG_OK);
  for (uint32_t i = 0; i < N_THREADS; i++) {
    workers[i] = (worker){.device = device, .book = book, .model = model, .number = i};
    assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
  }
  for (int i = 0; i < N_THREADS; i++) {
    assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
  }
  for (int i = 0; i < N_THREADS; i++) {
    assert_string_equal(workers[i].wrong, "");
    assert_true(strlen(workers[i].digest) == 32 && workers[i].margins[0] != 0);
    assert_string_equal(workers[i].digest, workers[0].digest);
    assert_string_equal(workers[i].margins, workers[0].margins);
    assert_string_equal(workers[i].prices, workers[0].prices);
  }
  sg_model_close(model);
  sg_book_close(book);
}

static void threads_that_share_a_book_and_a_model_give_the_same_bytes(void **state) { run_threads("reference"); }

static void so_they_do_on_an_opencl_device(void **state) {
#if defined(__SANITIZE_THREAD__)
  skip();
#else
  run_threads("auto");
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(threads_that_share_a_book_and_a_model_give_the_same_bytes),
      cmocka_unit_test(so_they_do_on_an_opencl_device),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
