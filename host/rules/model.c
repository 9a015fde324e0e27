/* SPDX-License-Identifier: MIT
 *
 * The shipped models.
 */
#include "rules/model.h"

struct embedded_text { /* as host/embed.cmake writes it */
  const char *name, *text;
};
extern const struct embedded_text embedded_models[];
extern const size_t embedded_models_count;

size_t shipped_model_count(void) { return embedded_models_count; }
const char *shipped_model_name(size_t index) { return embedded_models[index].name; }
const char *shipped_model_text(size_t index) { return embedded_models[index].text; }
