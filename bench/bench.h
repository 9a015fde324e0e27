/* SPDX-License-Identifier: MIT
 *
 * What the operands of `shockgrid bench` share.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "bench/measure.h"
#include "bench/process.h"
#include "bench/rows.h"
#include "cli/bench.h"
#include "device/device.h"

/* X(name): one function bench_NAME each */
#define BENCH_OPERANDS(X) X(kernels) X(peaks) X(run) X(scaling) X(peers) X(once)

#define BENCH_DECLARE(name) sg_status bench_##name(const bench_values *given, sg_error *error);
BENCH_OPERANDS(BENCH_DECLARE)
#undef BENCH_DECLARE

bool bench_chosen(const bench_values *given, const char *name); /* by --case, or because there is none */
uint32_t bench_repeats(const bench_values *given, uint32_t usual);
sg_status bench_open_device(const bench_values *given, device **opened, sg_error *error);
row_origin bench_origin(const device *on);

#endif
