/* SPDX-License-Identifier: MIT
 *
 * The kernels' source: built into the program, or read from the folder $SHOCKGRID_KERNELS while developing.
 */
#ifndef DEVICE_KERNEL_TEXT_H
#define DEVICE_KERNEL_TEXT_H

#include "base/arena.h"
#include "base/error.h"

/* One text with every program of KERNELS, in which each `#include "x.h"` is replaced by that file the first time it is
 * met and dropped afterwards; so such an include must not stand under #if. #line directives name the true file and
 * line. */
sg_status kernel_text_make(arena *memory, const char **text, sg_error *error);

/* The numbered lines of the file around the first `FILE:LINE:` that a compiler's log names; "" when it names none. */
sg_status kernel_text_excerpt(arena *memory, const char *log, const char **excerpt, sg_error *error);

#endif
