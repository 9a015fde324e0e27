/* SPDX-License-Identifier: MIT
 *
 * Vols of options that give none: from the SVI row of their expiry (Gatheral, "A parsimonious arbitrage-free implied
 * volatility parameterization", 2004), else left to the engine, which implies them from the price.
 */
#include "input/reader.h"

#include "kernels/math.h"

static const double TOTAL_VARIANCE_LIMIT = 144; /* a vol of 1200 % for a year: book.md */
static const double VOL_LIMIT = 100;

/* w = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)), k = ln(strike / forward) held within 4 sqrt(a + b sigma).
 * NaN where w is negative. */
static double vol_of_svi(const double svi[static N_SVI], double strike) {
  double width = 4 * sqrt(svi[SVI_A] + svi[SVI_B] * svi[SVI_SIGMA]);
  double k = math_log(strike / svi[SVI_FORWARD]);
  k = k > width ? width : k < -width ? -width : k;
  double offset = k - svi[SVI_M];
  double root = sqrt(offset * offset + svi[SVI_SIGMA] * svi[SVI_SIGMA]);
  double variance = svi[SVI_A] + svi[SVI_B] * (svi[SVI_RHO] * offset + root);
  variance = variance > TOTAL_VARIANCE_LIMIT ? TOTAL_VARIANCE_LIMIT : variance;
  return variance < 0 ? NAN : sqrt(variance / svi[SVI_YEARS]);
}

/* Why the option has no vol; NULL when it has one now. */
static const char *derive_vol(book_reader *reader, uint32_t c) {
  instruments *all = &reader->book->instruments;
  const quoted_forward *quote = reader_quote(reader, all->underlying[c], all->expiry_s[c]);
  if (quote != NULL && !quote->ok) {
    return NULL; /* reported already */
  }
  if (quote != NULL && quote->has_svi && all->price_model[c] == BLACK) {
    all->vol[c] = vol_of_svi(quote->svi, all->strike[c]);
    return !(all->vol[c] >= 0)       ? "gets a negative variance from the SVI row of its expiry"
           : all->vol[c] > VOL_LIMIT ? "gets a vol above 100 (10000 %) from the SVI row of its expiry"
                                     : NULL;
  }
  if (isnan(all->mark[c])) {
    return all->price_model[c] == BLACK ? "has neither implied_vol, nor a price, nor an SVI row for its expiry"
           : quote != NULL && quote->has_svi
               ? "has neither implied_vol nor a price; SVI gives vols of price_model black only"
               : "has neither implied_vol nor a price";
  }
  all->vol[c] = NAN; /* the engine implies it */
  return NULL;
}

sg_status derive_vols(book_reader *reader) {
  const instruments *all = &reader->book->instruments;
  for (uint32_t c = 0; c < all->n; c++) {
    if (all->type[c] != OPTION || !reader->extra[c].ok || reader->extra[c].has_vol) {
      continue;
    }
    const char *why = derive_vol(reader, c);
    if (why != NULL) {
      findings_add(&reader->findings, (place){reader->instruments_path, all->line[c], 0}, "option \"%s\" %s",
                   show_text(all->id[c]).text, why);
    }
  }
  return reader_status(reader);
}
