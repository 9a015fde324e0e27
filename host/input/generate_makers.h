/* SPDX-License-Identifier: MIT
 *
 * Market makers of a generated book, and the rows that they and customers share.
 */
#ifndef INPUT_GENERATE_MAKERS_H
#define INPUT_GENERATE_MAKERS_H

#include "input/generate_parts.h"

enum { GENERATE_ACCOUNT_BYTES = 16 };

/* "M0000001" for a market maker, "C0000001" for a customer; returns the length. */
size_t generate_account_name(const gen_book *book, uint32_t rank, char text[static GENERATE_ACCOUNT_BYTES]);

/* Writes a row of positions.csv and counts it. */
void generate_position(gen_book *book, FILE *stream, uint32_t rank, uint32_t series, int64_t quantity);

/* Series that the account of this rank is to hold. */
uint32_t generate_wanted(const gen_book *book, uint32_t rank);

/* The other side of the customers in every series, trades among market makers, and hedges of their delta. */
sg_status generate_makers(gen_book *book, FILE *accounts, FILE *positions, sg_error *error);

#endif
