/* SPDX-License-Identifier: MIT
 *
 * Public data formats -> a book folder. Another format is one file and one line in IMPORT_FORMATS.
 */
#ifndef INPUT_IMPORT_H
#define INPUT_IMPORT_H

#include "base/error.h"

/*
 * Reads the files at `paths` and writes a book into `folder`, complete or not at all.
 *
 *   options   NULL: no accounts
 *   report    what was found, derived and left out; malloc'd, the caller's; NULL on failure
 */
typedef sg_status import_function(const char *const *paths, size_t n_paths, const sg_import_options *options,
                                  const char *folder, char **report, sg_error *error);

/* X("name", function, "what the files are") */
#define IMPORT_FORMATS(X)                                                                            \
  X("deribit", import_deribit,                                                                       \
    "responses of Deribit's public call get_book_summary_by_currency, kind option and future, any number of coins")  \
  X("yahoo", import_yahoo, "Yahoo option-chain JSON, one file per underlying")                       \
  X("cboe", import_cboe, "quote tables of Cboe's delayed-quotes page, one file per underlying")      \
  X("lean", import_lean, "QuantConnect's daily option files, one per share: aapl/20140616.csv")

#define IMPORT_FUNCTION(name, function, help) import_function function;
IMPORT_FORMATS(IMPORT_FUNCTION)
#undef IMPORT_FUNCTION

typedef struct import_format {
  const char *name;
  import_function *function;
  const char *help;
} import_format;

extern const import_format import_formats[];
extern const size_t n_import_formats;

enum { IMPORT_FILE_BYTES = 1 << 28 }; /* the most of one file, decompressed */

/* By the name of the format; an unknown one is SG_USAGE. */
sg_status import_files(const char *format, const char *const *paths, size_t n_paths, const sg_import_options *options,
                       const char *folder, char **report, sg_error *error);

#endif
