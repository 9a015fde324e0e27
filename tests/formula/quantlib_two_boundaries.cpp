/* SPDX-License-Identifier: MIT
 *
 * Made quantlib_two_boundaries.csv: puts of strike 100 with two exercise boundaries by QuantLib 1.29's finite differences on
 * 800 x 800 and 1,600 x 1,600 points. `g++ -O2 quantlib_two_boundaries.cpp -lQuantLib && ./a.out 60`.
 */
#include <ql/quantlib.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>

using namespace QuantLib;

static double uniform(unsigned long long &state) {
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (state >> 11) * 0x1p-53;
}

int main(int, char **arguments) {
  unsigned long long state = 7;
  Date today(1, January, 2026);
  Settings::instance().evaluationDate() = today;
  DayCounter days_365 = Actual365Fixed();
  std::printf("spot,rate,yield,vol,days,coarse,fine\n");
  for (int i = 0, n = std::atoi(arguments[1]); i < n; i++) {
    double s = 20 * std::pow(7., uniform(state)), r = -0.001 - 0.039 * uniform(state), q = r - 0.001 - 0.06 * uniform(state);
    double v = 0.05 * std::pow(12., uniform(state));
    int days = 20 * std::pow(150., uniform(state));
    auto process = ext::make_shared<BlackScholesMertonProcess>(
        Handle<Quote>(ext::make_shared<SimpleQuote>(s)),
        Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, q, days_365)),
        Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, r, days_365)),
        Handle<BlackVolTermStructure>(ext::make_shared<BlackConstantVol>(today, NullCalendar(), v, days_365)));
    VanillaOption option(ext::make_shared<PlainVanillaPayoff>(Option::Put, 100),
                         ext::make_shared<AmericanExercise>(today, today + days));
    std::printf("%.17g,%.17g,%.17g,%.17g,%d", s, r, q, v, days);
    for (int points = 800; points <= 1600; points *= 2) {
      option.setPricingEngine(ext::make_shared<FdBlackScholesVanillaEngine>(process, points, points));
      std::printf(",%.9f", option.NPV());
    }
    std::printf("\n");
    std::fflush(stdout);
  }
}
