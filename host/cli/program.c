/* SPDX-License-Identifier: MIT
 *
 * Handing over to a program of ours that lies beside this one, or in the folder of programs that people do not call.
 */
#include "cli/command.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* relative to the folder that this program is in */
static bool find_beside(const char *relative, const char *name, char path[static PATH_MAX]) {
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = '\0';
  char *slash = strrchr(path, '/');
  size_t room = slash == NULL ? 0 : (size_t)(PATH_MAX - (slash - path));
  return slash != NULL && (size_t)snprintf(slash, room, "%s/%s", relative, name) < room && access(path, X_OK) == 0;
}

sg_status program_run(const char *name, char **argv) {
  static const char *const places[] = {"", "/" PROGRAMS_FOLDER};
  char path[PATH_MAX];
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    if (find_beside(places[i], name, path)) {
      execv(path, argv);
      fprintf(stderr, "shockgrid: %s: %s\n", path, strerror(errno));
      return SG_IO;
    }
  }
  fprintf(stderr, "shockgrid: the program %s is not installed\n", name);
  return SG_IO;
}
