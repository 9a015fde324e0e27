/* SPDX-License-Identifier: MIT
 *
 * Folders of small files: listed, compared, copied, removed.
 */
#include "inject.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct entry {
  char *path;
  uint64_t hash;
} entry;

struct tree {
  entry *entries;
  size_t n;
};

static int by_name(const FTSENT **a, const FTSENT **b) { return strcmp((*a)->fts_name, (*b)->fts_name); }

static FTS *walk_open(const char *folder) {
  char *const roots[] = {(char *)folder, NULL};
  FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
  if (walk == NULL) {
    perror(folder);
    _exit(70);
  }
  return walk;
}

/* A line of a manifest that says how long something took or how much was recomputed, which is more where a batch was
 * repeated in smaller tiles; and the seal over them. */
static bool is_timed(const char *line) {
  static const char *const keys[] = {"\"seconds\": ", "\"total\": ", "\"cells\": ", "\"nodes\": ", "\"results\": ", "\"seal\": "};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    if (strstr(line, keys[i]) != NULL) {
      return true;
    }
  }
  return false;
}

/* FNV-1a, 64 bits. */
static uint64_t hash_file(const char *path) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  FILE *stream = fopen(path, "rb");
  char *line = NULL;
  size_t capacity = 0;
  for (ssize_t n; stream != NULL && (n = getline(&line, &capacity, stream)) > 0;) {
    for (ssize_t i = 0; i < n && !is_timed(line); i++) {
      hash = (hash ^ (unsigned char)line[i]) * UINT64_C(0x100000001b3);
    }
  }
  if (stream != NULL) {
    fclose(stream);
  }
  free(line);
  return hash;
}

tree *tree_read(const char *folder) {
  tree *read = calloc(1, sizeof *read);
  FTS *walk = walk_open(folder);
  for (FTSENT *item; (item = fts_read(walk)) != NULL;) {
    if (item->fts_level > 0 && item->fts_info != FTS_DP) {
      read->entries = realloc(read->entries, (read->n + 1) * sizeof *read->entries);
      read->entries[read->n++] =
          (entry){strdup(item->fts_path + strlen(folder) + 1), item->fts_info == FTS_F ? hash_file(item->fts_path) : 0};
    }
  }
  fts_close(walk);
  return read;
}

void tree_close(tree *closed) {
  for (size_t i = 0; closed != NULL && i < closed->n; i++) {
    free(closed->entries[i].path);
  }
  if (closed != NULL) {
    free(closed->entries);
  }
  free(closed);
}

static bool is_hidden(const entry *of) { return of->path[0] == '.' || strstr(of->path, "/.") != NULL; }

/* The next visible entry from i on. */
static size_t visible(const tree *of, size_t i) {
  while (i < of->n && is_hidden(&of->entries[i])) {
    i++;
  }
  return i;
}

static bool entry_equal(const entry *a, const entry *b) { return strcmp(a->path, b->path) == 0 && a->hash == b->hash; }

bool tree_equal(const tree *a, const tree *b) {
  bool equal = a->n == b->n;
  for (size_t i = 0; equal && i < a->n; i++) {
    equal = entry_equal(&a->entries[i], &b->entries[i]);
  }
  return equal;
}

static bool visible_equal(const tree *a, const tree *b) {
  size_t i = visible(a, 0), k = visible(b, 0);
  while (i < a->n && k < b->n && entry_equal(&a->entries[i], &b->entries[k])) {
    i = visible(a, i + 1);
    k = visible(b, k + 1);
  }
  return i == a->n && k == b->n;
}

static bool holds(const tree *of, const entry *wanted) {
  for (size_t i = 0; i < of->n; i++) {
    if (entry_equal(&of->entries[i], wanted)) {
      return true;
    }
  }
  return false;
}

bool tree_between(const tree *found, const tree *before, const tree *after) {
  bool vouched = false, known = true;
  for (size_t i = visible(found, 0); i < found->n; i = visible(found, i + 1)) {
    const entry *item = &found->entries[i];
    known = known && (holds(before, item) || holds(after, item));
    vouched = vouched || strstr(item->path, "manifest.json") != NULL || strstr(item->path, "book.yaml") != NULL;
  }
  return known && (!vouched || visible_equal(found, before) || visible_equal(found, after));
}

void tree_print(const tree *found) {
  for (size_t i = 0; i < found->n; i++) {
    fprintf(stderr, "    %s %016llx\n", found->entries[i].path, (unsigned long long)found->entries[i].hash);
  }
}

void folder_remove(const char *folder) {
  if (access(folder, F_OK) != 0) {
    return;
  }
  FTS *walk = walk_open(folder);
  for (FTSENT *item; (item = fts_read(walk)) != NULL;) {
    if (item->fts_info != FTS_D) {
      remove(item->fts_path);
    }
  }
  fts_close(walk);
}

static void file_copy(const char *from, const char *to) {
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  for (int byte; in != NULL && out != NULL && (byte = getc(in)) != EOF;) {
    putc(byte, out);
  }
  if (in == NULL || out == NULL || fclose(in) != 0 || fclose(out) != 0) {
    perror(to);
    _exit(70);
  }
}

void folder_copy(const char *from, const char *to) {
  mkdir(to, 0777);
  if (*from == '\0') {
    return;
  }
  FTS *walk = walk_open(from);
  for (FTSENT *item; (item = fts_read(walk)) != NULL;) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s", to, item->fts_path + strlen(from));
    if (item->fts_info == FTS_D) {
      mkdir(path, 0777);
    } else if (item->fts_info == FTS_F) {
      file_copy(item->fts_path, path);
    }
  }
  fts_close(walk);
}
