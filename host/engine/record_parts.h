/* SPDX-License-Identifier: MIT
 *
 * The parts of recording: several threads record a batch each, and what they recorded is taken in order.
 */
#ifndef ENGINE_RECORD_PARTS_H
#define ENGINE_RECORD_PARTS_H

#include "engine/record.h"

/* What one batch leaves, until it is taken. */
struct recorded {
  ARRAY(line) lines;
  ARRAY(pnl_row) pnl;
  money (*requirement)[N_MEASURES]; /* [portfolio], in the batch's memory */
  loss_totals savings;
  arena *texts; /* of lines; the result's */
  number_texts numbers;
};

sg_status record_too_large(const recorder *with, uint32_t account, sg_error *error);

/* record_lines.c: lines, requirements and scenario vectors of a batch; appends its lines and vectors to all. */
sg_status record_name_amounts(recorder *with, sg_error *error);
sg_status record_lines(const recorder *with, recorded *own, batch *of, const block_outcome *outcomes, const amount_input *in,
                       const amount_values *values, sg_error *error);
bool take_lines(recorder *with, const recorded *own); /* false: out of memory */

/* record_savings.c */
sg_status record_savings(const recorder *with, recorded *own, const batch *of, const block_outcome *outcomes,
                         const amount_values *values, sg_error *error);
sg_status take_savings(recorder *with, const recorded *own, sg_error *error);

#endif
