/* SPDX-License-Identifier: MIT
 *
 * manifest.json: what is needed to repeat a run and to check it. Keys stand in the order of this file. Money and
 * digests are texts; seconds are numbers. The last key, `seal`, is the XXH3-128 of all bytes before its comma.
 */
#include "base/date.h"
#include "base/file.h"
#include "base/json.h"
#include "report/files.h"
#include "report/report.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Objects under construction: jansson refuses a NULL value, so one flag tells whether anything failed. */
typedef struct json_builder {
  bool failed;
} json_builder;

static void put(json_builder *build, json_t *object, const char *key, json_t *value) {
  if (json_object_set_new(object, key, value) != 0) {
    build->failed = true;
  }
}

static void put_text(json_builder *build, json_t *object, const char *key, const char *text) {
  put(build, object, key, json_string(text));
}

static void put_count(json_builder *build, json_t *object, const char *key, uint64_t count) {
  put(build, object, key, json_integer((json_int_t)count));
}

static void put_money(json_builder *build, json_t *object, const char *key, money amount) {
  char text[NUMBER_TEXT_BYTES];
  money_format(amount, text);
  put_text(build, object, key, text);
}

static void put_digest(json_builder *build, json_t *object, const char *key, const uint64_t digest[2]) {
  char text[33];
  digest_format(digest, text);
  put_text(build, object, key, text);
}

static void append(json_builder *build, json_t *array, json_t *value) {
  if (json_array_append_new(array, value) != 0) {
    build->failed = true;
  }
}

/* An absolute path, so that the run can be repeated from anywhere; `text` has PATH_MAX bytes. Where it is gone since it
 * was read, the name that was given is all there is. Leaves errno for memory_ran_out. */
static const char *absolute_path(const char *path, char *text) {
  int before = errno;
  const char *found = realpath(path, text) != NULL ? text : path;
  errno = before;
  return found;
}

static json_t *model_object(json_builder *build, const result *run) {
  char path[PATH_MAX];
  bool shipped = strncmp(run->model_path, "shipped:", strlen("shipped:")) == 0;
  json_t *object = json_object();
  put_text(build, object, "name", run->model_name);
  put_text(build, object, "version", run->model_version);
  put_text(build, object, "path", shipped ? run->model_path : absolute_path(run->model_path, path));
  put_digest(build, object, "digest", run->model_digest);
  json_t *settings = json_array();
  for (uint32_t i = 0; i < run->n_settings; i++) {
    append(build, settings, json_string(run->settings[i]));
  }
  put(build, object, "settings", settings);
  return object;
}

static json_t *files_array(json_builder *build, const input_file *files, size_t n) {
  json_t *array = json_array();
  for (size_t i = 0; i < n; i++) {
    json_t *file = json_object();
    put_text(build, file, "name", files[i].name);
    put_count(build, file, "size_bytes", files[i].size_bytes);
    put_digest(build, file, "digest", files[i].digest);
    append(build, array, file);
  }
  return array;
}

static json_t *book_object(json_builder *build, const book *of) {
  char path[PATH_MAX], as_of[24];
  date_format(of->as_of_s, as_of);
  json_t *object = json_object();
  put_text(build, object, "folder", absolute_path(of->folder, path));
  put_text(build, object, "as_of", as_of);
  put_text(build, object, "currency", of->currencies.id[of->base_currency]);
  put(build, object, "files", files_array(build, of->files, of->n_files));
  return object;
}

/* "all", or the ids of those that were asked for. */
static json_t *accounts_value(json_builder *build, const result *run) {
  if (!run->partial) {
    return json_string("all");
  }
  json_t *array = json_array();
  for (uint32_t i = 0; i < run->n_rows; i++) {
    append(build, array, json_string(run->book->accounts.id[run->rows[i].account]));
  }
  for (uint32_t i = 0; i < run->n_isolated; i++) {
    append(build, array, json_string(run->book->accounts.id[run->isolated[i].account]));
  }
  return array;
}

/* Held instruments by how they are priced. */
static json_t *methods_object(json_builder *build, const result *run) {
  json_t *object = json_object();
  for (int by = 0; by < N_PRICERS; by++) {
    if (run->n_priced[by] > 0) {
      put_count(build, object, pricer_text((pricer)by), run->n_priced[by]);
    }
  }
  return object;
}

/* Options by where their vol comes from, and the held ones that took the vol of `unimplied`. */
static json_t *vols_object(json_builder *build, const result *run) {
  json_t *object = json_object(), *fallbacks = json_array();
  put_text(build, object, "unimplied", run->unimplied);
  for (int status = 0; status < N_VOL_STATUSES; status++) {
    if (run->n_vols[status] > 0) {
      put_count(build, object, vol_status_text((vol_status)status), run->n_vols[status]);
    }
  }
  for (uint32_t i = 0; i < run->n_fallbacks; i++) {
    uint32_t c = run->fallbacks[i];
    json_t *one = json_object();
    put_text(build, one, "instrument", run->book->instruments.id[c]);
    put_text(build, one, "price is", vol_status_text(run->vol_status[c]));
    append(build, fallbacks, one);
  }
  put(build, object, "fallback", fallbacks);
  return object;
}

static json_t *device_object(json_builder *build, const result *run) {
  json_t *object = json_object();
  put_text(build, object, "platform", run->device_platform);
  put_text(build, object, "name", run->device_name);
  put_text(build, object, "driver", run->device_driver);
  put_text(build, object, "type", run->device_type);
  put_count(build, object, "lanes", run->lanes);
  put_text(build, object, "self_test", run->device_self_test);
  return object;
}

/* What the reference recomputed. */
static json_t *verified_object(json_builder *build, const result *run) {
  json_t *object = json_object();
  put_text(build, object, "fraction", run->verify);
  for (int kind = 0; kind < N_VERIFY_KINDS; kind++) {
    put_count(build, object, verify_kind_text((verify_kind)kind), run->n_verified[kind]);
  }
  return object;
}

static json_t *counts_object(json_builder *build, const result *run) {
  const book *of = run->book;
  json_t *object = json_object();
  put_count(build, object, "accounts", run->n_rows);
  put_count(build, object, "positions", of->positions.n);
  put_count(build, object, "instruments", of->instruments.n);
  put_count(build, object, "underlyings", of->underlyings.n);
  put_count(build, object, "forwards", of->forwards.n);
  put_count(build, object, "scenarios", run->n_scenarios_distinct);
  put_count(build, object, "nodes", run->n_nodes);
  put_count(build, object, "lines", run->n_lines);
  put_count(build, object, "prices", run->n_prices);
  put_count(build, object, "position_scenarios", run->n_cells);
  return object;
}

static json_t *totals_object(json_builder *build, const result *run) {
  json_t *object = json_object();
  put_money(build, object, "initial", run->total[MEASURE_INITIAL]);
  put_money(build, object, "maintenance", run->total[MEASURE_MAINTENANCE]);
  put_money(build, object, "standalone_initial", run->standalone_total[MEASURE_INITIAL]);
  put_money(build, object, "standalone_maintenance", run->standalone_total[MEASURE_MAINTENANCE]);
  char text[NUMBER_TEXT_BYTES] = "";
  double compression;
  if (compression_find(run->total[MEASURE_INITIAL], run->standalone_total[MEASURE_INITIAL], &compression)) {
    number_format(compression, text);
  }
  put_text(build, object, "compression", text);
  json_t *levels = json_array();
  for (uint32_t i = 0; i < run->n_savings; i++) {
    json_t *level = json_object();
    put_text(build, level, "level", run->savings[i].level);
    put_money(build, level, "saving", run->savings[i].saving);
    append(build, levels, level);
  }
  put(build, object, "levels", levels);
  return object;
}

static json_t *seconds_object(json_builder *build, const result *run) {
  json_t *object = json_object();
  put(build, object, "total", json_real(run->seconds));
  json_t *stages = json_array();
  for (int i = 0; i < N_STAGES; i++) {
    json_t *stage = json_object();
    put_text(build, stage, "stage", stage_name((run_stage)i));
    put(build, stage, "seconds", json_real(run->stage_seconds[i]));
    if (run->planned_seconds[i] > 0) {
      put(build, stage, "planned_seconds", json_real(run->planned_seconds[i]));
    }
    append(build, stages, stage);
  }
  put(build, object, "stages", stages);
  return object;
}

/* Puts the seal before the closing brace of `body` ("{...\n}"). */
static char *seal(const char *body) {
  size_t kept = strlen(body) - strlen("\n}");
  uint64_t digest[2];
  char digest_text[33];
  digest_bytes(body, kept, digest);
  digest_format(digest, digest_text);
  size_t size_bytes = kept + sizeof MANIFEST_SEAL + sizeof digest_text + sizeof "\"\n}\n";
  char *text = malloc(size_bytes);
  if (text != NULL) {
    memcpy(text, body, kept); /* NOLINT(bugprone-not-null-terminated-result): the next line ends it */
    snprintf(text + kept, size_bytes - kept, MANIFEST_SEAL "%s\"\n}\n", digest_text);
  }
  return text;
}

sg_status manifest_text(const result *run, const input_file *outputs, size_t n_outputs, char **text, sg_error *error) {
  json_builder build = {false};
  json_memory_watch();
  json_t *root = json_object();
  *text = NULL;
  put_text(&build, root, "shockgrid", SG_VERSION);
  put_count(&build, root, "format", MANIFEST_FORMAT);
  put(&build, root, "model", model_object(&build, run));
  put(&build, root, "book", book_object(&build, run->book));
  if (run->previous != NULL) {
    put(&build, root, "previous", book_object(&build, run->previous));
  }
  put(&build, root, "accounts", accounts_value(&build, run));
  if (vols_from_prices(run)) {
    put(&build, root, "vols", vols_object(&build, run));
  }
  put(&build, root, "methods", methods_object(&build, run));
  put(&build, root, "device", device_object(&build, run));
  put(&build, root, "verified", verified_object(&build, run));
  put(&build, root, "counts", counts_object(&build, run));
  put(&build, root, "totals", totals_object(&build, run));
  put(&build, root, "seconds", seconds_object(&build, run));
  put(&build, root, "outputs", files_array(&build, outputs, n_outputs));
  put_text(&build, root, "digest", run->digest);
  char *body = json_dumps(root, JSON_INDENT(2));
  bool without_memory = json_memory_ran_out(); /* then a value may be left out */
  json_decref(root);
  if (build.failed && !without_memory) {
    free(body);
    return error_add(error, SG_INPUT, (place){.file = MANIFEST_NAME},
                     "cannot be written: a name, path or id of this run is not UTF-8 text");
  }
  *text = body == NULL || without_memory ? NULL : seal(body);
  free(body);
  return *text == NULL ? error_out_of_memory(error) : SG_OK;
}
