/* SPDX-License-Identifier: MIT
 *
 * The file side of the program cache, without a device: what it gives back, and that no fault is more than a miss.
 */
#include "device/program_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct fixture {
  arena *memory;
  char folder[64];
  const char *path;
  uint64_t key[2];
} fixture;

static const char program[] = "not really\0 machine code";

static int setup(void **state) {
  fixture *made = calloc(1, sizeof *made);
  strcpy(made->folder, "/tmp/shockgrid-cache-XXXXXX");
  assert_non_null(mkdtemp(made->folder));
  strcat(made->folder, "/a/b"); /* does not exist yet */
  made->memory = arena_open();
  const char *texts[] = {"source", "options", "driver 1"};
  assert_true(program_cache_key(texts, 3, made->key));
  made->path = program_cache_path(made->memory, made->folder, made->key);
  *state = made;
  return 0;
}

static int teardown(void **state) {
  fixture *used = *state;
  char command[128];
  used->folder[strlen(used->folder) - 4] = 0;
  snprintf(command, sizeof command, "rm -rf '%s'", used->folder);
  int code = system(command);
  arena_close(used->memory);
  free(used);
  return code;
}

static void save(const fixture *in) {
  assert_true(program_cache_save(in->folder, in->key, program, sizeof program));
}

static const void *load(const fixture *in, size_t *size_bytes) {
  return program_cache_load(in->memory, in->folder, in->key, size_bytes);
}

static void a_program_comes_back_as_it_was_stored(void **state) {
  size_t size_bytes = 0;
  save(*state);
  const void *bytes = load(*state, &size_bytes);
  assert_non_null(bytes);
  assert_int_equal(size_bytes, sizeof program);
  assert_memory_equal(bytes, program, sizeof program);
}

static void an_empty_cache_misses(void **state) {
  size_t size_bytes = 1;
  assert_null(load(*state, &size_bytes));
  assert_int_equal(size_bytes, 0);
}

static void another_key_misses(void **state) {
  fixture *in = *state;
  size_t size_bytes;
  save(in);
  in->key[1] ^= 1;
  assert_null(load(in, &size_bytes));
}

/* Another program's file under this name: the key inside decides. */
static void a_file_of_another_key_misses(void **state) {
  fixture *in = *state;
  size_t size_bytes;
  save(in);
  in->key[0] ^= 1;
  assert_int_equal(rename(in->path, program_cache_path(in->memory, in->folder, in->key)), 0);
  assert_null(load(in, &size_bytes));
}

static void one_flipped_bit_anywhere_misses(void **state) {
  fixture *in = *state;
  size_t size_bytes;
  save(in);
  struct stat facts;
  assert_int_equal(stat(in->path, &facts), 0);
  for (long at = 0; at < facts.st_size; at++) {
    for (int pass = 0; pass < 2; pass++) {
      FILE *stream = fopen(in->path, "r+b");
      fseek(stream, at, SEEK_SET);
      int byte = fgetc(stream);
      fseek(stream, at, SEEK_SET);
      fputc(byte ^ 0x10, stream);
      fclose(stream);
      if (pass == 0) {
        assert_null(load(in, &size_bytes));
      }
    }
  }
  assert_non_null(load(in, &size_bytes));
}

static void a_file_cut_short_anywhere_misses(void **state) {
  fixture *in = *state;
  size_t size_bytes;
  struct stat facts;
  save(in);
  assert_int_equal(stat(in->path, &facts), 0);
  for (long size = facts.st_size - 1; size >= 0; size--) {
    assert_int_equal(truncate(in->path, size), 0);
    assert_null(load(in, &size_bytes));
  }
}

static void a_file_with_a_byte_too_many_misses(void **state) {
  fixture *in = *state;
  size_t size_bytes;
  save(in);
  FILE *stream = fopen(in->path, "ab");
  fputc(0, stream);
  fclose(stream);
  assert_null(load(in, &size_bytes));
}

static void a_folder_that_cannot_be_made_is_no_cache(void **state) {
  fixture *in = *state;
  size_t size_bytes;
  const char *blocked = arena_format(in->memory, "%s/below", in->path);
  save(in); /* in->path is a file: nothing can stand below it */
  assert_false(program_cache_save(blocked, in->key, program, sizeof program));
  assert_null(program_cache_load(in->memory, blocked, in->key, &size_bytes));
}

static void saving_leaves_no_temporary_file(void **state) {
  fixture *in = *state;
  char command[160];
  save(in);
  save(in);
  snprintf(command, sizeof command, "test \"$(ls '%s' | wc -l)\" = 1", in->folder);
  assert_int_equal(system(command), 0);
}

static void the_key_depends_on_every_text_and_on_where_they_part(void **state) {
  const char *base[] = {"source", "options"}, *other[] = {"source", "option5"}, *parted[] = {"sourceo", "ptions"};
  uint64_t key[2], same[2], changed[2], moved[2];
  assert_true(program_cache_key(base, 2, key) && program_cache_key(base, 2, same));
  assert_true(program_cache_key(other, 2, changed) && program_cache_key(parted, 2, moved));
  assert_memory_equal(key, same, sizeof key);
  assert_memory_not_equal(key, changed, sizeof key);
  assert_memory_not_equal(key, moved, sizeof key);
}

static void the_folder_is_the_wanted_one_else_xdg_else_home(void **state) {
  arena *memory = ((fixture *)*state)->memory;
  setenv("XDG_CACHE_HOME", "/xdg", 1);
  setenv("HOME", "/home/user", 1);
  assert_string_equal(program_cache_folder(memory, "/mine"), "/mine");
  assert_string_equal(program_cache_folder(memory, NULL), "/xdg/shockgrid");
  setenv("XDG_CACHE_HOME", "relative", 1);
  assert_string_equal(program_cache_folder(memory, NULL), "/home/user/.cache/shockgrid");
  unsetenv("XDG_CACHE_HOME");
  unsetenv("HOME");
  assert_null(program_cache_folder(memory, NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_program_comes_back_as_it_was_stored),
      TEST(an_empty_cache_misses),
      TEST(another_key_misses),
      TEST(a_file_of_another_key_misses),
      TEST(one_flipped_bit_anywhere_misses),
      TEST(a_file_cut_short_anywhere_misses),
      TEST(a_file_with_a_byte_too_many_misses),
      TEST(a_folder_that_cannot_be_made_is_no_cache),
      TEST(saving_leaves_no_temporary_file),
      TEST(the_key_depends_on_every_text_and_on_where_they_part),
      TEST(the_folder_is_the_wanted_one_else_xdg_else_home),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
