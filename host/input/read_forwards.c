/* SPDX-License-Identifier: MIT
 *
 * forwards.csv: quoted forwards, discounts and SVI smiles, one row for an underlying and expiry.
 */
#include "input/table.h"

#include <math.h>

/* All seven SVI columns or none; parameters that make a variance. */
static void read_svi(table *rows, quoted_forward *row) {
  int n_given = 0, missing = -1;
  for (int i = 0; i < N_SVI; i++) {
    n_given += table_given(rows, FORWARD_SVI_A + i);
    missing = missing < 0 && !table_given(rows, FORWARD_SVI_A + i) ? i : missing;
    table_number(rows, FORWARD_SVI_A + i, &row->svi[i]);
  }
  row->has_svi = n_given == N_SVI;
  if (n_given > 0 && n_given < N_SVI) {
    table_finding(rows, FORWARD_SVI_A + missing, "%s is empty; the seven svi_ columns go together",
                  rows->format->columns[FORWARD_SVI_A + missing].name);
  } else if (row->has_svi && rows->row_ok && row->svi[SVI_A] + row->svi[SVI_B] * row->svi[SVI_SIGMA] < 0) {
    table_finding(rows, FORWARD_SVI_A, "svi_a + svi_b * svi_sigma is negative: the variance at the vertex");
  }
}

static int compare_forwards(const void *left, const void *right) {
  const quoted_forward *a = left, *b = right;
  if (a->underlying != b->underlying) {
    return a->underlying < b->underlying ? -1 : 1;
  }
  if (a->expiry_s != b->expiry_s) {
    return a->expiry_s < b->expiry_s ? -1 : 1;
  }
  return (a->row > b->row) - (a->row < b->row);
}

const quoted_forward *reader_quote(const book_reader *reader, uint32_t underlying, int64_t expiry_s) {
  quoted_forward wanted = {.underlying = underlying, .expiry_s = expiry_s, .row = 0};
  size_t low = 0, high = reader->forwards.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (compare_forwards(&reader->forwards.items[middle], &wanted) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == reader->forwards.n) {
    return NULL;
  }
  const quoted_forward *found = &reader->forwards.items[low];
  return found->underlying == underlying && found->expiry_s == expiry_s ? found : NULL;
}

static void check_duplicates(book_reader *reader, const char *path) {
  const quoted_forward *rows = reader->forwards.items;
  for (size_t i = 1; i < reader->forwards.n; i++) {
    if (rows[i].underlying == rows[i - 1].underlying && rows[i].expiry_s == rows[i - 1].expiry_s) {
      char expiry[24];
      date_format(rows[i].expiry_s, expiry);
      findings_add(&reader->findings, (place){path, rows[i].line, 0},
                   "the forward of \"%s\" for %s is already on line %llu",
                   show_text(reader->book->underlyings.id[rows[i].underlying]).text, expiry,
                   (unsigned long long)rows[i - 1].line);
    }
  }
}

sg_status read_forwards(book_reader *reader) {
  table rows;
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_FORWARDS, book_files[FILE_FORWARDS].name, &rows));
  while (table_next(&rows)) {
    quoted_forward row = {.line = rows.line, .discount_factor = NAN, .rate_cc = NAN};
    row.underlying = table_underlying(&rows, FORWARD_UNDERLYING);
    bool dated = table_expiry(&rows, FORWARD_EXPIRY, &row.expiry_s);
    table_number(&rows, FORWARD_FORWARD, &row.forward);
    table_number(&rows, FORWARD_FIXED, &row.fixed);
    table_number(&rows, FORWARD_DISCOUNT, &row.discount_factor);
    table_number(&rows, FORWARD_RATE, &row.rate_cc);
    if (table_given(&rows, FORWARD_DISCOUNT) && table_given(&rows, FORWARD_RATE)) {
      table_finding(&rows, FORWARD_RATE, "rate_cc stands beside discount_factor; one of them is expected");
    }
    read_svi(&rows, &row);
    row.ok = rows.row_ok;
    row.row = (uint32_t)reader->forwards.n;
    if (row.underlying == ID_NONE || !dated) {
      continue;
    }
    if (ARRAY_PUSH(&reader->forwards, row)) {
      table_keep_x(&rows);
    } else {
      reader_out_of_memory(reader);
    }
  }
  TRY_DONE(reader_status(reader));
  uint32_t n = (uint32_t)reader->forwards.n;
  table_attributes(&rows, NULL, n, &reader->forward_x);
  if (n > 1) {
    qsort(reader->forwards.items, n, sizeof *reader->forwards.items, compare_forwards);
  }
  check_duplicates(reader, rows.path);
done:
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}
