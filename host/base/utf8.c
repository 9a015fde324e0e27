/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdbool.h>

size_t utf8_length(const char *text, size_t left) {
  const unsigned char *byte = (const unsigned char *)text;
  if (left == 0) {
    return 0;
  }
  if (byte[0] < 0x80) {
    return 1;
  }
  size_t length = byte[0] >= 0xF0 ? 4 : byte[0] >= 0xE0 ? 3 : 2;
  if (byte[0] < 0xC2 || byte[0] > 0xF4 || left < length) {
    return 0;
  }
  unsigned char low = byte[0] == 0xE0 ? 0xA0 : byte[0] == 0xF0 ? 0x90 : 0x80;
  unsigned char high = byte[0] == 0xED ? 0x9F : byte[0] == 0xF4 ? 0x8F : 0xBF;
  if (byte[1] < low || byte[1] > high) {
    return 0;
  }
  for (size_t i = 2; i < length; i++) {
    if ((byte[i] & 0xC0) != 0x80) {
      return 0;
    }
  }
  return length;
}

const char *utf8_find_fault(const char *text, size_t size_bytes, const char **why) {
  for (size_t i = 0, length; i < size_bytes; i += length) {
    unsigned char c = (unsigned char)text[i];
    length = utf8_length(text + i, size_bytes - i);
    bool is_control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
    *why = length == 0 ? "is not valid UTF-8" : c == 0 ? "has a NUL byte" : is_control ? "has a control character" : NULL;
    if (*why != NULL) {
      return text + i;
    }
  }
  return NULL;
}

size_t utf8_width(const char *text) {
  size_t width = 0;
  for (; *text != '\0'; text++) {
    width += ((unsigned char)*text & 0xC0) != 0x80;
  }
  return width;
}
