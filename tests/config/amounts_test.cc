// Amounts in the currency that is exported, kept in OpenCost's own.
#include <fmt/format.h>

#include <random>

#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string file(const std::string& rate, const std::string& amount) {
  return fmt::format(
      "{}currency: {{rate: {}}}\n"
      "shared: {{monthly_amounts: {{support: {}}}}}\n"
      "savings: {{minimum_per_month: {}, high_per_month: {}, medium_per_month: 0}}\n"
      "policies: [{{name: p, minimum_per_hour: {}}}]\n"
      "budgets: [{{name: b, monthly: {}}}]\n",
      kOne, rate, amount, amount, amount, amount, amount);
}

TEST(Amounts, AreKeptBeforeTheRateAndShownAfterIt) {
  const Config config = good(file("1.25", "10"));
  EXPECT_THAT(config.shared.monthly_amounts, ElementsAre(Pair("support", 8)));
  EXPECT_EQ(config.savings.minimum_per_month, 8);
  EXPECT_EQ(config.savings.high_per_month, 8);
  EXPECT_EQ(config.policies.at(0).minimum_per_hour, 8);
  EXPECT_EQ(config.budgets.at(0).monthly, 10) << "which is compared with what is exported";
  const std::string yaml = print(config);
  for (const char* line : {"\n    support: 10\n", "\n  minimum_per_month: 10\n",
                           "\n  high_per_month: 10\n", "\n    minimum_per_hour: 10\n"}) {
    EXPECT_THAT(yaml, HasSubstr(line));
  }
}

TEST(Amounts, AreMeantInTheRateThatWins) {
  const Config config = good(file("1.25", "10"), {{"OPENCOST_EXPORTER_CURRENCY_RATE", "2"}});
  EXPECT_THAT(config.shared.monthly_amounts, ElementsAre(Pair("support", 5)));
}

TEST(Amounts, AreShownAsTheyWereWritten) {
  std::mt19937_64 random(20261003);
  const auto draw = [&](std::uint64_t below) {
    return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random);
  };
  for (int i = 0; i < 500; ++i) {
    const std::string rate = fmt::format("{}.{:03}", draw(200), draw(999) + 1);
    const std::string amount = fmt::format("{}", static_cast<double>(draw(10'000'000) + 1) / 100);
    SCOPED_TRACE(fmt::format("{} at {}", amount, rate));
    const std::string yaml = print(good(file(rate, amount)));
    EXPECT_THAT(yaml, HasSubstr(fmt::format("\n    support: {}\n", amount)));
    EXPECT_THAT(yaml, HasSubstr(fmt::format("\n  minimum_per_month: {}\n", amount)));
    EXPECT_THAT(yaml, HasSubstr(fmt::format("\n    minimum_per_hour: {}\n", amount)));
    EXPECT_EQ(print(good(yaml)), yaml);
  }
}

TEST(Amounts, AreAsManyDigitsAsANumberHolds) {
  const std::string once = print(good(file("0.3", "1234.567890123456789")));
  EXPECT_THAT(once, HasSubstr("\n    support: 1234.56789012346\n"));
  EXPECT_EQ(print(good(once)), print(good(print(good(once)))));
}

TEST(BadAmounts, AreMoreThanCanBeCounted) {
  EXPECT_THAT(
      faults("clusters: [{url: \"http://a\"}]\ncurrency: {rate: 0.001}\n"
             "shared: {monthly_amounts: {support: 1000000001}}\n"),
      ElementsAre("c.yaml:3: shared.monthly_amounts.\"support\": is 1e+12 before currency.rate, "
                  "which is more than anybody spends; write at most 1e+09"));
  EXPECT_THAT(faults("clusters: [{url: \"http://a\"}]\ncurrency: {rate: 1e-12}\n"),
              ElementsAre("c.yaml: savings.high_per_month: is 5e+14 before currency.rate, which is "
                          "more than anybody spends; write at most 1",
                          "c.yaml: savings.medium_per_month: is 1e+14 before currency.rate, which "
                          "is more than anybody spends; write at most 1"));
}

}  // namespace
}  // namespace exporter::config
