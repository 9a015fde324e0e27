/* SPDX-License-Identifier: MIT
 *
 * An expression of the model language over two slots, a number, a definition and a curve.
 */
#include "rules/expression.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

static const double curve_x[] = {0, 30, 60}, curve_y[] = {0.5, 0.25, 0.125};

static bool name_is(const char *name, size_t length, const char *text) {
  return length == strlen(text) && memcmp(name, text, length) == 0;
}

static name_meaning find_name(void *context, const char *name, size_t length) {
  if (name_is(name, length, "S")) {
    return (name_meaning){.is = MEANS_SLOT, .slot = {.kind = SLOT_FACT, .index = FACT_SPOT}};
  }
  if (name_is(name, length, "days")) {
    return (name_meaning){.is = MEANS_SLOT, .slot = {.kind = SLOT_FACT, .index = FACT_DAYS}};
  }
  if (name_is(name, length, "floor")) {
    return (name_meaning){.is = MEANS_NUMBER, .number = 0.45};
  }
  if (name_is(name, length, "curve")) {
    return (name_meaning){.is = MEANS_CURVE, .curve = {curve_x, curve_y, sizeof curve_x / sizeof *curve_x}};
  }
  if (name_is(name, length, "term")) {
    return (name_meaning){.is = MEANS_DEFINE, .text = "(30 / max(days, 1)) ^ if(days <= 30, 0.30, 0.13)"};
  }
  return (name_meaning){.is = MEANS_NOTHING, .nearest = "floor"};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  static const double days[] = {0, 1, 29.5, 400}, spots[] = {-37, 0, 1e-3, 60000};
  enum { N_ITEMS = sizeof days / sizeof *days };
  arena *memory = arena_open();
  sg_error *error = sg_error_open();
  char *text = arena_text(memory, (const char *)bytes, size_bytes);
  const name_lookup names = {.find = find_name};
  expression compiled;
  sg_status status = expression_compile(text, (place){"fuzz.yaml", 1, 1}, &names, memory, &compiled, error);
  if ((status == SG_OK) != (sg_error_count(error) == 0)) {
    abort();
  }
  if (status == SG_OK) {
    const double **slots = ARENA_ARRAY(memory, const double *, compiled.n_slots + 1);
    double out[N_ITEMS];
    for (uint32_t j = 0; j < compiled.n_slots; j++) {
      slots[j] = compiled.slots[j].index == FACT_SPOT ? spots : days;
    }
    expression_eval(&compiled, slots, N_ITEMS, out);
  }
  sg_error_close(error);
  arena_close(memory);
  return 0;
}
