/* SPDX-License-Identifier: MIT
 *
 * The spelling of every word that a book, a model or a result uses.
 */
#include "data/prices.h"
#include "data/book.h"
#include "data/grouping.h"
#include "data/result.h"

#include <string.h>

#define WORD(name, text) [name] = text,
#define WORDS(function, type, list)                          \
  const char *function(type value) {                         \
    static const char *const words[] = {list(WORD)};         \
    return (int)value < 0 ? "" : words[value];               \
  }

#define TYPES_AND_ASSET(X) INSTRUMENT_TYPES(X) X(ASSET, "asset")
WORDS(instrument_type_text, instrument_type, TYPES_AND_ASSET)
WORDS(option_right_text, option_right, OPTION_RIGHTS)
WORDS(underlying_kind_text, underlying_kind, UNDERLYING_KINDS)
WORDS(account_type_text, account_type, ACCOUNT_TYPES)
WORDS(forward_source_text, forward_source, FORWARD_SOURCES)
WORDS(group_key_text, group_key, GROUP_KEYS)
WORDS(vol_status_text, vol_status, VOL_STATUSES)
WORDS(verify_kind_text, verify_kind, VERIFY_KINDS)

bool group_key_find(const char *text, group_key *key) {
  for (int k = 0; k < N_GROUP_KEYS; k++) {
    if (strcmp(group_key_text((group_key)k), text) == 0) {
      *key = (group_key)k;
      return true;
    }
  }
  return false;
}

WORDS(account_status_text, account_status, ACCOUNT_STATUSES)

const char *measure_text(measure value) { return value == MEASURE_INITIAL ? "initial" : "maintenance"; }

const char *pricer_text(pricer by) {
#define PRICERS_TEXT(key, text) text,
  static const char *const texts[] = {PRICERS_OF_BOOKS(PRICERS_TEXT)};
#undef PRICERS_TEXT
  return texts[by];
}
