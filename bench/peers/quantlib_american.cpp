/* SPDX-License-Identifier: MIT
 *
 * quantlib_american N_FAST N_ACCURATE: the options and the grid of `shockgrid bench kernels --case american_fast`, as many of
 * them, by QuantLib's QdFpAmericanEngine. Prints scheme,prices,processor seconds.
 */
#include <ql/quantlib.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

using namespace QuantLib;

static double uniform(std::uint64_t &state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

struct market {
  ext::shared_ptr<SimpleQuote> spot = ext::make_shared<SimpleQuote>(100), rate = ext::make_shared<SimpleQuote>(0.05),
                               yield = ext::make_shared<SimpleQuote>(0.05), vol = ext::make_shared<SimpleQuote>(0.2);
  ext::shared_ptr<BlackScholesMertonProcess> process;

  explicit market(const Date &today) {
    DayCounter days_365 = Actual365Fixed();
    process = ext::make_shared<BlackScholesMertonProcess>(
        Handle<Quote>(spot),
        Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, Handle<Quote>(yield), days_365)),
        Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, Handle<Quote>(rate), days_365)),
        Handle<BlackVolTermStructure>(
            ext::make_shared<BlackConstantVol>(today, NullCalendar(), Handle<Quote>(vol), days_365)));
  }
};

static void run(const char *name, const Date &today, const ext::shared_ptr<QdFpIterationScheme> &scheme, int n) {
  market at(today);
  auto engine = ext::make_shared<QdFpAmericanEngine>(at.process, scheme);
  std::uint64_t seed = 1;
  double sum = 0;
  std::clock_t start = std::clock();
  for (int i = 0; i < n; i++) {
    double years = std::pow(1095.0, uniform(seed)) / 365, vol = 0.05 * std::pow(24.0, uniform(seed));
    at.rate->setValue(0.12 * uniform(seed));
    at.yield->setValue(0.12 * uniform(seed));
    double spot = 100 * std::exp((5 * uniform(seed) - 2.5) * vol * std::sqrt(years));
    bool call = static_cast<std::uint64_t>(uniform(seed) * 0x1p53) % 2;
    VanillaOption option(ext::make_shared<PlainVanillaPayoff>(call ? Option::Call : Option::Put, 100),
                         ext::make_shared<AmericanExercise>(today, today + std::max(1, static_cast<int>(years * 365 + 0.5))));
    option.setPricingEngine(engine);
    for (int v = 0; v < 3; v++) {
      at.vol->setValue(vol * (0.75 + 0.25 * v));
      for (int u = 0; u < 17; u++) {
        at.spot->setValue(spot * (0.84 + 0.02 * u));
        sum += option.NPV();
      }
    }
  }
  std::printf("%s,%d,%.3f\n", name, n * 51, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  if (!(sum > 0)) {
    std::exit(1);
  }
}

int main(int n_arguments, char **arguments) {
  Date today(1, January, 2026);
  Settings::instance().evaluationDate() = today;
  run("fast", today, QdFpAmericanEngine::fastScheme(), n_arguments > 1 ? std::atoi(arguments[1]) : 200);
  run("accurate", today, QdFpAmericanEngine::accurateScheme(), n_arguments > 2 ? std::atoi(arguments[2]) : 50);
}
