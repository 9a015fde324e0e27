/* SPDX-License-Identifier: MIT
 *
 * A book's instruments, forwards and positions, and what is posted behind them.
 */
#include "engine/posted.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

static bool attribute_equals(const attributes *of, const model_input *input, uint32_t row, double wanted) {
  double value = input->has_default ? input->default_value : NAN;
  for (uint32_t i = 0; i < of->n; i++) {
    const char *text = strcmp(of->items[i].name, input->column) == 0 ? of->items[i].text[row] : "";
    if (text[0] != '\0') {
      number_parse(text, strlen(text), &value); /* what is not a number is a finding of bound_make */
    }
  }
  return value == wanted;
}

static bool asset_moves(const book *of, const model *under, uint32_t s) {
  const model_collateral *posted = &under->collateral;
  bool moves = posted->n_moves > 0 && of->assets.underlying[s] != ID_NONE;
  for (uint32_t i = 0; moves && i < posted->n_moves; i++) {
    moves = attribute_equals(&of->assets.x, &under->inputs[posted->move_input[i]], s, posted->move_value[i]);
  }
  return moves;
}

/* A copy of an array with room for n_more elements, which are zero. */
static void *grown(arena *memory, const void *from, size_t n, size_t n_more, size_t element_bytes) {
  void *to = arena_array(memory, n + n_more, element_bytes);
  if (to != NULL && n > 0) {
    memcpy(to, from, n * element_bytes);
  }
  return to;
}

#define GROW(table, field, more)                                                                              \
  (enough = ((table)->field = grown(memory, (table)->field, (table)->n, (more), sizeof *(table)->field)) != NULL && \
            enough)

static bool grow_attributes(arena *memory, attributes *of, uint32_t n, uint32_t n_more) {
  attribute *items = grown(memory, of->items, of->n, 0, sizeof *items);
  for (uint32_t i = 0; items != NULL && i < of->n; i++) {
    const char **text = grown(memory, items[i].text, n, n_more, sizeof *text);
    for (uint32_t row = n; text != NULL && row < n + n_more; row++) {
      text[row] = "";
    }
    items[i].text = text;
    items = text == NULL ? NULL : items;
  }
  of->items = items;
  return items != NULL;
}

static bool grow_forwards(arena *memory, forwards *to, uint32_t n_more) {
  bool enough = grow_attributes(memory, &to->x, to->n, n_more);
  GROW(to, line, n_more);
  GROW(to, underlying, n_more);
  GROW(to, expiry_s, n_more);
  GROW(to, years, n_more);
  GROW(to, forward, n_more);
  GROW(to, fixed, n_more);
  GROW(to, growth, n_more);
  GROW(to, source, n_more);
  GROW(to, own, n_more);
  return enough;
}

static bool grow_instruments(arena *memory, instruments *to, uint32_t n_more) {
  bool enough = grow_attributes(memory, &to->x, to->n, n_more);
  GROW(to, id, n_more);
  GROW(to, line, n_more);
  GROW(to, type, n_more);
  GROW(to, underlying, n_more);
  GROW(to, forward, n_more);
  GROW(to, currency, n_more);
  GROW(to, settlement, n_more);
  GROW(to, premium, n_more);
  GROW(to, price_model, n_more);
  GROW(to, right, n_more);
  GROW(to, exercise, n_more);
  GROW(to, strike, n_more);
  GROW(to, expiry_s, n_more);
  GROW(to, years, n_more);
  GROW(to, multiplier, n_more);
  GROW(to, discount, n_more);
  GROW(to, vol, n_more);
  GROW(to, mark, n_more);
  return enough;
}

static bool add_instrument(book *to, uint32_t s) {
  const assets *all = &to->assets;
  uint32_t c = to->instruments.n++, f = to->forwards.n++, u = all->underlying[s];
  to->forwards.underlying[f] = u;
  to->forwards.forward[f] = all->price[s];
  to->forwards.growth[f] = to->underlyings.price[u] == 0.0 ? 1.0 : all->price[s] / to->underlyings.price[u];
  to->forwards.source[f] = OWN_MARK;
  to->forwards.own[f] = true;
  to->instruments.id[c] = arena_format(to->memory, "asset:%s", all->id[s]);
  to->instruments.line[c] = all->line[s];
  to->instruments.type[c] = ASSET;
  to->instruments.underlying[c] = u;
  to->instruments.forward[c] = f;
  to->instruments.currency[c] = all->currency[s];
  to->instruments.multiplier[c] = 1.0;
  to->instruments.discount[c] = 1.0;
  to->instruments.mark[c] = all->price[s];
  return to->instruments.id[c] != NULL;
}

/* Merges what is posted of moving assets behind each account's positions: instrument_of[s], ID_NONE where none. */
static bool add_positions(const book *of, book *to, const uint32_t *instrument_of) {
  arena *memory = to->memory;
  size_t n = of->positions.n + of->collateral.n, p = 0, i = 0;
  positions *made = &to->positions;
  *made = (positions){.account = ARENA_ARRAY(memory, uint32_t, n),
                      .instrument = ARENA_ARRAY(memory, uint32_t, n),
                      .quantity_exact = ARENA_ARRAY(memory, decimal18, n),
                      .quantity = ARENA_ARRAY(memory, double, n)};
  if (!made->account || !made->instrument || !made->quantity_exact || !made->quantity) {
    return false;
  }
  while (p < of->positions.n || i < of->collateral.n) {
    bool held = i == of->collateral.n ||
                (p < of->positions.n && of->positions.account[p] <= of->collateral.account[i]);
    uint32_t c = held ? of->positions.instrument[p] : instrument_of[of->collateral.asset[i]];
    if (c != ID_NONE) {
      decimal18 quantity = held ? of->positions.quantity_exact[p] : of->collateral.amount[i];
      made->account[made->n] = held ? of->positions.account[p] : of->collateral.account[i];
      made->instrument[made->n] = c;
      made->quantity_exact[made->n] = quantity;
      made->quantity[made->n++] = decimal18_to_double(quantity);
    }
    p += held;
    i += !held;
  }
  return true;
}

sg_status posted_book(const book *of, const model *under, arena *memory, const book **seen, sg_error *error) {
  *seen = of;
  uint32_t n_moving = 0;
  uint32_t *instrument_of = ARENA_ARRAY(memory, uint32_t, of->assets.n);
  book *made = ARENA_ARRAY(memory, book, 1);
  if (instrument_of == NULL || made == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t s = 0; s < of->assets.n; s++) {
    instrument_of[s] = asset_moves(of, under, s) ? of->instruments.n + n_moving++ : ID_NONE;
  }
  if (n_moving == 0) {
    return SG_OK;
  }
  *made = *of;
  made->memory = memory;
  bool enough = grow_forwards(memory, &made->forwards, n_moving) &&
                grow_instruments(memory, &made->instruments, n_moving);
  for (uint32_t s = 0; enough && s < of->assets.n; s++) {
    enough = instrument_of[s] == ID_NONE || add_instrument(made, s);
  }
  if (!enough || !add_positions(of, made, instrument_of)) {
    return error_out_of_memory(error);
  }
  *seen = made;
  return SG_OK;
}
