/* SPDX-License-Identifier: MIT
 *
 * A result to a folder: all of its files or none. Its lines, the longest table, may be on their way while the run goes on.
 */
#include "base/clock.h"
#include "base/file.h"
#include "report/files.h"
#include "report/report.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
  const char *name;
  void (*header)(const result *run, writer *out);
  size_t (*count)(const result *run);
  rows_function *rows;
} tables[] = {
#define WRITE_TABLE(id, text, stem) [id] = {text, stem##_header, stem##_count, stem##_rows},
    RESULT_TABLES(WRITE_TABLE)
#undef WRITE_TABLE
};

static const char *const owned_files[] = {
#define WRITE_NAME(id, text, stem) text,
    RESULT_TABLES(WRITE_NAME)
#undef WRITE_NAME
    MANIFEST_NAME, NULL};

enum { AHEAD_LINES = 1 << 16 }; /* fewer take less than a thread is worth */

struct result_files {
  const result *run;
  char *path;
  file_folder *folder;
  writer *out;
  bool is_written[N_RESULT_TABLES];
  input_file written[N_RESULT_TABLES];
  sg_error *error; /* of the thread */
  sg_status status;
  pthread_t thread;
  bool has_thread;
  pthread_mutex_t lock;
  pthread_cond_t turned;
  enum { LINES_COME, LINES_KNOWN, ALL_KNOWN, GIVEN_UP } state;
  size_t n_lines; /* known */
};

static sg_status end_file(writer *out, const char *name, input_file *written, sg_error *error) {
  *written = (input_file){.name = name};
  int failure = writer_finish(out, written->digest, &written->size_bytes);
  if (failure != 0) {
    return error_add(error, SG_IO, (place){.file = name}, "cannot be written: %s", strerror(failure));
  }
  return SG_OK;
}

static sg_status begin_table(result_files *to, int t, sg_error *error) {
  FILE *stream = NULL;
  TRY(file_folder_add(to->folder, tables[t].name, &stream, error));
  writer_open(to->out, stream);
  tables[t].header(to->run, to->out);
  return SG_OK;
}

/* From a row on. */
static sg_status end_table(result_files *to, int t, size_t first, sg_error *error) {
  if (!write_rows(to->run, first, tables[t].count(to->run), tables[t].rows, to->out)) {
    return error_out_of_memory(error);
  }
  TRY(end_file(to->out, tables[t].name, &to->written[t], error));
  to->is_written[t] = true;
  return SG_OK;
}

static sg_status write_tables(result_files *to, sg_error *error) {
  for (int t = 0; t < N_RESULT_TABLES; t++) {
    if (!to->is_written[t] && (t != TABLE_SCENARIO_PNL || to->run->n_pnl > 0)) {
      TRY(begin_table(to, t, error));
      TRY(end_table(to, t, 0, error));
    }
  }
  return SG_OK;
}

/* ---- while the run goes on --------------------------------------------------------------------- */

/* Waits until more than `written` lines are known, or all, or the state is another.
 *   *known   lines that are known */
static int wait_for_lines(result_files *to, size_t written, size_t *known) {
  pthread_mutex_lock(&to->lock);
  while (to->state == LINES_COME && to->n_lines == written) {
    pthread_cond_wait(&to->turned, &to->lock);
  }
  int state = to->state;
  *known = to->n_lines;
  pthread_mutex_unlock(&to->lock);
  return state;
}

static sg_status write_lines(result_files *to) {
  size_t written = 0, known;
  int state;
  TRY(begin_table(to, TABLE_LINES, to->error));
  while ((state = wait_for_lines(to, written, &known)) == LINES_COME) {
    if (!write_rows(to->run, written, known, lines_rows_known, to->out)) {
      return error_out_of_memory(to->error);
    }
    written = known;
  }
  return state == GIVEN_UP ? SG_OK : end_table(to, TABLE_LINES, written, to->error);
}

static void *write_ahead(void *opened) {
  result_files *to = opened;
  to->status = write_lines(to);
  pthread_mutex_lock(&to->lock);
  while (to->state == LINES_KNOWN) {
    pthread_cond_wait(&to->turned, &to->lock);
  }
  bool goes_on = to->state == ALL_KNOWN && to->status == SG_OK;
  pthread_mutex_unlock(&to->lock);
  to->status = goes_on ? write_tables(to, to->error) : to->status;
  return NULL;
}

static void turn(result_files *to, int state, size_t n_lines) {
  pthread_mutex_lock(&to->lock);
  to->state = state;
  to->n_lines = n_lines > to->n_lines ? n_lines : to->n_lines;
  pthread_cond_signal(&to->turned);
  pthread_mutex_unlock(&to->lock);
}

static void join(result_files *to) {
  if (to->has_thread) {
    pthread_join(to->thread, NULL);
    to->has_thread = false;
  }
}

static result_files *files_open(const result *run, const char *path) {
  result_files *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return NULL;
  }
  *made = (result_files){.run = run, .path = strdup(path), .out = malloc(sizeof *made->out), .error = sg_error_open()};
  pthread_mutex_init(&made->lock, NULL);
  pthread_cond_init(&made->turned, NULL);
  bool enough = made->path != NULL && made->out != NULL && made->error != NULL;
  made->status = enough ? file_folder_open(path, owned_files, &made->folder, made->error) : SG_DEVICE;
  if (!enough) {
    result_files_close(made);
    return NULL;
  }
  return made;
}

result_files *result_files_begin(const result *run, const char *path, size_t n_lines) {
  result_files *made = n_lines < AHEAD_LINES ? NULL : files_open(run, path);
  if (made != NULL && made->status == SG_OK) {
    made->has_thread = pthread_create(&made->thread, NULL, write_ahead, made) == 0;
  }
  return made;
}

void result_files_go_on(result_files *begun, size_t n_lines, files_known known) {
  turn(begun, known == FILES_ALL ? ALL_KNOWN : known == FILES_LINES ? LINES_KNOWN : LINES_COME, n_lines);
}

void result_files_close(result_files *closed) {
  if (closed == NULL) {
    return;
  }
  turn(closed, GIVEN_UP, 0);
  join(closed);
  file_folder_close(closed->folder);
  pthread_cond_destroy(&closed->turned);
  pthread_mutex_destroy(&closed->lock);
  sg_error_close(closed->error);
  free(closed->path);
  free(closed->out);
  free(closed);
}

bool result_files_are_of(const result_files *begun, const char *path) { return strcmp(begun->path, path) == 0; }

void files_ahead_lines(void *ahead, const result *run, size_t n, bool all) {
  files_ahead *of = ahead;
  if (of->begun == NULL) {
    of->begun = result_files_begin(run, of->folder, n);
  }
  if (of->begun != NULL) {
    result_files_go_on(of->begun, n, all ? FILES_LINES : FILES_SOME_LINES);
  }
}

void files_ahead_drop(void *ahead) {
  files_ahead *of = ahead;
  result_files_close(of->begun);
  of->begun = NULL;
}

result_files *files_ahead_all(files_ahead *of, const result *run) {
  if (of->begun != NULL) {
    result_files_go_on(of->begun, run->n_lines, FILES_ALL);
  }
  return of->begun;
}

/* ---- the end ----------------------------------------------------------------------------------- */

/* The time of the tables is known before the manifest is written, which records it; that of the manifest after. */
static void note_seconds(const result *constant, double seconds) {
  result *run = (result *)constant;
  run->stage_seconds[STAGE_WRITE] += seconds - run->work_seconds[WORK_WRITE];
  run->work_seconds[WORK_WRITE] = seconds;
}

static sg_status write_manifest(result_files *to, sg_error *error) {
  char *text = NULL;
  FILE *stream = NULL;
  input_file outputs[N_RESULT_TABLES], sealed;
  size_t n_outputs = 0;
  sg_status status = SG_OK;
  for (int t = 0; t < N_RESULT_TABLES; t++) {
    if (to->is_written[t]) {
      outputs[n_outputs++] = to->written[t];
    }
  }
  TRY_DONE(manifest_text(to->run, outputs, n_outputs, &text, error));
  TRY_DONE(file_folder_add(to->folder, MANIFEST_NAME, &stream, error));
  writer_open(to->out, stream);
  writer_text(to->out, text);
  TRY_DONE(end_file(to->out, MANIFEST_NAME, &sealed, error));
done:
  free(text);
  return status;
}

sg_status result_files_finish(result_files *begun, sg_error *error) {
  double start = clock_seconds();
  turn(begun, ALL_KNOWN, 0);
  join(begun);
  if (begun->status != SG_OK) {
    error_append(error, begun->error);
    return begun->status;
  }
  TRY(write_tables(begun, error)); /* what no thread has written */
  note_seconds(begun->run, clock_seconds() - start);
  TRY(write_manifest(begun, error));
  TRY(file_folder_commit(begun->folder, error));
  note_seconds(begun->run, clock_seconds() - start);
  return SG_OK;
}

sg_status result_write_files(const result *run, const char *path, sg_error *error) {
  result_files *made = files_open(run, path);
  sg_status status = made == NULL ? error_out_of_memory(error) : result_files_finish(made, error);
  result_files_close(made);
  return status;
}

void result_remove_files(const char *folder) {
  for (const char *const *name = owned_files; *name != NULL; name++) {
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, *name) >= 0) {
      unlink(path);
      free(path);
    }
  }
}
