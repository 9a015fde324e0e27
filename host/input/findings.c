/* SPDX-License-Identifier: MIT
 *
 * Findings: collected in a private error, sorted once.
 */
#include "input/findings.h"

#include "base/utf8.h"
#include "input/csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool findings_open(findings *list) {
  *list = (findings){.collected = sg_error_open()};
  return list->collected != NULL;
}

void findings_close(findings *list) {
  sg_error_close(list->collected);
  ARRAY_FREE(&list->files);
}

void findings_add_file(findings *list, const char *path) {
  if (path == NULL || !ARRAY_PUSH(&list->files, (findings_file){path, 0})) {
    list->out_of_memory = true;
  }
}

/* The place of a path among the files; their number for one that was never added, so that it comes last. */
static size_t find_file(const findings *list, const char *path) {
  size_t i = 0;
  while (i < list->files.n && (path == NULL || strcmp(list->files.items[i].path, path) != 0)) {
    i++;
  }
  return i;
}

void findings_add(findings *list, place where, const char *format, ...) {
  size_t file = find_file(list, where.file);
  if (file < list->files.n && ++list->files.items[file].n > FINDINGS_PER_FILE) {
    return;
  }
  char message[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  error_add(list->collected, SG_INPUT, where, "%s", message);
}

void findings_append(findings *list, const findings *part, uint64_t lines_before) {
  for (size_t i = 0; i < sg_error_count(part->collected); i++) {
    sg_finding finding = sg_error_get(part->collected, i);
    findings_add(list, (place){finding.file, finding.line + lines_before, finding.column}, "%s", finding.message);
  }
  for (size_t i = 0; i < part->files.n; i++) {
    const findings_file *counted = &part->files.items[i];
    size_t file = find_file(list, counted->path);
    if (file < list->files.n && counted->n > FINDINGS_PER_FILE) {
      list->files.items[file].n += counted->n - FINDINGS_PER_FILE;
    }
  }
  list->out_of_memory |= part->out_of_memory;
}

typedef struct ordered {
  size_t file, index;
  sg_finding finding;
} ordered;

static int compare(const void *left, const void *right) {
  const ordered *a = left, *b = right;
#define COMPARE(member)                                                                                                \
  if (a->member != b->member) {                                                                                        \
    return a->member < b->member ? -1 : 1;                                                                             \
  }
  COMPARE(file)
  COMPARE(finding.line)
  COMPARE(finding.column)
  COMPARE(index)
#undef COMPARE
  return 0;
}

static int gravity(sg_status status) { return status == SG_DEVICE ? 3 : status == SG_IO ? 2 : status == SG_OK ? 0 : 1; }

sg_status findings_report(findings *list, sg_error *error) {
  for (size_t i = 0; i < list->files.n; i++) {
    const findings_file *file = &list->files.items[i];
    if (file->n > FINDINGS_PER_FILE) {
      error_add(list->collected, SG_INPUT, (place){file->path, UINT64_MAX, 0},
                "has %" PRIu64 " more findings, which are not listed", file->n - FINDINGS_PER_FILE);
    }
  }
  size_t n = sg_error_count(list->collected);
  ordered *sorted = malloc((n + 1) * sizeof *sorted);
  if (sorted == NULL || list->out_of_memory) {
    free(sorted);
    return error_out_of_memory(error);
  }
  sg_status status = SG_OK;
  for (size_t i = 0; i < n; i++) {
    sg_finding finding = sg_error_get(list->collected, i);
    sorted[i] = (ordered){find_file(list, finding.file), i, finding};
    status = gravity(finding.status) > gravity(status) ? finding.status : status;
  }
  qsort(sorted, n, sizeof *sorted, compare);
  for (size_t i = 0; i < n; i++) {
    sg_finding finding = sorted[i].finding;
    uint64_t line = finding.line == UINT64_MAX ? 0 : finding.line;
    error_add(error, finding.status, (place){finding.file, line, finding.column}, "%s", finding.message);
  }
  free(sorted);
  return status;
}

shown show(const char *text, size_t length) {
  enum { LIMIT_BYTES = 80 };
  shown result;
  size_t used = 0, at = 0;
  while (at < length && at < LIMIT_BYTES) {
    size_t character = utf8_length(text + at, length - at);
    unsigned char byte = (unsigned char)text[at];
    bool is_c1 = byte == 0xC2 && (unsigned char)text[at + 1] < 0xA0;
    if (character == 0 || byte < 0x20 || byte == 0x7F || is_c1) {
      for (size_t end = at + (is_c1 && character == 2 ? 2 : 1); at < end; at++) {
        used += (size_t)snprintf(result.text + used, sizeof result.text - used, "\\x%02x", (unsigned char)text[at]);
      }
    } else {
      memcpy(result.text + used, text + at, character);
      used += character;
      at += character;
    }
  }
  strcpy(result.text + used, at < length ? "..." : "");
  return result;
}

shown show_text(const char *text) { return show(text, strlen(text)); }
