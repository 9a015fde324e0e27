/* SPDX-License-Identifier: MIT
 *
 * Progress for whoever waits at a terminal; silent in pipes and for runs of less than a second.
 */
#include "cli/command.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double first_after_s = 1.0, again_after_s = 0.1;

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

progress_line progress_open(bool quiet) {
  return (progress_line){.start_s = now_s(), .terminal = !quiet && isatty(STDERR_FILENO) == 1};
}

void progress_draw(const sg_progress *now, void *line) {
  progress_line *on = line;
  double time_s = on->terminal ? now_s() : 0;
  if (!on->terminal || time_s - on->start_s < first_after_s || time_s - on->drawn_s < again_after_s) {
    return;
  }
  fprintf(stderr, "\r\033[K%3d %%  %s, %d s", (int)(100 * now->done), now->stage, (int)(time_s - on->start_s));
  fflush(stderr);
  on->drawn_s = time_s;
  on->visible = true;
}

void progress_close(progress_line *line) {
  if (line->visible) {
    fputs("\r\033[K", stderr);
    fflush(stderr);
    line->visible = false;
  }
}
