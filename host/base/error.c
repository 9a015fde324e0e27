/* SPDX-License-Identifier: MIT
 *
 * The list of findings behind sg_error. Texts are copies. The first FINDINGS_KEPT are kept; the others are counted, and
 * one last finding says how many they are.
 */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINDINGS_KEPT = 10000 };

struct sg_error {
  size_t n_found;
  size_t n_kept;
  size_t capacity;
  sg_finding *kept;      /* [n_kept], texts owned */
  sg_status more_status; /* of the first one that was not kept */
  char more_message[64];
};

static const char out_of_memory_text[] = "out of memory";

static char *text_copy(const char *text) {
  size_t size_bytes = strlen(text) + 1;
  char *copy = malloc(size_bytes);
  if (copy != NULL) {
    memcpy(copy, text, size_bytes);
  }
  return copy;
}

static bool has_room(sg_error *error) {
  if (error->n_kept >= FINDINGS_KEPT) {
    return false;
  }
  if (error->n_kept < error->capacity) {
    return true;
  }
  size_t capacity = error->capacity == 0 ? 16 : error->capacity * 2;
  sg_finding *kept = realloc(error->kept, capacity * sizeof *kept);
  if (kept == NULL) {
    return false;
  }
  error->kept = kept;
  error->capacity = capacity;
  return true;
}

/* Takes ownership of message; NULL stands for a message that memory was too short to hold. */
static void keep(sg_error *error, sg_status status, place where, char *message) {
  error->n_found++;
  if (!has_room(error)) {
    if (error->n_found == error->n_kept + 1) {
      error->more_status = status;
    }
    snprintf(error->more_message, sizeof error->more_message, "and %zu more", error->n_found - error->n_kept);
    free(message);
    return;
  }
  error->kept[error->n_kept++] = (sg_finding){
      .status = message == NULL ? SG_DEVICE : status,
      .file = where.file == NULL ? NULL : text_copy(where.file),
      .line = where.line,
      .column = where.column,
      .message = message == NULL ? out_of_memory_text : message,
  };
}

sg_status error_add(sg_error *error, sg_status status, place where, const char *format, ...) {
  if (error != NULL) {
    va_list arguments;
    char *message = NULL;
    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0) {
      message = NULL;
    }
    va_end(arguments);
    keep(error, status, where, message);
  }
  return status;
}

sg_status error_fail(sg_error *error, sg_status status, const char *format, ...) {
  if (error != NULL) {
    va_list arguments;
    char *message = NULL;
    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0) {
      message = NULL;
    }
    va_end(arguments);
    keep(error, status, (place){0}, message);
  }
  return status;
}

void error_note_out_of_memory(sg_error *error) {
  if (error != NULL) {
    keep(error, SG_DEVICE, (place){0}, NULL);
  }
}

sg_status error_add_errno(sg_error *error, const char *path, const char *what) {
  if (errno == ENOMEM) {
    return error_out_of_memory(error);
  }
  return error_add(error, SG_IO, (place){.file = path}, "%s: %s", what, strerror(errno));
}

/* Only an allocation that fails sets ENOMEM, and nothing resets errno. */
void memory_watch(void) { errno = 0; }

bool memory_ran_out(void) { return errno == ENOMEM; }

size_t error_count(const sg_error *error) {
  return error == NULL ? 0 : error->n_found;
}

sg_error *sg_error_open(void) {
  return calloc(1, sizeof(sg_error));
}

void error_forget(sg_error *error, size_t n) {
  if (error == NULL || n >= error->n_found) {
    return;
  }
  size_t n_kept = n < error->n_kept ? n : error->n_kept;
  for (size_t i = n_kept; i < error->n_kept; i++) {
    free((char *)error->kept[i].file);
    if (error->kept[i].message != out_of_memory_text) {
      free((char *)error->kept[i].message);
    }
  }
  error->n_kept = n_kept;
  error->n_found = n;
}

void error_append(sg_error *to, sg_error *from) {
  for (size_t i = 0; to != NULL && i < from->n_kept; i++) {
    const sg_finding *found = &from->kept[i];
    bool no_memory = found->message == out_of_memory_text;
    keep(to, found->status, (place){found->file, found->line, found->column},
         no_memory ? NULL : text_copy(found->message));
  }
  if (to != NULL) {
    to->n_found += from->n_found - from->n_kept;
  }
  sg_error_clear(from);
}

void sg_error_clear(sg_error *error) { error_forget(error, 0); }

void sg_error_close(sg_error *error) {
  if (error != NULL) {
    sg_error_clear(error);
    free(error->kept);
    free(error);
  }
}

size_t sg_error_count(const sg_error *error) {
  return error == NULL ? 0 : error->n_kept + (error->n_found > error->n_kept);
}

sg_finding sg_error_get(const sg_error *error, size_t index) {
  if (error == NULL || index >= sg_error_count(error)) {
    return (sg_finding){.status = SG_OK, .message = ""};
  }
  if (index < error->n_kept) {
    return error->kept[index];
  }
  return (sg_finding){.status = error->more_status, .message = error->more_message};
}
