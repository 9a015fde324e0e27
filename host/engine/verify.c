/* SPDX-License-Identifier: MIT
 *
 * What is watched, by how much, and what is said when a device is caught.
 */
#include "engine/verify.h"

#include "base/error.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

struct verifier {
  device *on, *reference;
  double fraction; /* 0: VERIFY_DRAWS of each kind */
  uint64_t key, n_drawn;
  const model *under;
  result *made;
  tile_check *tiles;
};

static sg_status read_fraction(const char *text, double *fraction, sg_error *error) {
  *fraction = 0.0;
  const char *wrong = text == NULL ? NULL : number_parse(text, strlen(text), fraction);
  if (wrong != NULL || !(*fraction >= 0.0 && *fraction <= 1.0)) {
    return error_fail(error, SG_USAGE, "\"%s\" for the share to verify is not a number from 0 to 1", text);
  }
  return SG_OK;
}

/* The generator's key: a hash of the digests of the book's files and of the model. */
static sg_status make_key(const book *of, const model *under, uint64_t *key, sg_error *error) {
  uint64_t *digests = calloc(2 * of->n_files + 2, sizeof *digests), hash[2];
  if (digests == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < of->n_files; i++) {
    memcpy(digests + 2 * i, of->files[i].digest, sizeof of->files[i].digest);
  }
  memcpy(digests + 2 * (size_t)of->n_files, under->digest, sizeof under->digest);
  digest_bytes(digests, (2 * of->n_files + 2) * sizeof *digests, hash);
  *key = hash[0];
  free(digests);
  return SG_OK;
}

sg_status verifier_open(device *on, const book *of, const model *under, const char *fraction, result *made,
                        verifier **opened, sg_error *error) {
  static const sg_device_options untested = {.skip_self_test = true};
  double share;
  *opened = NULL;
  TRY(read_fraction(fraction, &share, error));
  if ((fraction != NULL && share == 0.0) || strcmp(device_get_traits(on)->type, "reference") == 0) {
    return SG_OK;
  }
  verifier *watch = calloc(1, sizeof *watch);
  if (watch == NULL) {
    return error_out_of_memory(error);
  }
  *watch = (verifier){.on = on, .fraction = share, .under = under, .made = made};
  sg_status status = make_key(of, under, &watch->key, error);
  if (status == SG_OK) {
    status = device_open("reference", &untested, &watch->reference, error);
  }
  if (status != SG_OK) {
    verifier_close(watch);
    return status;
  }
  *opened = watch;
  return SG_OK;
}

void verifier_close(verifier *watch) {
  if (watch != NULL) {
    tile_checks_close(watch->tiles);
    device_close(watch->reference);
    free(watch);
  }
}

device *verifier_device(const verifier *watch) { return watch->on; }

device *verifier_reference(const verifier *watch) { return watch->reference; }

uint32_t verifier_scenarios(const verifier *watch) { return watch->made->n_scenarios_distinct; }

tile_check **verifier_tiles(verifier *watch) { return &watch->tiles; }

bool verifier_bounds_work(const verifier *watch) { return watch->fraction == 0.0; }

/* ---- drawing ------------------------------------------------------------------------------------- */

static uint64_t round_up_to_count(double wanted, uint64_t all) {
  uint64_t n = wanted >= (double)all ? all : (uint64_t)wanted;
  return n < all && (double)n < wanted ? n + 1 : n;
}

uint64_t verifier_count(verifier *watch, verify_kind kind, uint64_t all, double share) {
  uint64_t n = round_up_to_count(watch->fraction > 0.0 ? watch->fraction * (double)all : VERIFY_DRAWS * share, all);
  watch->made->n_verified[kind] += n;
  return n;
}

double verifier_foresee(const verifier *watch, double all) {
  double wanted = watch == NULL ? 0.0 : watch->fraction > 0.0 ? watch->fraction * all : VERIFY_DRAWS;
  return wanted < all ? wanted : all;
}

void verifier_took(verifier *watch, work which, double seconds) { watch->made->work_seconds[which] += seconds; }

void verifier_uncount(verifier *watch, verify_kind kind, uint64_t n) { watch->made->n_verified[kind] -= n; }

/* Steele, Lea and Flood (2014): splitmix64. */
static uint64_t next_random(verifier *watch) {
  uint64_t x = watch->key + ++watch->n_drawn * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

uint64_t verifier_draw(verifier *watch, uint64_t j, uint64_t n, uint64_t all) {
  return n == all ? j : (uint64_t)(((unsigned __int128)next_random(watch) * all) >> 64);
}

/* ---- refusing ------------------------------------------------------------------------------------ */

/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c): their bits are meant, 0 is not -0 */
bool verify_same(double a, double b) { return memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

/* "price -0.15 relative, vol 1.25 relative": what scenarios.csv says of a scenario; NULL: out of memory. */
static const char *describe_moves(const verifier *watch, const char *block, uint32_t scenario, arena *memory) {
  const char *text = "";
  for (size_t i = 0; text != NULL && i < watch->made->n_scenarios; i++) {
    const scenario_row *row = &watch->made->scenarios[i];
    if (row->scenario == scenario && strcmp(row->block, block) == 0) {
      text = arena_format(memory, "%s%s%s %s %s", text, *text ? ", " : "", row->factor, row->move, row->kind);
    }
  }
  return text;
}

sg_status verifier_refuse(const verifier *watch, kernel_id kernel, const char *what, const tile *of, uint32_t k,
                          double expected, double got, sg_error *error) {
  char difference[DIFFERENCE_TEXT_BYTES];
  uint32_t scenario = of->set->number[of->first_column + k];
  const char *block = of->set->block->name;
  arena *memory = arena_open();
  const char *moves = memory == NULL ? NULL : describe_moves(watch, block, scenario, memory);
  device_format_difference(expected, got, difference);
  const device_traits *traits = device_get_traits(watch->on);
  sg_status status = error_fail(
      error, SG_DEVICE,
      "%s (%s, driver %s) has given a wrong number: kernel %s, %s, scenario %u of block %s (%s): %s; nothing that it "
      "computed is used",
      traits->name, traits->platform, traits->driver, device_kernel_name(kernel), what, scenario, block,
      moves != NULL && *moves ? moves : "no move", difference);
  arena_close(memory);
  return status;
}

sg_status verify_refuse_instrument(const pricing *with, const tile *of, kernel_id kernel, uint32_t c, uint32_t k,
                                   double expected, double got, sg_error *error) {
  arena *memory = arena_open();
  const char *what = memory == NULL ? NULL : arena_format(memory, "instrument %s", with->in->book->instruments.id[c]);
  sg_status status =
      what == NULL ? error_out_of_memory(error) : verifier_refuse(with->watch, kernel, what, of, k, expected, got, error);
  arena_close(memory);
  return status;
}
