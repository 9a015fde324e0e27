/* SPDX-License-Identifier: MIT
 *
 * manifest.json back in: sealed, complete, and of the files that stand beside it.
 */
#include "base/json.h"
#include "report/files.h"
#include "report/report.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { MANIFEST_LIMIT_BYTES = 1 << 30, DIGEST_DIGITS = 32 };
static const char seal_tail[] = "\"\n}\n";

const char *manifest_find_seal(const char *text, size_t size_bytes) {
  size_t length = strlen(MANIFEST_SEAL) + DIGEST_DIGITS + strlen(seal_tail);
  if (size_bytes < length) {
    return NULL;
  }
  const char *found = text + size_bytes - length;
  bool whole = strncmp(found, MANIFEST_SEAL, strlen(MANIFEST_SEAL)) == 0 &&
               strcmp(found + length - strlen(seal_tail), seal_tail) == 0;
  return whole ? found : NULL;
}

/* What is being read, and the first thing that was wrong with it. */
typedef struct manifest_reader {
  manifest *read;
  const char *wrong_key;
} manifest_reader;

static void wrong(manifest_reader *reader, const char *key) {
  if (reader->wrong_key == NULL) {
    reader->wrong_key = key;
  }
}

static const char *get_text(manifest_reader *reader, const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  char *copy = json_is_string(value)
                   ? arena_text(reader->read->memory, json_string_value(value), json_string_length(value))
                   : NULL;
  if (copy == NULL) {
    wrong(reader, key);
    return "";
  }
  return copy;
}

static uint64_t get_count(manifest_reader *reader, const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  if (!json_is_integer(value) || json_integer_value(value) < 0) {
    wrong(reader, key);
    return 0;
  }
  return (uint64_t)json_integer_value(value);
}

/* 32 hex digits, high word first. */
static bool parse_digest(const char *text, uint64_t digest[2]) {
  digest[0] = digest[1] = 0;
  if (strlen(text) != DIGEST_DIGITS || strspn(text, "0123456789abcdef") != DIGEST_DIGITS) {
    return false;
  }
  for (int i = 0; i < DIGEST_DIGITS; i++) {
    uint64_t digit = (uint64_t)(text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10);
    digest[i < 16 ? 1 : 0] = digest[i < 16 ? 1 : 0] << 4 | digit;
  }
  return true;
}

static void get_digest(manifest_reader *reader, const json_t *object, const char *key, uint64_t digest[2]) {
  if (!parse_digest(get_text(reader, object, key), digest)) {
    wrong(reader, key);
  }
}

static const char **get_texts(manifest_reader *reader, const json_t *array, const char *key, uint32_t *n) {
  *n = (uint32_t)json_array_size(array);
  const char **texts = ARENA_ARRAY(reader->read->memory, const char *, *n);
  if (!json_is_array(array) || texts == NULL) {
    wrong(reader, key);
    *n = 0;
    return NULL;
  }
  for (uint32_t i = 0; i < *n; i++) {
    const char *text = json_string_value(json_array_get(array, i));
    texts[i] = text == NULL ? NULL : arena_text(reader->read->memory, text, strlen(text));
    if (texts[i] == NULL) {
      wrong(reader, key);
      texts[i] = "";
    }
  }
  return texts;
}

static input_file *get_files(manifest_reader *reader, const json_t *array, const char *key, uint32_t *n) {
  *n = (uint32_t)json_array_size(array);
  input_file *files = ARENA_ARRAY(reader->read->memory, input_file, *n);
  if (!json_is_array(array) || files == NULL) {
    wrong(reader, key);
    *n = 0;
    return NULL;
  }
  for (uint32_t i = 0; i < *n; i++) {
    const json_t *file = json_array_get(array, i);
    files[i].name = get_text(reader, file, "name");
    files[i].size_bytes = get_count(reader, file, "size_bytes");
    get_digest(reader, file, "digest", files[i].digest);
  }
  return files;
}

static void get_book(manifest_reader *reader, const json_t *object, recorded_book *made) {
  made->folder = get_text(reader, object, "folder");
  made->files = get_files(reader, json_object_get(object, "files"), "files", &made->n_files);
}

static input_file *get_all(manifest_reader *reader, const json_t *root, uint32_t *n_outputs) {
  manifest *read = reader->read;
  const json_t *model = json_object_get(root, "model"), *of = json_object_get(root, "book");
  const json_t *on = json_object_get(root, "device"), *asked = json_object_get(root, "accounts");
  const json_t *before = json_object_get(root, "previous");
  uint64_t digest[2];
  read->version = get_text(reader, root, "shockgrid");
  read->model_name = get_text(reader, model, "name");
  read->model_version = get_text(reader, model, "version");
  read->model_path = get_text(reader, model, "path");
  get_digest(reader, model, "digest", read->model_digest);
  read->settings = get_texts(reader, json_object_get(model, "settings"), "settings", &read->n_settings);
  get_book(reader, of, &read->book);
  if (before != NULL) {
    get_book(reader, before, &read->previous);
  }
  read->partial = json_is_array(asked);
  if (read->partial) {
    read->accounts = get_texts(reader, asked, "accounts", &read->n_accounts);
  } else if (strcmp(get_text(reader, root, "accounts"), "all") != 0) {
    wrong(reader, "accounts");
  }
  const json_t *vols = json_object_get(root, "vols");
  read->unimplied = vols == NULL ? "refuse" : get_text(reader, vols, "unimplied");
  read->device_platform = get_text(reader, on, "platform");
  read->device_name = get_text(reader, on, "name");
  read->device_driver = get_text(reader, on, "driver");
  read->device_type = get_text(reader, on, "type");
  read->device_self_test = get_text(reader, on, "self_test");
  read->lanes = (uint32_t)get_count(reader, on, "lanes");
  get_digest(reader, root, "digest", digest);
  digest_format(digest, read->digest);
  return get_files(reader, json_object_get(root, "outputs"), "outputs", n_outputs);
}

static sg_status check_seal(const char *path, const file_text *loaded, sg_error *error) {
  place where = {.file = path};
  const char *found = manifest_find_seal(loaded->text, loaded->size_bytes);
  if (found == NULL) {
    return error_add(error, SG_INPUT, where, "has no seal at its end: it was cut short, or no run wrote it");
  }
  uint64_t digest[2];
  char expected[33];
  digest_bytes(loaded->text, (size_t)(found - loaded->text), digest);
  digest_format(digest, expected);
  if (strncmp(found + strlen(MANIFEST_SEAL), expected, DIGEST_DIGITS) != 0) {
    return error_add(error, SG_INPUT, where, "was edited after the run: its seal does not fit its text");
  }
  return SG_OK;
}

/* Are the result files those that the run wrote? */
static sg_status check_outputs(const char *folder, const input_file *outputs, uint32_t n, manifest *read,
                               sg_error *error) {
  sg_status status = SG_OK;
  for (uint32_t i = 0; i < n; i++) {
    const char *path = arena_format(read->memory, "%s/%s", folder, outputs[i].name);
    file_text loaded = {0};
    if (path == NULL) {
      return error_out_of_memory(error);
    }
    if (access(path, F_OK) != 0 && errno == ENOENT) {
      status = error_add(error, SG_INPUT, (place){.file = path}, "is missing: the run wrote it");
      continue;
    }
    TRY(file_load(path, SIZE_MAX, &loaded, error));
    if (loaded.size_bytes != outputs[i].size_bytes || memcmp(loaded.digest, outputs[i].digest, 16) != 0) {
      status = error_add(error, SG_INPUT, (place){.file = path}, "was changed after the run");
    }
    file_close(&loaded);
  }
  return status;
}

static sg_status parse(const file_text *loaded, const char *folder, manifest *read, sg_error *error) {
  sg_status status = SG_OK;
  place where = {.file = read->path};
  manifest_reader reader = {.read = read};
  uint32_t n_outputs;
  json_t *root;
  TRY(json_parse(loaded, read->path, &root, error));
  uint64_t format = get_count(&reader, root, "format");
  if (reader.wrong_key == NULL && format != MANIFEST_FORMAT) {
    status = error_add(error, SG_INPUT, where, "has format %llu; this version of shockgrid reads format %d",
                       (unsigned long long)format, MANIFEST_FORMAT);
    goto done;
  }
  const input_file *outputs = get_all(&reader, root, &n_outputs);
  if (reader.wrong_key != NULL && memory_ran_out()) {
    status = error_out_of_memory(error);
    goto done;
  }
  if (reader.wrong_key != NULL) {
    status = error_add(error, SG_INPUT, where, "has no usable value for \"%s\"", reader.wrong_key);
    goto done;
  }
  status = check_outputs(folder, outputs, n_outputs, read, error);
done:
  json_decref(root);
  return status;
}

sg_status manifest_read(const char *folder, manifest *read, sg_error *error) {
  sg_status status = SG_OK;
  file_text loaded = {0};
  *read = (manifest){.memory = arena_open()};
  read->path = read->memory == NULL ? NULL : arena_format(read->memory, "%s/" MANIFEST_NAME, folder);
  if (read->path == NULL) {
    return error_out_of_memory(error);
  }
  if (access(read->path, F_OK) != 0) {
    return error_add(error, errno == ENOENT || errno == ENOTDIR ? SG_INPUT : SG_IO, (place){.file = folder},
                     "is not a folder of results: it has no " MANIFEST_NAME);
  }
  TRY_DONE(file_load(read->path, MANIFEST_LIMIT_BYTES, &loaded, error));
  TRY_DONE(check_seal(read->path, &loaded, error));
  TRY_DONE(parse(&loaded, folder, read, error));
done:
  file_close(&loaded);
  return status;
}

void manifest_close(manifest *read) {
  arena_close(read->memory);
  *read = (manifest){0};
}

sg_status manifest_check_book(const recorded_book *recorded, const char *name, const book *loaded, sg_error *error) {
  sg_status status = SG_OK;
  uint32_t i = 0, j = 0;
  while (i < recorded->n_files || j < loaded->n_files) {
    const input_file *then = i < recorded->n_files ? &recorded->files[i] : NULL;
    const input_file *now = j < loaded->n_files ? &loaded->files[j] : NULL;
    assert(then != NULL || now != NULL);
    int order = then == NULL ? 1 : now == NULL ? -1 : strcmp(then->name, now->name);
    place where = {.file = order <= 0 ? then->name : now->name};
    if (order < 0) {
      status = error_add(error, SG_INPUT, where, "was part of the %s of the run and is gone", name);
    } else if (order > 0) {
      status = error_add(error, SG_INPUT, where, "is new in the %s since the run", name);
    } else if (memcmp(then->digest, now->digest, sizeof then->digest) != 0) {
      status = error_add(error, SG_INPUT, where, "has changed in the %s since the run", name);
    }
    i += order <= 0;
    j += order >= 0;
  }
  return status;
}
