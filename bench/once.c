/* SPDX-License-Identifier: MIT
 *
 * bench once: one run from files to files by the public interface, its stages printed for process_run to read. `run`,
 * `scaling` and `peers` call it, each time as a process of its own.
 */
#include "bench/bench.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Processor time is known of what is timed here, not of the stages that a run reports. */
static void print_stage(const char *name, moment seconds) { printf("stage %s %.9f %.9f\n", name, seconds.wall_s, seconds.cpu_s); }

static moment lap(const char *name, moment since) {
  print_stage(name, moment_since(since));
  return moment_now();
}

/* The manifest has the stages of the run itself; reading and writing are timed here. */
static sg_status print_stages(const char *folder, sg_error *error) {
  char path[128];
  json_error_t found;
  snprintf(path, sizeof path, "%.100s/manifest.json", folder);
  json_t *manifest = json_load_file(path, 0, &found);
  json_t *stages = json_object_get(json_object_get(manifest, "seconds"), "stages"), *stage;
  size_t i;
  if (!json_is_array(stages)) {
    json_decref(manifest);
    return error_fail(error, SG_BUG, "%s has no seconds.stages", path);
  }
  json_array_foreach(stages, i, stage) {
    const char *name = json_string_value(json_object_get(stage, "stage"));
    if (name != NULL && strcmp(name, "read") != 0 && strcmp(name, "write") != 0) {
      print_stage(name, (moment){json_number_value(json_object_get(stage, "seconds")), NAN});
    }
  }
  json_decref(manifest);
  return SG_OK;
}

sg_status bench_once(const bench_values *given, sg_error *error) {
  char folder[64] = "";
  sg_device *on = NULL;
  sg_book *book = NULL;
  sg_model *model = NULL;
  sg_result *result = NULL;
  const char *out = given->out;
  const sg_device_options device_options = {.lanes = given->lanes};
  const sg_run_options options = {.memory_bytes = given->memory_bytes, .verify = given->verify};
  moment since = moment_now();
  sg_status status = sg_device_open(given->device, &device_options, &on, error);
  TRY_DONE(status);
  since = lap("device", since);
  TRY_DONE(sg_model_load(given->model, NULL, 0, &model, error));
  TRY_DONE(sg_book_load(given->book, &book, error));
  since = lap("read", since);
  TRY_DONE(sg_run(on, book, model, &options, &result, error));
  since = lap("margin", since);
  if (out == NULL) {
    TRY_DONE(scratch_folder_open(folder, error));
    out = folder;
  }
  TRY_DONE(sg_result_write(result, out, error));
  lap("write", since);
  printf("digest %s\n", sg_result_digest(result));
  TRY_DONE(print_stages(out, error));
done:
  scratch_folder_close(folder);
  sg_result_close(result);
  sg_device_close(on);
  sg_model_close(model);
  sg_book_close(book);
  return status;
}
