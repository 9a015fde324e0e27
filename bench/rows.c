/* SPDX-License-Identifier: MIT
 *
 * Rows in CSV and JSON from one list of fields.
 */
#include "bench/rows.h"

#include "bench_commit.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* X(name, kind, value). A text that is NULL and a number that is NAN are left out. */
#define ROW_FIELDS(X)                                        \
  X(format, NUMBER, ROW_FORMAT)                              \
  X(version, TEXT, SG_VERSION)                               \
  X(commit, TEXT, BENCH_COMMIT)                              \
  X(date, TEXT, from->date)                                  \
  X(machine, TEXT, from->machine)                            \
  X(cores, NUMBER, from->cores)                              \
  X(device, TEXT, from->origin.device)                       \
  X(driver, TEXT, from->origin.driver)                       \
  X(lanes, NUMBER, from->origin.lanes)                       \
  X(what, TEXT, row->what)                                   \
  X(name, TEXT, row->name)                                   \
  X(axis, TEXT, row->axis)                                   \
  X(at, NUMBER, row->axis == NULL ? NAN : row->at)           \
  X(data, TEXT, row->data)                                   \
  X(repeats, NUMBER, row->seconds.n)                         \
  X(best_s, NUMBER, row->seconds.best_s)                     \
  X(median_s, NUMBER, row->seconds.median_s)                 \
  X(worst_s, NUMBER, row->seconds.worst_s)                   \
  X(spread, NUMBER, row->seconds.spread)                     \
  X(cpu_best_s, NUMBER, row->seconds.cpu_best_s)             \
  X(cpu_median_s, NUMBER, row->seconds.cpu_median_s)         \
  X(work, NUMBER, row->work)                                 \
  X(unit, TEXT, row->unit)                                   \
  X(median_per_s, NUMBER, row->work / row->seconds.median_s) \
  X(best_per_s, NUMBER, row->work / row->seconds.best_s)     \
  X(limit, TEXT, row->limit)                                 \
  X(limit_per_s, NUMBER, row->limit == NULL ? NAN : row->limit_per_s) \
  X(share_of_limit, NUMBER, row->limit == NULL ? NAN : row->share)    \
  X(memory_bytes, NUMBER, row->memory_bytes == 0 ? NAN : (double)row->memory_bytes) \
  X(digest, TEXT, row->digest)

#define ROW_NAME(name, kind, value) #name ","
static const char header_with_comma[] = ROW_FIELDS(ROW_NAME);

/* ---- provenance -------------------------------------------------------------------------------- */

static void find_machine(char *name, size_t size) {
  FILE *stream = fopen("/proc/cpuinfo", "r");
  char line[256];
  snprintf(name, size, "unknown");
  while (stream != NULL && fgets(line, sizeof line, stream) != NULL) {
    const char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) == 0 && colon != NULL) {
      snprintf(name, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
      break;
    }
  }
  if (stream != NULL) {
    fclose(stream);
  }
}

/* ---- files ------------------------------------------------------------------------------------- */

static sg_status fail_io(const char *path, sg_error *error) {
  return error_fail(error, SG_IO, "%s: %s", path, strerror(errno));
}

/* The header goes into a new file, and has to stand in an old one. */
static sg_status open_csv(const char *path, FILE **opened, sg_error *error) {
  char first[sizeof header_with_comma + 1] = "", header[sizeof header_with_comma];
  snprintf(header, sizeof header, "%.*s", (int)strlen(header_with_comma) - 1, header_with_comma);
  *opened = fopen(path, "a+");
  if (*opened == NULL) {
    return fail_io(path, error);
  }
  rewind(*opened);
  if (fgets(first, sizeof first, *opened) == NULL) {
    fprintf(*opened, "%s\n", header);
    return SG_OK;
  }
  first[strcspn(first, "\n")] = '\0';
  if (strcmp(first, header) != 0) {
    return error_fail(error, SG_IO, "%s has other columns than rows of format %d: nothing was appended", path, ROW_FORMAT);
  }
  fseek(*opened, 0, SEEK_END);
  return SG_OK;
}

sg_status rows_open(const char *csv_path, const char *json_path, row_origin origin, row_files *opened, sg_error *error) {
  time_t now = time(NULL);
  *opened = (row_files){.origin = origin, .csv_path = csv_path, .json_path = json_path};
  opened->cores = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
  find_machine(opened->machine, sizeof opened->machine);
  strftime(opened->date, sizeof opened->date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &(struct tm){0}));
  if (csv_path != NULL) {
    TRY(open_csv(csv_path, &opened->csv, error));
  }
  if (json_path != NULL && (opened->json = fopen(json_path, "a")) == NULL) {
    return fail_io(json_path, error);
  }
  return SG_OK;
}

static void put_csv_TEXT(FILE *to, const char *text) {
  bool quoted = text != NULL && strpbrk(text, ",\"\n") != NULL;
  fputs(quoted ? "\"" : "", to);
  for (const char *at = text; at != NULL && *at != '\0'; at++) {
    fputs(*at == '"' ? "\"" : "", to);
    putc(*at, to);
  }
  fputs(quoted ? "\"" : "", to);
}

static void put_csv_NUMBER(FILE *to, double number) {
  if (!isnan(number)) {
    fprintf(to, "%.6g", number);
  }
}

static void put_json_TEXT(json_t *to, const char *name, const char *text) {
  if (text != NULL) {
    json_object_set_new(to, name, json_string(text));
  }
}

static void put_json_NUMBER(json_t *to, const char *name, double number) {
  if (!isnan(number)) {
    json_object_set_new(to, name, json_real(number));
  }
}

static sg_status add_json(const row_files *from, const bench_row *row, sg_error *error) {
  json_t *object = json_object();
  if (object == NULL) {
    return error_out_of_memory(error);
  }
#define ROW_JSON(name, kind, value) put_json_##kind(object, #name, value);
  ROW_FIELDS(ROW_JSON)
  bool written = json_dumpf(object, from->json, JSON_COMPACT | JSON_REAL_PRECISION(6)) == 0 && putc('\n', from->json) != EOF;
  json_decref(object);
  return written ? SG_OK : fail_io(from->json_path, error);
}

sg_status rows_add(row_files *to, const bench_row *row, sg_error *error) {
  const row_files *from = to;
  if (to->csv != NULL) {
    const char *separator = "";
#define ROW_CSV(name, kind, value) \
  fputs(separator, to->csv);       \
  put_csv_##kind(to->csv, value);  \
  separator = ",";
    ROW_FIELDS(ROW_CSV)
    putc('\n', to->csv);
    if (ferror(to->csv)) {
      return fail_io(to->csv_path, error);
    }
  }
  return to->json == NULL ? SG_OK : add_json(to, row, error);
}

sg_status rows_close(row_files *opened, sg_error *error) {
  sg_status status = SG_OK;
  if (opened->csv != NULL && fclose(opened->csv) != 0) {
    status = fail_io(opened->csv_path, error);
  }
  if (opened->json != NULL && fclose(opened->json) != 0) {
    status = fail_io(opened->json_path, error);
  }
  opened->csv = opened->json = NULL;
  return status;
}
