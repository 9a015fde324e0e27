/* SPDX-License-Identifier: MIT
 *
 * What a result says of the model and the device.
 */
#include "engine/open_result.h"

#include "base/error.h"
#include "engine/unread.h"

#include <stdlib.h>
#include <string.h>

/* As the model has them after settings. */
static sg_status copy_parameters(const model *under, result *to, sg_error *error) {
  parameter_row *rows = ARENA_ARRAY(to->memory, parameter_row, under->n_parameters);
  if (rows == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t i = 0; i < under->n_parameters; i++) {
    const parameter *of = &under->parameters[i];
    rows[i] = (parameter_row){of->name, parameter_text(of, to->memory), of->unit, of->source, of->date};
    if (rows[i].value == NULL) {
      return error_out_of_memory(error);
    }
  }
  to->n_parameters = under->n_parameters;
  to->parameters = rows;
  return SG_OK;
}

sg_status result_open(const book *of, const model *under, result **made, sg_error *error) {
  result *empty = calloc(1, sizeof *empty);
  if (empty == NULL || (empty->memory = arena_open()) == NULL) {
    result_close(empty);
    return error_out_of_memory(error);
  }
  empty->book = of;
  empty->model_name = under->name;
  empty->model_title = under->title;
  empty->model_version = under->version;
  empty->model_path = under->path;
  memcpy(empty->model_digest, under->digest, sizeof empty->model_digest);
  empty->n_settings = under->n_settings;
  empty->settings = under->settings;
  empty->n_not_covered = under->n_not_covered;
  empty->not_covered = under->not_covered;
  sg_status status = copy_parameters(under, empty, error);
  status = status == SG_OK ? unread_columns(of, under, empty, error) : status;
  if (status != SG_OK) {
    result_close(empty);
    return status;
  }
  *made = empty;
  return SG_OK;
}

sg_status result_describe(result *made, const device *on, const char *verify, sg_error *error) {
  const device_traits *traits = device_get_traits(on);
  arena *memory = made->memory;
  made->lanes = traits->lanes;
  made->verify = verify == NULL ? "default" : arena_format(memory, "%s", verify);
  made->device_name = arena_format(memory, "%s", traits->name);
  made->device_platform = arena_format(memory, "%s", traits->platform);
  made->device_driver = arena_format(memory, "%s", traits->driver);
  made->device_type = arena_format(memory, "%s", traits->type);
  made->device_self_test = arena_format(memory, "%s", traits->self_test);
  bool enough = made->verify && made->device_name && made->device_platform && made->device_driver && made->device_type &&
                made->device_self_test;
  return enough ? SG_OK : error_out_of_memory(error);
}
