/* SPDX-License-Identifier: MIT
 *
 * The list of formats and the choice among them.
 */
#include "input/import.h"

#include <string.h>

#define IMPORT_ROW(name, function, help) {name, function, help},
const import_format import_formats[] = {IMPORT_FORMATS(IMPORT_ROW)};
#undef IMPORT_ROW
const size_t n_import_formats = sizeof import_formats / sizeof *import_formats;

#define IMPORT_NAME(name, function, help) " " name
static const char names[] = IMPORT_FORMATS(IMPORT_NAME);
#undef IMPORT_NAME

sg_status import_files(const char *format, const char *const *paths, size_t n_paths, const sg_import_options *options,
                       const char *folder, char **report, sg_error *error) {
  *report = NULL;
  for (size_t i = 0; i < n_import_formats; i++) {
    if (strcmp(import_formats[i].name, format) == 0) {
      return import_formats[i].function(paths, n_paths, options, folder, report, error);
    }
  }
  return error_fail(error, SG_USAGE, "format \"%s\" is not known; expected one of:%s", format, names);
}
