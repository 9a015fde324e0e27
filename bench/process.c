/* SPDX-License-Identifier: MIT
 *
 * fork, exec, and what wait4 says afterwards.
 */
#include "bench/process.h"

#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void read_line(const char *line, process_result *made) {
  process_stage stage = {0};
  if (sscanf(line, "stage %31s %lf %lf", stage.name, &stage.seconds.wall_s, &stage.seconds.cpu_s) == 3 &&
      made->n_stages < PROCESS_STAGES) {
    made->stages[made->n_stages++] = stage;
  }
  sscanf(line, "digest %32s", made->digest);
}

static double seconds_of(struct timeval time) { return (double)time.tv_sec + 1e-6 * (double)time.tv_usec; }

static void become(const char *const *arguments, uint32_t processors, int output) {
  cpu_set_t allowed, chosen;
  CPU_ZERO(&chosen);
  if (processors > 0 && sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    for (int i = 0; i < CPU_SETSIZE && (uint32_t)CPU_COUNT(&chosen) < processors; i++) {
      if (CPU_ISSET(i, &allowed)) {
        CPU_SET(i, &chosen);
      }
    }
    sched_setaffinity(0, sizeof chosen, &chosen);
  }
  dup2(output, STDOUT_FILENO);
  execv(arguments[0], (char *const *)arguments);
  fprintf(stderr, "shockgrid-bench: %s: %s\n", arguments[0], strerror(errno));
  _exit(127);
}

sg_status process_run(const char *const *arguments, uint32_t processors, process_result *made, sg_error *error) {
  int ends[2], state = 0;
  struct rusage usage = {0};
  moment start = moment_now();
  *made = (process_result){0};
  if (pipe(ends) != 0) {
    return error_fail(error, SG_IO, "no pipe for %s: %s", arguments[0], strerror(errno));
  }
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    become(arguments, processors, ends[1]);
  }
  close(ends[1]);
  FILE *output = fdopen(ends[0], "r");
  char line[256];
  while (child > 0 && output != NULL && fgets(line, sizeof line, output) != NULL) {
    read_line(line, made);
  }
  if (output != NULL) {
    fclose(output);
  }
  if (child < 0 || wait4(child, &state, 0, &usage) != child) {
    return error_fail(error, SG_IO, "%s cannot be run: %s", arguments[0], strerror(errno));
  }
  made->seconds.wall_s = moment_since(start).wall_s;
  made->seconds.cpu_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  made->memory_bytes = (uint64_t)usage.ru_maxrss * 1024;
  made->exit_code = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  return SG_OK;
}

moment process_stage_find(const process_result *of, const char *name) {
  for (uint32_t i = 0; i < of->n_stages; i++) {
    if (strcmp(of->stages[i].name, name) == 0) {
      return of->stages[i].seconds;
    }
  }
  return (moment){0};
}

sg_status scratch_folder_open(char path[static 64], sg_error *error) {
  const char *parent = getenv("TMPDIR");
  snprintf(path, 64, "%.32s/shockgrid-bench-XXXXXX", parent == NULL || strlen(parent) > 32 ? "/tmp" : parent);
  return mkdtemp(path) != NULL ? SG_OK : error_fail(error, SG_IO, "%s: %s", path, strerror(errno));
}

static int remove_entry(const char *path, const struct stat *facts, int type, struct FTW *at) {
  (void)facts;
  (void)type;
  (void)at;
  return remove(path);
}

void scratch_folder_close(const char *path) {
  if (path[0] != '\0') {
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  }
}
