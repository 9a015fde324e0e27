/* SPDX-License-Identifier: MIT
 *
 * A result to a folder: all of its files or none.
 */
#include "base/clock.h"
#include "base/file.h"
#include "report/files.h"
#include "report/report.h"

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

static sg_status finish(writer *out, const char *name, input_file *written, sg_error *error) {
  *written = (input_file){.name = name};
  int failure = writer_finish(out, written->digest, &written->size_bytes);
  if (failure != 0) {
    return error_add(error, SG_IO, (place){.file = name}, "cannot be written: %s", strerror(failure));
  }
  return SG_OK;
}

/* The time of the tables is known before the manifest is written, which records it; that of the manifest after. */
static void note_seconds(const result *constant, double seconds) {
  result *run = (result *)constant;
  run->stage_seconds[STAGE_WRITE] += seconds - run->work_seconds[WORK_WRITE];
  run->work_seconds[WORK_WRITE] = seconds;
}

sg_status result_write_files(const result *run, const char *folder_path, sg_error *error) {
  double start = clock_seconds();
  sg_status status = SG_OK;
  file_folder *folder = NULL;
  char *text = NULL;
  input_file outputs[N_RESULT_TABLES], sealed;
  size_t n_outputs = 0;
  FILE *stream = NULL;
  writer *out = malloc(sizeof *out);
  if (out == NULL) {
    return error_out_of_memory(error);
  }
  TRY_DONE(file_folder_open(folder_path, owned_files, &folder, error));
  for (int t = 0; t < N_RESULT_TABLES; t++) {
    if (t == TABLE_SCENARIO_PNL && run->n_pnl == 0) {
      continue;
    }
    TRY_DONE(file_folder_add(folder, tables[t].name, &stream, error));
    writer_open(out, stream);
    tables[t].header(run, out);
    if (!write_rows(run, tables[t].count(run), tables[t].rows, out)) {
      status = error_out_of_memory(error);
      goto done;
    }
    TRY_DONE(finish(out, tables[t].name, &outputs[n_outputs], error));
    n_outputs++;
  }
  note_seconds(run, clock_seconds() - start);
  TRY_DONE(manifest_text(run, outputs, n_outputs, &text, error));
  TRY_DONE(file_folder_add(folder, MANIFEST_NAME, &stream, error));
  writer_open(out, stream);
  writer_text(out, text);
  TRY_DONE(finish(out, MANIFEST_NAME, &sealed, error));
  TRY_DONE(file_folder_commit(folder, error));
  note_seconds(run, clock_seconds() - start);
done:
  file_folder_close(folder);
  free(text);
  free(out);
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
