/* SPDX-License-Identifier: MIT
 *
 * Finds the kernels' files and joins them.
 */
#include "device/kernel_text.h"

#include "base/array.h"
#include "base/file.h"
#include "device/device.h"

#include <stdlib.h>
#include <string.h>

/* Written by host/embed.cmake: the files of kernels/ with their extensions. */
struct embedded_text {
  const char *name, *text;
};
extern const struct embedded_text embedded_kernels[];
extern const size_t embedded_kernels_count;

enum { KERNEL_FILE_LIMIT_BYTES = 1 << 20, EXCERPT_LINES = 3 };

typedef ARRAY(char) characters;
typedef ARRAY(const char *) names;

static sg_status append(characters *to, const char *text, size_t length, sg_error *error) {
  if (!ARRAY_RESERVE(to, to->n + length + 1)) {
    return error_out_of_memory(error);
  }
  memcpy(to->items + to->n, text, length);
  to->n += length;
  to->items[to->n] = 0;
  return SG_OK;
}

/* The text of kernels/NAME, owned by `memory`; NULL when there is no such file in the program. */
static sg_status file_get(arena *memory, const char *name, const char **text, sg_error *error) {
  *text = NULL;
  const char *folder = getenv("SHOCKGRID_KERNELS");
  if (!folder || !*folder) {
    for (size_t i = 0; i < embedded_kernels_count; i++) {
      if (strcmp(embedded_kernels[i].name, name) == 0) {
        *text = embedded_kernels[i].text;
      }
    }
    return SG_OK;
  }
  const char *path = arena_format(memory, "%s/%s", folder, name);
  if (!path) {
    return error_out_of_memory(error);
  }
  file_text loaded;
  TRY(file_load(path, KERNEL_FILE_LIMIT_BYTES, &loaded, error));
  *text = arena_text(memory, loaded.text, loaded.size_bytes);
  file_close(&loaded);
  return *text ? SG_OK : error_out_of_memory(error);
}

/* The header that a line includes with quotes, copied; NULL when it includes none. */
static const char *header_find(arena *memory, const char *line, size_t length) {
  static const char directive[] = "#include \"";
  size_t prefix = sizeof directive - 1;
  if (length <= prefix || memcmp(line, directive, prefix) != 0) {
    return NULL;
  }
  const char *end = memchr(line + prefix, '"', length - prefix);
  return end ? arena_text(memory, line + prefix, (size_t)(end - line) - prefix) : NULL;
}

static sg_status line_append(arena *memory, characters *to, unsigned line, const char *name, sg_error *error) {
  const char *directive = arena_format(memory, "#line %u \"%s\"\n", line, name);
  return directive ? append(to, directive, strlen(directive), error) : error_out_of_memory(error);
}

static bool name_seen(const names *seen, const char *name) {
  size_t i = 0;
  while (i < seen->n && strcmp(seen->items[i], name) != 0) {
    i++;
  }
  return i < seen->n;
}

/* Appends the file `name`, and in the place of its includes the files not seen yet. */
static sg_status flatten(arena *memory, const char *name, names *seen, characters *to, sg_error *error) {
  const char *text = NULL;
  TRY(file_get(memory, name, &text, error));
  if (!text) {
    return error_fail(error, SG_BUG, "kernels/%s is not built into the program", name);
  }
  if (!ARRAY_PUSH(seen, name)) {
    return error_out_of_memory(error);
  }
  TRY(line_append(memory, to, 1, name, error));
  unsigned line = 1;
  for (const char *at = text; *at; line++) {
    const char *newline = strchr(at, '\n');
    size_t length = newline ? (size_t)(newline - at) : strlen(at);
    const char *header = header_find(memory, at, length);
    if (header && !name_seen(seen, header)) {
      TRY(flatten(memory, header, seen, to, error));
      TRY(line_append(memory, to, line + 1, name, error));
    } else {
      TRY(append(to, at, header ? 0 : length, error));
      TRY(append(to, "\n", 1, error));
    }
    at += length + (newline ? 1 : 0);
  }
  return SG_OK;
}

sg_status kernel_text_make(arena *memory, const char **text, sg_error *error) {
#define PROGRAM_NAME(kernel, program) #program ".cl",
  static const char *const programs[] = {KERNELS(PROGRAM_NAME)};
#undef PROGRAM_NAME
  *text = NULL;
  sg_status status = SG_OK;
  characters joined = {0};
  names seen = {0};
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    if (!name_seen(&seen, programs[i])) {
      TRY_DONE(flatten(memory, programs[i], &seen, &joined, error));
    }
  }
  *text = arena_text(memory, joined.items, joined.n);
  status = *text ? SG_OK : error_out_of_memory(error);
done:
  ARRAY_FREE(&joined);
  ARRAY_FREE(&seen);
  return status;
}

/* The lines of `text` within EXCERPT_LINES of `wanted`, which is marked. */
static sg_status lines_format(arena *memory, const char *text, unsigned long wanted, const char **excerpt,
                              sg_error *error) {
  characters lines = {0};
  unsigned long line = 1;
  sg_status status = SG_OK;
  for (const char *at = text; *at && line <= wanted + EXCERPT_LINES; line++) {
    size_t length = strcspn(at, "\n");
    if (line + EXCERPT_LINES >= wanted) {
      const char *numbered =
          arena_format(memory, "\n%c %5lu | %.*s", line == wanted ? '>' : ' ', line, (int)length, at);
      if (!numbered) {
        status = error_out_of_memory(error);
        goto done;
      }
      TRY_DONE(append(&lines, numbered, strlen(numbered), error));
    }
    at += length + (at[length] == '\n');
  }
  *excerpt = lines.n ? arena_text(memory, lines.items, lines.n) : "";
done:
  ARRAY_FREE(&lines);
  return status;
}

sg_status kernel_text_excerpt(arena *memory, const char *log, const char **excerpt, sg_error *error) {
  *excerpt = "";
  for (size_t i = 0; i < embedded_kernels_count; i++) {
    const char *name = embedded_kernels[i].name;
    const char *found = strstr(log, name);
    char *end = NULL;
    if (!found || found[strlen(name)] != ':') {
      continue;
    }
    unsigned long line = strtoul(found + strlen(name) + 1, &end, 10);
    const char *text = NULL;
    TRY(file_get(memory, name, &text, error));
    if (line > 0 && end[0] == ':' && text) {
      return lines_format(memory, text, line, excerpt, error);
    }
  }
  return SG_OK;
}
