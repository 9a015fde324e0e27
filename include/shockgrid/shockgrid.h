/* SPDX-License-Identifier: MIT
 *
 * shockgrid: portfolio margin at clearing-house scale on any OpenCL device.
 *
 * The simple call, from files to files:
 *
 *     sg_error *error = sg_error_open();
 *     sg_device *device; sg_book *book; sg_model *model; sg_result *result;
 *     if (sg_device_open("auto", NULL, &device, error) == SG_OK &&
 *         sg_book_load("examples/book", &book, error) == SG_OK &&
 *         sg_model_load("occ-cpm", NULL, 0, &model, error) == SG_OK &&
 *         sg_run(device, book, model, NULL, &result, error) == SG_OK) {
 *       sg_result_write(result, "out", error);
 *     }
 *
 * Ownership: what a function hands out through a pointer to a pointer is yours; release it with the
 * matching _close, which accepts NULL. On failure the pointer is set to NULL. Texts returned by an
 * accessor live as long as the object they were asked from.
 *
 * Errors: a fallible function returns a status and adds what it found to the caller's sg_error, which
 * may be NULL. Bad input is reported whole: every bad row is a finding of its own.
 *
 * Threads: distinct objects may be used from distinct threads. A book, model or result may be read
 * from several threads; a device and an error belong to one thread at a time. The library never
 * prints, never exits and leaves the locale and the floating-point mode as it found them.
 */
#ifndef SHOCKGRID_H
#define SHOCKGRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SG_API __attribute__((visibility("default")))
#else
#define SG_API
#endif

#define SG_VERSION "0.1.0"

/* ---- errors -------------------------------------------------------------------------------- */

/* The program's exit codes too. 1 is kept for `--fail-on-call`. */
typedef enum sg_status {
  SG_OK = 0,
  SG_USAGE = 2,   /* a wrong argument */
  SG_INPUT = 3,   /* a book, model or data file that cannot be margined */
  SG_DEVICE = 4,  /* no usable OpenCL device, one that gave a wrong number, or no memory */
  SG_IO = 5,      /* a file that cannot be read or written */
  SG_BUG = 70     /* an invariant broke; please report it */
} sg_status;

typedef struct sg_finding {
  sg_status status;
  const char *file;    /* NULL: not about a file */
  uint64_t line;       /* from 1; 0: not known */
  uint64_t column;     /* in bytes, from 1; 0: not known */
  const char *message; /* names the value and what was expected */
} sg_finding;

typedef struct sg_error sg_error;

SG_API sg_error *sg_error_open(void);
SG_API void sg_error_close(sg_error *error);
SG_API void sg_error_clear(sg_error *error);
SG_API size_t sg_error_count(const sg_error *error);
SG_API sg_finding sg_error_get(const sg_error *error, size_t index); /* in the order they were found */

/* ---- devices ------------------------------------------------------------------------------- */

typedef struct sg_device sg_device;

typedef struct sg_device_options {
  uint32_t lanes;          /* 1, 2, 4, 8, 16; 0: chosen for the device */
  bool skip_self_test;     /* for benchmarks only; a result says so */
  const char *cache_folder; /* NULL: $XDG_CACHE_HOME/shockgrid, else ~/.cache/shockgrid */
} sg_device_options;

/* choice: "auto" (a GPU that passes its self-test, else a CPU), "cpu", "gpu", an index as
 * sg_device_list counts, a part of a device's name, or "reference" (the C build of the kernels).
 * NULL: $SHOCKGRID_DEVICE, else "auto". Runs the self-test: a device with one wrong bit is refused. */
SG_API sg_status sg_device_open(const char *choice, const sg_device_options *options,
                                sg_device **device, sg_error *error);
SG_API void sg_device_close(sg_device *device);
SG_API const char *sg_device_name(const sg_device *device);

typedef struct sg_device_facts {
  const char *platform, *name, *driver;
  const char *type;              /* "cpu", "gpu", "accelerator", "reference" */
  uint32_t compute_units;
  uint64_t memory_bytes, largest_allocation_bytes;
  bool double_precision;
  uint32_t lanes;                /* that would be used */
  const char *self_test;         /* "passed", "not run", or what failed */
} sg_device_facts;

typedef struct sg_device_list sg_device_list;

/* All devices of all platforms, the reference last. No platform at all is not an error here. */
SG_API sg_status sg_device_list_open(bool self_test, sg_device_list **list, sg_error *error);
SG_API void sg_device_list_close(sg_device_list *list);
SG_API size_t sg_device_list_count(const sg_device_list *list);
SG_API sg_device_facts sg_device_list_get(const sg_device_list *list, size_t index);

/* ---- books --------------------------------------------------------------------------------- */

typedef struct sg_book sg_book;

/* A folder of files as `shockgrid help formats` prints them, decompressed in all at most a quarter of this machine's memory,
 * and never beyond 8 GiB. */
SG_API sg_status sg_book_load(const char *folder, sg_book **book, sg_error *error);

/* The same with another bound on the bytes of the files; less than 64 MiB counts as that, more than 8 GiB as 8 GiB,
 * 0 as none given. */
SG_API sg_status sg_book_load_within(const char *folder, uint64_t memory_bytes, sg_book **book, sg_error *error);

typedef struct sg_named_text {
  const char *name; /* as in a folder: "positions.csv", "scenarios/NAME.csv" */
  const char *bytes;
  size_t size_bytes;
} sg_named_text;

/* Like sg_book_load, but of texts in memory, which may be gone afterwards. Findings name the text instead of a path. A run
 * of such a book cannot be repeated from its results: sg_explain, sg_report and sg_diff need a folder. */
SG_API sg_status sg_book_from_texts(const sg_named_text *files, size_t n_files, sg_book **book, sg_error *error);
SG_API void sg_book_close(sg_book *book);

/* What was read: counts by table, forwards by source, files with digests. Plain text; owned by the book. */
SG_API const char *sg_book_describe(const sg_book *book);

/* The tables of `shockgrid help formats`, generated from the list that the reader uses and from the shipped models. */
SG_API const char *sg_book_formats(void);

/* ---- models -------------------------------------------------------------------------------- */

typedef struct sg_model sg_model;

/* name_or_path: a shipped model's name, or a path to a .yaml file.
 *   settings     "NAME=VALUE" texts that override parameters, in order; may be NULL when n is 0 */
SG_API sg_status sg_model_load(const char *name_or_path, const char *const *settings, size_t n_settings,
                               sg_model **model, sg_error *error);
SG_API void sg_model_close(sg_model *model);

SG_API size_t sg_model_shipped_count(void);
SG_API const char *sg_model_shipped_name(size_t index);
SG_API const char *sg_model_shipped_text(size_t index);
SG_API const char *sg_model_title(const sg_model *model);

/* Everything a risk analyst asks of a model: its texts, inputs, parameters with value, unit, source and
 * date, scenarios by block, levels, amounts, measures. Plain text; owned by the model. */
SG_API const char *sg_model_describe(const sg_model *model);

/* ---- data quality --------------------------------------------------------------------------- */

typedef struct sg_quality sg_quality;

/* What a risk team would question in a book that reads well, by severity. The model, or NULL, says what a run would do
 * about each finding; `previous`, or NULL, is a book of before, no later than this one (SG_INPUT), and with at least one of
 * its underlyings. Findings are no error: the status is SG_OK. */
SG_API sg_status sg_check(const sg_book *book, const sg_model *model, const sg_book *previous, sg_quality **quality,
                          sg_error *error);
SG_API void sg_quality_close(sg_quality *quality);

typedef struct sg_quality_finding {
  const char *kind;     /* as `shockgrid help quality` lists them */
  const char *severity; /* "error", "warning", "note" */
  const char *action;   /* "report", "substitute", "isolate", "refuse" */
  const char *file;
  uint64_t line;        /* 0: not known */
  const char *id;       /* of the instrument, underlying, currency or asset */
  double value, low, high; /* found, and expected from low to high; NaN, -infinity or infinity where there is none */
  const char *message;
} sg_quality_finding;

SG_API size_t sg_quality_count(const sg_quality *quality); /* the gravest first, then by kind, file and line */
SG_API sg_quality_finding sg_quality_get(const sg_quality *quality, size_t index);

/* The text of `shockgrid help quality`: every kind with its severity, meaning and limit. */
SG_API const char *sg_quality_kinds(void);

/* ---- running ------------------------------------------------------------------------------- */

typedef struct sg_result sg_result;

typedef struct sg_progress {
  const char *stage;   /* "price", "net", ... */
  double done;         /* 0..1 over the whole run */
} sg_progress;

typedef struct sg_run_options {
  const char *const *accounts; /* margin only these; NULL: all */
  size_t n_accounts;
  const char *const *pnl_accounts; /* keep the scenario vectors of these */
  size_t n_pnl_accounts;
  bool all_pnl_accounts;
  const char *unimplied;       /* held options whose price gives no vol: NULL or "refuse", or a vol to use ("0.8" is 80 %;
                                  price_model black), and the result names who used it */
  const char *verify;          /* the share of cells, nodes and results that the reference recomputes and compares while the
                                  device runs, "0" to "1"; NULL: a sample that finds 1 wrong in 10,000 of each with more
                                  than 99.9 %. A wrong bit ends the run with SG_DEVICE */
  const sg_book *previous;     /* a book of before, for the checks that compare the two: marks that stood still, and prices,
                                  vols and rates that moved too far; NULL: none. The result borrows it */
  uint64_t memory_bytes;       /* bound on tiles; 0: chosen */
  uint32_t tile_scenarios;     /* 0: chosen; the bytes of a result never depend on tiles */
  uint32_t tile_portfolios;    /* 0: chosen */
  bool plans;                  /* the summary and the manifest set what sg_plan foresees beside each stage's time */
  bool plans_files;            /* the plan counts the writing of result files */
  const char *folder;          /* where sg_result_write will write to: lines.csv is on its way there, unseen, while the run
                                  goes on; NULL: nothing is written before sg_result_write */
  void (*on_progress)(const sg_progress *progress, void *context); /* from any thread of the run, never two at a time */
  void *context;
} sg_run_options;

/* Margins a book under a model. options may be NULL. The result borrows book and model: close it first. */
SG_API sg_status sg_run(sg_device *device, const sg_book *book, const sg_model *model,
                        const sg_run_options *options, sg_result **result, sg_error *error);
SG_API void sg_result_close(sg_result *result);

/* What sg_run would do, as a page: tiles, batches, work and bytes by stage, and the seconds that each stage should take. The
 * rates are those of this machine now, which takes a second or two to measure.
 *   text   owned by the caller; release with sg_text_close */
SG_API sg_status sg_plan(sg_device *device, const sg_book *book, const sg_model *model, const sg_run_options *options,
                         char **text, sg_error *error);

/* Writes margins.csv, lines.csv, scenarios.csv, quality.csv, manifest.json (and scenario_pnl.csv) into `folder`: all or
 * nothing. */
SG_API sg_status sg_result_write(const sg_result *result, const char *folder, sg_error *error);

/* The summary that `shockgrid run` prints: counts, totals, compression by level, time by stage. Owned by the result. */
SG_API const char *sg_result_summary(const sg_result *result);

/* 32 hex digits over the canonical rows of the result: equal on every device. */
SG_API const char *sg_result_digest(const sg_result *result);

typedef struct sg_margin {
  const char *account, *currency;
  const char *initial, *maintenance;                       /* exact decimals */
  const char *standalone_initial, *standalone_maintenance;
  const char *worst_block;                                 /* "" when no scenario amount binds */
  uint32_t worst_scenario;
  /* Exact decimals; "" where the model has no equity section. */
  const char *equity, *haircut_initial, *haircut_maintenance, *excess_initial, *excess_maintenance, *call;
  const char *status;                                      /* ok, warning, call, liquidate, not computed */
} sg_margin;

SG_API size_t sg_result_count(const sg_result *result); /* accounts, sorted by id bytes */
/* How many accounts are to call or to liquidate; *computed says whether the model has an equity section. */
SG_API size_t sg_result_calls(const sg_result *result, bool *computed);

SG_API sg_margin sg_result_get(const sg_result *result, size_t index);

/* Accounts that the model's quality section leaves out, and those that add them up: they are not among the margins. */
typedef struct sg_isolated {
  const char *account, *reason;
} sg_isolated;
SG_API size_t sg_result_isolated_count(const sg_result *result);
SG_API sg_isolated sg_result_isolated_get(const sg_result *result, size_t index);

/* ---- explaining ---------------------------------------------------------------------------- */

/* Why an account's requirement is what it is, as a tree that sums to the last digit. Repeats the run recorded
 * in `folder` for this account; refuses when the book or the model has changed since.
 *   text   owned by the caller; release with sg_text_close */
SG_API sg_status sg_explain(const char *folder, const char *account, sg_device *device, char **text,
                            sg_error *error);
SG_API void sg_text_close(char *text);

/* Repeats the run recorded in `folder` and writes folder/report.html: one page to look at, without scripts, that needs
 * nothing else. Refuses as sg_explain does, and when the digest of the repeated run differs. */
SG_API sg_status sg_report(const char *folder, sg_device *device, sg_error *error);

/* Why margins changed from the run recorded in folders[0] to the one in folders[1], by cause: market, positions, model,
 * instruments listed or gone. Repeats both runs and what lies between them; the causes of an account sum to its change to
 * the last digit. Refuses as sg_report does. *text is "" where nothing changed; release it with sg_text_close. */
typedef enum sg_diff_form { SG_DIFF_TEXT, SG_DIFF_JSON } sg_diff_form;
SG_API sg_status sg_diff(const char *const folders[2], sg_device *device, sg_diff_form form, char **text, sg_error *error);

/* ---- pricing ------------------------------------------------------------------------------- */

typedef struct sg_price_options {
  const sg_model *model; /* its discounting and, for `pnl`, its scenarios; NULL: the book's discounting */
  const char *out;       /* a file for the values; NULL: they are handed out as a text */
  const char *pnl;       /* a file for every instrument in every scenario; needs `model`; NULL: none */
  uint64_t memory_bytes; /* bound on the matrix of scenarios; 0: chosen */
} sg_price_options;

/* What every instrument of a book is worth, as CSV sorted by instrument: value of one unit in the currency paid, vol,
 * delta per unit of its own forward, vega per unit of vol, status, method. options may be NULL. Nothing is written on failure.
 *   text   owned by the caller; release with sg_text_close. NULL where options->out is given; may be NULL then */
SG_API sg_status sg_price(sg_device *device, const sg_book *book, const sg_price_options *options, char **text,
                          sg_error *error);

/* ---- importing ----------------------------------------------------------------------------- */

typedef struct sg_import_options {
  uint32_t n_accounts;   /* > 0: make accounts from the open interest */
  uint64_t seed;
  /* What a chain of American options does not tell; not for "deribit". NULL: none, and 0. */
  const char *dividends; /* a file like dividends.csv of a book */
  const char *rate;      /* annual, continuously compounded, at every expiry: "0.0025" */
  bool imply;            /* leave the source's vols out, so that a run implies them from the prices; not for "deribit" */
} sg_import_options;

/* Public data to a book folder. format: "deribit", "yahoo", "cboe", "lean". What was found, derived and left out is
 * listed in *report (sg_text_close). */
SG_API sg_status sg_import(const char *format, const char *const *paths, size_t n_paths,
                           const sg_import_options *options, const char *folder, char **report,
                           sg_error *error);

/* ---- generating ---------------------------------------------------------------------------- */

typedef struct sg_generate_options {
  const char *tier;        /* "T0" .. "T4": sizes for those below that are 0; may be NULL */
  uint32_t n_accounts, mean_positions, n_instruments, n_underlyings;
  uint64_t seed;           /* the same options make the same bytes everywhere */
} sg_generate_options;

/* A made-up book in the shape of real ones, into a folder that holds no book yet. *report (sg_text_close) sets its
 * shape beside that of real books. */
SG_API sg_status sg_generate(const sg_generate_options *options, const char *folder, char **report, sg_error *error);

#ifdef __cplusplus
}
#endif

#endif
