/* SPDX-License-Identifier: MIT
 *
 * Texts and findings as JSON.
 */
#include "cli/command.h"

#include <stdio.h>

void json_print(const char *text) {
  putchar('"');
  for (; *text != '\0'; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') {
      printf("\\%c", byte);
    } else if (byte < 0x20) {
      printf("\\u%04x", byte);
    } else {
      putchar(byte);
    }
  }
  putchar('"');
}

void json_print_findings(const sg_error *error) {
  printf("[");
  for (size_t i = 0; i < sg_error_count(error); i++) {
    sg_finding found = sg_error_get(error, i);
    printf("%s\n  {\"file\": ", i == 0 ? "" : ",");
    if (found.file == NULL) {
      printf("null");
    } else {
      json_print(found.file);
    }
    printf(", \"line\": %llu, \"column\": %llu, \"message\": ", (unsigned long long)found.line,
           (unsigned long long)found.column);
    json_print(found.message);
    printf("}");
  }
  printf("%s]", sg_error_count(error) == 0 ? "" : "\n");
}
