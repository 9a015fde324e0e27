/* SPDX-License-Identifier: MIT
 *
 * shockgrid devices: what can compute here.
 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

typedef struct devices_values {
  bool self_test, json;
} devices_values;

#define DEVICES(field) offsetof(devices_values, field)
static const option_entry devices_options[] = {
    {"self-test", OPTION_FLAG, NULL, DEVICES(self_test), false, "run every kernel on known cases on every device"},
    {"json", OPTION_FLAG, NULL, DEVICES(json), false, "as JSON, sizes in bytes"},
};

static void print_json(const sg_device_list *list) {
  printf("{\"devices\": [");
  for (size_t i = 0; i < sg_device_list_count(list); i++) {
    sg_device_facts facts = sg_device_list_get(list, i);
    const struct {
      const char *key, *text;
    } texts_of[] = {{"platform", facts.platform}, {"name", facts.name},           {"driver", facts.driver},
                    {"type", facts.type},         {"self_test", facts.self_test}};
    printf("%s\n  {\"index\": %zu", i == 0 ? "" : ",", i);
    for (size_t t = 0; t < sizeof texts_of / sizeof *texts_of; t++) {
      printf(", \"%s\": ", texts_of[t].key);
      json_print(texts_of[t].text);
    }
    printf(", \"compute_units\": %u, \"memory_bytes\": %llu, \"largest_allocation_bytes\": %llu, "
           "\"double_precision\": %s, \"lanes\": %u}",
           facts.compute_units, (unsigned long long)facts.memory_bytes,
           (unsigned long long)facts.largest_allocation_bytes, facts.double_precision ? "true" : "false", facts.lanes);
  }
  printf("\n]}\n");
}

/* "15.4 GiB"; "-" for 0. */
static void format_bytes(uint64_t size_bytes, char text[static 32]) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t u = 0;
  uint64_t tenths = 10 * size_bytes;
  while (tenths >= 10240 && u + 1 < sizeof units / sizeof *units) {
    tenths /= 1024;
    u++;
  }
  if (size_bytes == 0) {
    snprintf(text, 32, "-");
  } else {
    snprintf(text, 32, "%llu.%llu %s", (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10), units[u]);
  }
}

static void print_table(const sg_device_list *list) {
  int width = (int)strlen("device");
  for (size_t i = 0; i < sg_device_list_count(list); i++) {
    int length = (int)strlen(sg_device_list_get(list, i).name);
    width = length > width ? length : width;
  }
  printf("%2s  %-*s  %-11s  %5s  %10s  %-6s  %5s  %s\n", "", width, "device", "type", "units", "memory", "double",
         "lanes", "self-test");
  for (size_t i = 0; i < sg_device_list_count(list); i++) {
    sg_device_facts facts = sg_device_list_get(list, i);
    char memory[32], largest[32];
    format_bytes(facts.memory_bytes, memory);
    format_bytes(facts.largest_allocation_bytes, largest);
    printf("%2zu  %-*s  %-11s  %5u  %10s  %-6s  %5u  %s\n", i, width, facts.name, facts.type, facts.compute_units,
           memory, facts.double_precision ? "yes" : "no", facts.lanes, facts.self_test);
    printf("    %s, driver %s, largest allocation %s\n", facts.platform, facts.driver, largest);
  }
}

static sg_status devices_function(const void *values, char *const *operands, int n_operands) {
  const devices_values *given = values;
  sg_device_list *list = NULL;
  sg_error *error = sg_error_open();
  sg_status status = sg_device_list_open(given->self_test, &list, error);
  if (status == SG_OK) {
    (given->json ? print_json : print_table)(list);
  }
  findings_print(status, error, NULL);
  sg_device_list_close(list);
  sg_error_close(error);
  return status;
}

const command command_devices = {
    .synopsis = "",
    .text = "Lists every OpenCL device, and last the reference: the same formulas compiled as C, on one core. A\n"
            "device needs double precision, and has to pass its self-test before it margins anything.",
    .examples = "  shockgrid devices --self-test\n",
    .options = devices_options,
    .n_options = sizeof devices_options / sizeof *devices_options,
    .values_bytes = sizeof(devices_values),
    .function = devices_function,
};
