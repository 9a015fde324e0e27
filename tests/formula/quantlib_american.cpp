/* SPDX-License-Identifier: MIT
 *
 * Made quantlib_american.csv (its first 1,000 rows): random American options by the three schemes of QuantLib 1.29's
 * QdFpAmericanEngine; rates per second go to stderr. The sweep over 10,000, some minutes:
 *
 *   g++ -O2 quantlib_american.cpp -lQuantLib && ./a.out 10000 >sweep.csv &&
 *     SHOCKGRID_QUANTLIB_AMERICAN=sweep.csv build/tests/test_formula_device_american
 *
 * Largest errors and 99th percentiles there, of strike: fast 1.1e-5 and 8.3e-7 (QuantLib's 6.8e-5 and 1.2e-5), accurate 5.9e-8
 * and 1.0e-8 (3.4e-6 and 3.0e-7). The worst have over a year left and a put's rate of 9 % or more, above its yield.
 */
#include <ql/quantlib.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

using namespace QuantLib;

static double uniform(unsigned long long &state) {
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (state >> 11) * 0x1p-53;
}

int main(int, char **arguments) {
  const int n = std::atoi(arguments[1]);
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
  ext::shared_ptr<PricingEngine> engines[] = {
      ext::make_shared<QdFpAmericanEngine>(process, QdFpAmericanEngine::fastScheme()),
      ext::make_shared<QdFpAmericanEngine>(process, QdFpAmericanEngine::accurateScheme()),
      ext::make_shared<QdFpAmericanEngine>(process, QdFpAmericanEngine::highPrecisionScheme())};
  double seconds[3] = {0, 0, 0};
  std::printf("spot,rate,yield,vol,days,put,fast,accurate,high\n");
  for (int i = 0; i < n; i++) {
    double s = 50 * std::pow(4., uniform(state));
    int days = (int)std::pow(1095., uniform(state)) + 1;
    double v = 0.05 * std::pow(24., uniform(state)), r = 0.12 * uniform(state), q = 0.12 * uniform(state);
    q = uniform(state) < 0.1 ? 0 : q;
    bool put = uniform(state) < 0.5;
    spot->setValue(s);
    rate->setValue(r);
    yield->setValue(q);
    vol->setValue(v);
    VanillaOption option(ext::make_shared<PlainVanillaPayoff>(put ? Option::Put : Option::Call, 100),
                         ext::make_shared<AmericanExercise>(today, today + days));
    std::printf("%.17g,%.17g,%.17g,%.17g,%d,%d", s, r, q, v, days, put);
    for (int k = 0; k < 3; k++) {
      auto start = std::chrono::steady_clock::now();
      option.setPricingEngine(engines[k]);
      std::printf(",%.17g", option.NPV());
      seconds[k] += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::printf("\n");
  }
  std::fprintf(stderr, "prices per second: fast %.0f, accurate %.0f, high %.0f\n", n / seconds[0], n / seconds[1],
               n / seconds[2]);
}
