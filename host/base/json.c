/* SPDX-License-Identifier: MIT
 *
 * See json.h.
 */
#include "base/json.h"

#include <pthread.h>
#include <stdlib.h>

static _Thread_local bool ran_out;

/* malloc, as jansson has it, with a note where it gives nothing. */
static void *noting_malloc(size_t size_bytes) {
  void *memory = malloc(size_bytes);
  ran_out = ran_out || memory == NULL;
  return memory;
}

/* For good: whoever else uses jansson gets the same memory. A program that gave it functions of its own keeps them. */
static void note_allocations(void) {
  json_malloc_t allocate;
  json_free_t release;
  json_get_alloc_funcs(&allocate, &release);
  if (allocate == malloc && release == free) {
    json_set_alloc_funcs(noting_malloc, free);
  }
}

__attribute__((destructor)) static void leave_allocations(void) {
  json_malloc_t allocate;
  json_free_t release;
  json_get_alloc_funcs(&allocate, &release);
  if (allocate == noting_malloc) {
    json_set_alloc_funcs(malloc, free);
  }
}

void json_memory_watch(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, note_allocations);
  ran_out = false;
  memory_watch();
}

bool json_memory_ran_out(void) { return ran_out || memory_ran_out(); }

/* At least as many as there are values: commas in texts count too. */
static size_t count_values(const file_text *loaded) {
  size_t n = 1;
  for (size_t i = 0; i < loaded->size_bytes; i++) {
    char c = loaded->text[i];
    n += c == ',' || c == ':' || c == '[' || c == '{';
  }
  return n;
}

sg_status json_parse(const file_text *loaded, const char *path, json_t **root, sg_error *error) {
  *root = NULL;
  if (count_values(loaded) > JSON_VALUES) {
    return error_add(error, SG_INPUT, (place){.file = path}, "holds more than %d values, or commas, colons and brackets",
                     JSON_VALUES);
  }
  json_error_t bad = {.line = -1, .column = -1};
  json_memory_watch();
  *root = json_loadb(loaded->text, loaded->size_bytes, JSON_REJECT_DUPLICATES, &bad);
  if (json_memory_ran_out()) { /* also where it made a tree */
    json_decref(*root);
    *root = NULL;
    return error_out_of_memory(error);
  }
  if (*root != NULL) {
    return SG_OK;
  }
  place where = {path, bad.line > 0 ? (uint64_t)bad.line : 0, bad.column > 0 ? (uint64_t)bad.column : 0};
  return error_add(error, SG_INPUT, where, "is not JSON: %s", bad.text);
}
