/* SPDX-License-Identifier: MIT
 *
 * A file of JSON, already loaded, as a tree.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/file.h"

#include <jansson.h>

enum { JSON_VALUES = 1 << 22 }; /* a value of two bytes becomes up to 400 bytes of tree */

/* *root is the caller's (json_decref), NULL on failure. A key that is given twice, more than 2048 levels and more than
 * JSON_VALUES values are refused. */
sg_status json_parse(const file_text *loaded, const char *path, json_t **root, sg_error *error);

/* Did jansson get no memory on this thread since the watch began? Its texts may then lack a character and its trees a
 * value without a word. errno does not tell: numbers reset it. */
void json_memory_watch(void);
bool json_memory_ran_out(void);

#endif
