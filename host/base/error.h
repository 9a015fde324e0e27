/* SPDX-License-Identifier: MIT
 *
 * Findings: what went wrong, and where in the user's input. One sg_error collects all of them, so
 * that every bad row of a book is reported at once. Every function here accepts error == NULL.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <shockgrid/shockgrid.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in the user's input. file NULL: no file; line or column 0: not known. Both count from 1. */
typedef struct place {
  const char *file;
  uint64_t line;
  uint64_t column;
} place;

/* Adds one finding and returns `status`, so that a failing function ends with
 * `return error_add(error, SG_INPUT, place, "...")`. */
sg_status error_add(sg_error *error, sg_status status, place where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same without a place. */
sg_status error_fail(sg_error *error, sg_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Here, so that whoever reads a caller, a static analyser too, knows that what follows is not reached without memory. */
void error_note_out_of_memory(sg_error *error);
static inline sg_status error_out_of_memory(sg_error *error) {
  error_note_out_of_memory(error);
  return SG_DEVICE;
}

/* A file that "cannot be read" or "cannot be written", and errno's reason: SG_IO, or SG_DEVICE where memory ran out. */
sg_status error_add_errno(sg_error *error, const char *path, const char *what);

/* For libraries that do not say why they failed: watch before, ask after. */
void memory_watch(void);
bool memory_ran_out(void);

/* Findings so far; a reader compares before and after to learn whether a file was clean. */
size_t error_count(const sg_error *error);

/* Drops the findings after the first n: what failed was done in another way. */
void error_forget(sg_error *error, size_t n);

/* Moves the findings of `from` behind those of `to`. */
void error_append(sg_error *to, sg_error *from);

/* The only propagation macro: for functions that own nothing at this point. */
#define TRY(call)                             \
  do {                                        \
    sg_status try_status_ = (call);           \
    if (try_status_ != SG_OK) {               \
      return try_status_;                     \
    }                                         \
  } while (0)

/* The same inside a function that owns something and has a `done:` label and a local `status`. */
#define TRY_DONE(call)                        \
  do {                                        \
    status = (call);                          \
    if (status != SG_OK) {                    \
      goto done;                              \
    }                                         \
  } while (0)

#endif
