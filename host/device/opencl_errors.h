/* SPDX-License-Identifier: MIT
 *
 * OpenCL's codes in words.
 */
#ifndef DEVICE_OPENCL_ERRORS_H
#define DEVICE_OPENCL_ERRORS_H

#include "base/error.h"

const char *opencl_error_name(int code); /* "CL_OUT_OF_RESOURCES"; "an unknown code" */
const char *opencl_error_hint(int code); /* what it usually means; "" where the name says it */
bool opencl_wants_memory(int code);      /* smaller buffers may do */

/* Adds an SG_DEVICE finding `DOING failed: NAME (CODE): HINT`, where DOING names the call, its object and sizes. */
sg_status opencl_fail(sg_error *error, int code, const char *doing, ...) __attribute__((format(printf, 3, 4)));

#endif
