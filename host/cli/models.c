/* SPDX-License-Identifier: MIT
 *
 * shockgrid models: list the shipped models, show one, check a file.
 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

typedef struct models_values {
  texts settings;
  bool text, json;
} models_values;

#define MODELS(field) offsetof(models_values, field)
static const option_entry models_options[] = {
    {"set", OPTION_TEXTS, "NAME=VALUE", MODELS(settings), false, "override a parameter before it is shown or checked"},
    {"text", OPTION_FLAG, NULL, MODELS(text), false,
     "show the file of a shipped model, to start one's own from"},
    {"json", OPTION_FLAG, NULL, MODELS(json), false, "list as JSON"},
};

static void print_model(const char *name, const char *title, size_t width, bool json, bool first) {
  if (!json) {
    printf("%-*s  %s\n", (int)width, name, title);
    return;
  }
  printf("%s\n  {\"name\": ", first ? "" : ",");
  json_print(name);
  printf(", \"title\": ");
  json_print(title);
  printf("}");
}

static sg_status list_models(bool json, sg_error *error) {
  size_t width = 0;
  for (size_t i = 0; i < sg_model_shipped_count(); i++) {
    size_t length = strlen(sg_model_shipped_name(i));
    width = length > width ? length : width;
  }
  fputs(json ? "{\"models\": [" : "", stdout);
  for (size_t i = 0; i < sg_model_shipped_count(); i++) {
    sg_model *model = NULL;
    sg_status status = sg_model_load(sg_model_shipped_name(i), NULL, 0, &model, error);
    if (status != SG_OK) {
      return status;
    }
    print_model(sg_model_shipped_name(i), sg_model_title(model), width, json, i == 0);
    sg_model_close(model);
  }
  fputs(json ? "\n]}\n" : "", stdout);
  return SG_OK;
}

static sg_status show_text(const char *name) {
  const char *names[64];
  size_t n = 0;
  for (; n < sg_model_shipped_count() && n < sizeof names / sizeof *names; n++) {
    names[n] = sg_model_shipped_name(n);
    if (strcmp(names[n], name) == 0) {
      fputs(sg_model_shipped_text(n), stdout);
      return SG_OK;
    }
  }
  const char *meant = suggest(name, names, n);
  return usage_fail("models", "there is no shipped model \"%s\"%s%s%s", name, meant == NULL ? "" : "; did you mean ",
                    meant == NULL ? "" : meant, meant == NULL ? "" : "?");
}

static sg_status show_or_check(const models_values *given, const char *verb, const char *name, sg_error *error) {
  sg_model *model = NULL;
  sg_status status = sg_model_load(name, given->settings.items, given->settings.n, &model, error);
  if (status == SG_OK && strcmp(verb, "show") == 0) {
    fputs(sg_model_describe(model), stdout);
  } else if (status == SG_OK) {
    printf("%s: %s: no problem found\n", name, sg_model_title(model));
  }
  sg_model_close(model);
  return status;
}

static sg_status models_function(const void *values, char *const *operands, int n_operands) {
  const models_values *given = values;
  const char *verb = n_operands > 0 ? operands[0] : "list";
  bool wants_name = strcmp(verb, "show") == 0 || strcmp(verb, "check") == 0;
  if (!wants_name && strcmp(verb, "list") != 0) {
    return usage_fail("models", "\"%s\" is not list, show or check", verb);
  }
  if (wants_name != (n_operands == 2)) {
    return usage_fail("models", wants_name ? "%s needs a model" : "%s takes no model", verb);
  }
  if (given->json && wants_name) {
    return usage_fail("models", "--json is for the list");
  }
  if (given->text && strcmp(verb, "show") == 0) {
    return show_text(operands[1]);
  }
  sg_error *error = sg_error_open();
  sg_status status = wants_name ? show_or_check(given, verb, operands[1], error) : list_models(given->json, error);
  findings_print(status, error, NULL);
  sg_error_close(error);
  return status;
}

const command command_models = {
    .synopsis = "[list | show MODEL | check MODEL]",
    .text = "Lists the models that ship with shockgrid; shows everything about one: what it covers, inputs,\n"
            "parameters with unit, range, source and date, scenarios, levels, amounts; or checks one. MODEL is a\n"
            "shipped model's name or a path to a .yaml file.\n\n"
            "A model of one's own may extend another and give only what differs:\n\n"
            "  model: {name: house, title: Our Derive, extends: derive-pmrm2}\n"
            "  parameters: {min_vol: 0.4, peg_factor: 4}\n"
            "  blocks:\n"
            "    tails: null\n"
            "    regular: {scenarios: [{price: [0.2, 0, -0.2], vol: [up, same, down], damp: 1}]}\n"
            "  amounts: {scan: {worst: [regular, skew]}}\n\n"
            "Maps merge key by key, lists and single values replace, null removes. A parameter that is given a number\n"
            "keeps its unit and range. 'show --text' prints a shipped model's file, the whole language by example.",
    .examples = "  shockgrid models show occ-cpm\n"
                "  shockgrid models show occ-cpm --text >my-model.yaml\n"
                "  shockgrid models check my-model.yaml\n",
    .options = models_options,
    .n_options = sizeof models_options / sizeof *models_options,
    .values_bytes = sizeof(models_values),
    .most_operands = 2,
    .function = models_function,
};
