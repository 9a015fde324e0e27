/* SPDX-License-Identifier: MIT
 *
 * A program that is run once and measured from outside. It prints a line `stage NAME WALL_S CPU_S` for each part of its
 * work, and `digest HEX` when it has one; other lines are ignored.
 */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include "base/error.h"
#include "bench/measure.h"

enum { PROCESS_STAGES = 16, PROCESS_SKIPPED = 77 };

typedef struct process_stage {
  char name[32];
  moment seconds;
} process_stage;

typedef struct process_result {
  int exit_code;
  moment seconds;          /* from fork to wait; processor time of all its threads */
  uint64_t memory_bytes;   /* peak resident */
  uint32_t n_stages;
  process_stage stages[PROCESS_STAGES];
  char digest[33];
} process_result;

/* arguments[0] is its path, the last is NULL. SG_OK also when it fails: see exit_code. Its stderr is ours.
 *   processors   that it may use, 0: all */
sg_status process_run(const char *const *arguments, uint32_t processors, process_result *made, sg_error *error);

/* Seconds of a stage; zeroes when there is none of that name. */
moment process_stage_find(const process_result *of, const char *name);

/* A folder of our own for books and results, removed with all that is in it by _close. */
sg_status scratch_folder_open(char path[static 64], sg_error *error);
void scratch_folder_close(const char *path);

#endif
