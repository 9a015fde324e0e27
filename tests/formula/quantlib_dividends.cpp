/* SPDX-License-Identifier: MIT
 *
 * Made quantlib_dividends.csv: random options on a spot of 100 with one to eight cash dividends, by QuantLib 1.29's
 * FdBlackScholesVanillaEngine with CashDividendModel::Spot on grids of 100 x 100, 200 x 200 and 1,600 x 1,600 points.
 * `g++ -O2 quantlib_dividends.cpp -lQuantLib && ./a.out 1000`; rates per second go to stderr.
 */
#include <ql/quantlib.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace QuantLib;

static double uniform(unsigned long long &state) {
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (state >> 11) * 0x1p-53;
}

static double rounded(double x, double unit) { return std::round(x / unit) * unit; }

int main(int, char **arguments) {
  const int n = std::atoi(arguments[1]);
  const Size grids[] = {100, 200, 1600};
  unsigned long long state = 1;
  Date today(1, January, 2026);
  Settings::instance().evaluationDate() = today;
  DayCounter days_365 = Actual365Fixed();
  auto spot = ext::make_shared<SimpleQuote>(100), rate = ext::make_shared<SimpleQuote>(0.05);
  auto yield = ext::make_shared<SimpleQuote>(0.05), vol = ext::make_shared<SimpleQuote>(0.2);
  Handle<YieldTermStructure> rates(ext::make_shared<FlatForward>(today, Handle<Quote>(rate), days_365));
  Handle<YieldTermStructure> yields(ext::make_shared<FlatForward>(today, Handle<Quote>(yield), days_365));
  Handle<BlackVolTermStructure> vols(
      ext::make_shared<BlackConstantVol>(today, NullCalendar(), Handle<Quote>(vol), days_365));
  auto process = ext::make_shared<BlackScholesMertonProcess>(Handle<Quote>(spot), yields, rates, vols);
  double seconds[3] = {0, 0, 0};
  std::printf("strike,rate,yield,vol,days,put,american,dividends,points_100,points_200,points_1600\n");
  for (int i = 0; i < n; i++) {
    int days = (int)(30 * std::pow(36.5, uniform(state)));
    double v = rounded(0.08 * std::pow(10., uniform(state)), 1e-3), r = rounded(0.1 * uniform(state), 1e-4);
    double q = rounded(0.06 * uniform(state), 1e-4);
    q = uniform(state) < 0.7 ? 0 : q;
    double strike = rounded(100 * std::exp((4 * uniform(state) - 2) * v * std::sqrt(days / 365.)), 0.1);
    bool put = uniform(state) < 0.5, american = uniform(state) < 0.8;
    const size_t n_dividends = 1 + (size_t)(8 * uniform(state));
    std::vector<int> when;
    while (when.size() < n_dividends) {
      int day = 1 + (int)((days - 1) * uniform(state));
      if (std::find(when.begin(), when.end(), day) == when.end()) {
        when.push_back(day);
      }
    }
    std::sort(when.begin(), when.end());
    std::vector<Date> dates;
    std::vector<Real> amounts;
    std::printf("%.10g,%.10g,%.10g,%.10g,%d,%d,%d,", strike, r, q, v, days, put, american);
    for (size_t k = 0; k < n_dividends; k++) {
      dates.push_back(today + when[k]);
      amounts.push_back(rounded(0.1 * std::pow(30., uniform(state)), 1e-2));
      std::printf("%s%.10g@%d", k ? ";" : "", amounts[k], when[k]);
    }
    rate->setValue(r);
    yield->setValue(q);
    vol->setValue(v);
    ext::shared_ptr<Exercise> exercise = ext::make_shared<EuropeanExercise>(today + days);
    if (american) {
      exercise = ext::make_shared<AmericanExercise>(today, today + days);
    }
    DividendVanillaOption option(ext::make_shared<PlainVanillaPayoff>(put ? Option::Put : Option::Call, strike), exercise,
                                 dates, amounts);
    for (int k = 0; k < 3; k++) {
      auto start = std::chrono::steady_clock::now();
      option.setPricingEngine(ext::make_shared<FdBlackScholesVanillaEngine>(process, grids[k], grids[k]));
      std::printf(",%.9g", option.NPV());
      seconds[k] += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  std::fprintf(stderr, "prices per second: %.0f, %.0f, %.2f\n", n / seconds[0], n / seconds[1], n / seconds[2]);
}
