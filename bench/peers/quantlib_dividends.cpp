/* SPDX-License-Identifier: MIT
 *
 * quantlib_dividends N POINTS...: options like those of `shockgrid bench kernels --case dividends_accurate`, N of them at the 51
 * cells of its grid, by QuantLib's FdBlackScholesVanillaEngine on POINTS x POINTS points. Prints points,prices,processor seconds.
 */
#include <ql/quantlib.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

using namespace QuantLib;

static double uniform(std::uint64_t &state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static int days_of(double years) { return std::max(1, static_cast<int>(years * 365 + 0.5)); }

static void run(const Date &today, int n, Size points) {
  DayCounter days_365 = Actual365Fixed();
  auto spot = ext::make_shared<SimpleQuote>(100), rate = ext::make_shared<SimpleQuote>(0.05);
  auto yield = ext::make_shared<SimpleQuote>(0), vol = ext::make_shared<SimpleQuote>(0.2);
  auto process = ext::make_shared<BlackScholesMertonProcess>(
      Handle<Quote>(spot), Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, Handle<Quote>(yield), days_365)),
      Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, Handle<Quote>(rate), days_365)),
      Handle<BlackVolTermStructure>(
          ext::make_shared<BlackConstantVol>(today, NullCalendar(), Handle<Quote>(vol), days_365)));
  auto engine = ext::make_shared<FdBlackScholesVanillaEngine>(process, points, points);
  std::uint64_t seed = 1;
  double sum = 0;
  std::clock_t start = std::clock();
  for (int i = 0; i < n; i++) {
    double years = 30 * std::pow(36.5, uniform(seed)) / 365;
    rate->setValue(0.1 * uniform(seed));
    int n_dividends = 1 + static_cast<int>(8 * uniform(seed));
    std::vector<Date> dates;
    std::vector<Real> amounts;
    for (int j = 0; j < n_dividends; j++) { /* the last first, as the bench draws them */
      dates.insert(dates.begin(), today + days_of(years * (n_dividends - j - uniform(seed)) / n_dividends));
      amounts.insert(amounts.begin(), 0.1 * std::pow(30.0, uniform(seed)));
    }
    double level = 0.08 * std::pow(10.0, uniform(seed));
    double strike = 100 * std::exp((4 * uniform(seed) - 2) * level * std::sqrt(years));
    bool call = static_cast<std::uint64_t>(uniform(seed) * 0x1p53) % 2;
    DividendVanillaOption option(ext::make_shared<PlainVanillaPayoff>(call ? Option::Call : Option::Put, strike),
                                 ext::make_shared<AmericanExercise>(today, today + days_of(years)), dates, amounts);
    option.setPricingEngine(engine);
    for (int v = 0; v < 3; v++) {
      vol->setValue(level * (0.75 + 0.25 * v));
      for (int u = 0; u < 17; u++) {
        spot->setValue(100 * (0.84 + 0.02 * u));
        sum += option.NPV();
      }
    }
  }
  std::printf("%d,%d,%.3f\n", static_cast<int>(points), n * 51, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  if (!(sum > 0)) {
    std::exit(1);
  }
}

int main(int n_arguments, char **arguments) {
  Date today(1, January, 2026);
  Settings::instance().evaluationDate() = today;
  for (int k = 2; k < n_arguments; k++) {
    run(today, std::atoi(arguments[1]), std::atoi(arguments[k]));
  }
}
