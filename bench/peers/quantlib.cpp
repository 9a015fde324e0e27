/* SPDX-License-Identifier: MIT
 *
 * peer_quantlib_engine BOOK OUT, peer_quantlib_black BOOK OUT: distinct instruments priced by QuantLib, on one core; with ENGINE
 * by its analytic European engine through quotes, as its users do, else by its bare blackFormula.
 */
#include <ql/exercise.hpp>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/pricingengines/blackformula.hpp>
#include <ql/pricingengines/vanilla/analyticeuropeanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

extern "C" {
#include "book.h"
}

using namespace QuantLib;

namespace {

#if ENGINE
/* One option whose quotes move. Time is in whole days, as in generated books. */
class Pricer {
 public:
  Pricer(const peer_book& of, uint32_t c, const Date& today) : spot_(ext::make_shared<SimpleQuote>(1.0)), vol_(ext::make_shared<SimpleQuote>(of.vol[c])) {
    const DayCounter days = Actual365Fixed();
    const double rate = -std::log(of.discount[c]) / of.years[c];
    Handle<YieldTermStructure> rates(ext::make_shared<FlatForward>(today, rate, days));
    auto process = ext::make_shared<BlackScholesMertonProcess>(
        Handle<Quote>(spot_), rates, rates,
        Handle<BlackVolTermStructure>(ext::make_shared<BlackConstantVol>(today, NullCalendar(), Handle<Quote>(vol_), days)));
    option_ = ext::make_shared<VanillaOption>(
        ext::make_shared<PlainVanillaPayoff>(of.sign[c] > 0 ? Option::Call : Option::Put, of.strike[c]),
        ext::make_shared<EuropeanExercise>(today + static_cast<Integer>(std::lround(of.years[c] * 365))));
    option_->setPricingEngine(ext::make_shared<AnalyticEuropeanEngine>(process));
  }
  double operator()(double forward, double vol) { /* rate and yield are the same: the spot is the forward */
    spot_->setValue(forward);
    vol_->setValue(vol);
    return option_->NPV();
  }

 private:
  ext::shared_ptr<SimpleQuote> spot_, vol_;
  ext::shared_ptr<VanillaOption> option_;
};
#else
class Pricer {
 public:
  Pricer(const peer_book& of, uint32_t c, const Date&) : of_(of), c_(c) {}
  double operator()(double forward, double vol) {
    return blackFormula(of_.sign[c_] > 0 ? Option::Call : Option::Put, of_.strike[c_], forward,
                        vol * std::sqrt(of_.years[c_]), of_.discount[c_]);
  }

 private:
  const peer_book& of_;
  uint32_t c_;
};
#endif

void price(const peer_book& of, uint32_t c, const Date& today, double* row) {
  if (of.sign[c] == 0.0) {
    for (int s = 0; s < SCENARIOS; s++) row[s] = of.forward[c] * spot_move(s % SPOTS) * of.multiplier[c];
    return;
  }
  Pricer value(of, c, today);
  const double base = value(of.forward[c], of.vol[c]);
  for (int s = 0; s < SCENARIOS; s++) {
    const double shocked = value(of.forward[c] * (1.0 + spot_move(s % SPOTS)), of.vol[c] * vol_factor(s / SPOTS));
    row[s] = (shocked - base) * of.multiplier[c];
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  peer_clock since = peer_start();
  const peer_book book = peer_book_read(argv[1]);
  peer_stage("read", &since);
  const Date today(2, January, 2026); /* any day: only the days between count */
  Settings::instance().evaluationDate() = today;
  std::vector<double> pnl(static_cast<size_t>(book.n_instruments) * SCENARIOS);
  for (uint32_t c = 0; c < book.n_instruments; c++) price(book, c, today, &pnl[static_cast<size_t>(c) * SCENARIOS]);
  peer_stage("price", &since);
  std::vector<double> sum(static_cast<size_t>(book.n_accounts) * SCENARIOS), worst(book.n_accounts);
  for (uint64_t p = 0; p < book.n_positions; p++) {
    const double* row = &pnl[static_cast<size_t>(book.instrument[p]) * SCENARIOS];
    double* to = &sum[static_cast<size_t>(book.account[p]) * SCENARIOS];
    for (int s = 0; s < SCENARIOS; s++) to[s] += book.quantity[p] * row[s];
  }
  for (size_t i = 0; i < sum.size(); i++) worst[i / SCENARIOS] = std::fmin(worst[i / SCENARIOS], sum[i]);
  peer_stage("net", &since);
  peer_margins_write(argv[2], &book, worst.data());
  peer_stage("write", &since);
  return 0;
}
