/* SPDX-License-Identifier: MIT */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/* Bytes of the character at `text`, at most `left` long, by RFC 3629: no overlong forms, no surrogates, at most U+10FFFF;
 * 0 when it is none. */
size_t utf8_length(const char *text, size_t left);

/* The first byte that a YAML file may not hold: one that is no UTF-8, or a control character but tab, line feed and carriage
 * return; NULL: none. libfyaml 0.7.12 gives up without a word on some and reads for ever on others.
 *   why   what it "has" or "is" */
const char *utf8_find_fault(const char *text, size_t size_bytes, const char **why);

/* Characters, not bytes, of a text. */
size_t utf8_width(const char *text);

#endif
