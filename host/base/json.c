/* SPDX-License-Identifier: MIT
 *
 * See json.h.
 */
#include "base/json.h"

/* At least as many as there are values: commas in texts count too. */
static size_t count_values(const file_text *loaded) {
  size_t n = 1;
  for (size_t i = 0; i < loaded->size_bytes; i++) {
    char c = loaded->text[i];
    n += c == ',' || c == ':' || c == '[' || c == '{';
  }
  return n;
}

sg_status json_parse(const file_text *loaded, const char *path, json_t **root, sg_error *error) {
  *root = NULL;
  if (count_values(loaded) > JSON_VALUES) {
    return error_add(error, SG_INPUT, (place){.file = path}, "holds more than %d values, or commas, colons and brackets",
                     JSON_VALUES);
  }
  json_error_t bad = {.line = -1, .column = -1};
  memory_watch();
  *root = json_loadb(loaded->text, loaded->size_bytes, JSON_REJECT_DUPLICATES, &bad);
  if (memory_ran_out()) { /* also where it made a tree: jansson 2.14 may lose a character in silence, and numbers reset errno */
    json_decref(*root);
    *root = NULL;
    return error_out_of_memory(error);
  }
  if (*root != NULL) {
    return SG_OK;
  }
  place where = {path, bad.line > 0 ? (uint64_t)bad.line : 0, bad.column > 0 ? (uint64_t)bad.column : 0};
  return error_add(error, SG_INPUT, where, "is not JSON: %s", bad.text);
}
