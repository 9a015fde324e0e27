/* SPDX-License-Identifier: MIT
 *
 * Runs a libFuzzer target over every file of a folder, without libFuzzer: a corpus as an ordinary test.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

static void replay_file(const char *path) {
  static uint8_t bytes[1 << 20];
  FILE *stream = fopen(path, "rb");
  if (!stream) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(1);
  }
  size_t size_bytes = fread(bytes, 1, sizeof bytes, stream);
  fclose(stream);
  printf("%s, %zu bytes\n", path, size_bytes);
  fflush(stdout); /* names the culprit when the target crashes */
  LLVMFuzzerTestOneInput(bytes, size_bytes);
}

int main(int n_arguments, char **arguments) {
  size_t n_files = 0;
  for (int i = 1; i < n_arguments; i++) {
    DIR *folder = opendir(arguments[i]);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
      if (entry->d_name[0] != '.') {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", arguments[i], entry->d_name);
        replay_file(path);
        n_files++;
      }
    }
    if (folder) {
      closedir(folder);
    }
  }
  printf("%zu inputs\n", n_files);
  return n_files == 0; /* an empty corpus tests nothing */
}
