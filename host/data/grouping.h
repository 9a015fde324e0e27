/* SPDX-License-Identifier: MIT
 *
 * A grouping: the keys by which instruments form groups, as a model's `by: [underlying, expiry]`.
 * The account is always part of a node and never a key here: `by: [account]` has no keys.
 */
#ifndef DATA_GROUPING_H
#define DATA_GROUPING_H

#include <stdbool.h>
#include <stdint.h>

/* X(ENUM, "key") */
#define GROUP_KEYS(X)                                                                             \
  X(KEY_PORTFOLIO_GROUP, "portfolio_group") X(KEY_PRODUCT_GROUP, "product_group")                 \
  X(KEY_CLASS_GROUP, "class_group") X(KEY_KIND, "kind") X(KEY_ASSET, "asset")                     \
  X(KEY_UNDERLYING, "underlying") X(KEY_CURRENCY, "currency") X(KEY_TYPE, "type")                 \
  X(KEY_EXPIRY, "expiry") X(KEY_STRIKE, "strike") X(KEY_RIGHT, "right")                           \
  X(KEY_SETTLEMENT, "settlement") X(KEY_INSTRUMENT, "instrument")

#define GROUPING_ENUM(name, text) name,
typedef enum group_key { GROUP_KEYS(GROUPING_ENUM) N_GROUP_KEYS } group_key;
#undef GROUPING_ENUM

const char *group_key_text(group_key key);
bool group_key_find(const char *text, group_key *key);

typedef struct grouping {
  uint32_t keys;     /* bit set of 1 << group_key; 0: by account alone */
  const char *text;  /* "underlying, expiry" as written; "account" for none */
} grouping;

#endif
