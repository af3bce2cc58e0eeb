#include "exporter/config/amounts.h"

#include <fmt/format.h>

#include <charconv>

#include "exporter/config/text.h"

namespace exporter::config {
namespace {

// What is made of them is counted in millionths, in 64 bits.
constexpr double kMost = 1e12;

template <class Visit>
void for_each_amount(Config& config, Visit visit) {
  for (auto& [name, amount] : config.shared.monthly_amounts) {
    visit(fmt::format("shared.monthly_amounts.{}", in_quotes(name)), amount);
  }
  visit("savings.minimum_per_month", config.savings.minimum_per_month);
  visit("savings.high_per_month", config.savings.high_per_month);
  visit("savings.medium_per_month", config.savings.medium_per_month);
  for (std::size_t i = 0; i < config.policies.size(); ++i) {
    visit(fmt::format("policies[{}].minimum_per_hour", i), config.policies[i].minimum_per_hour);
  }
}

double rounded(double amount) {
  const std::string text = fmt::format("{:.15g}", amount);
  std::from_chars(text.data(), text.data() + text.size(), amount);
  return amount;
}

}  // namespace

void divide_by_rate(Loading& loading) {
  const double rate = loading.config.metrics.currency_rate;
  for_each_amount(loading.config, [&](const std::string& path, double& amount) {
    amount /= rate;
    if (amount <= kMost) return;
    loading.fault(path,
                  fmt::format("is {} before currency.rate, which is more than anybody "
                              "spends; write at most {}",
                              fmt::format("{:.6g}", amount), fmt::format("{:.6g}", kMost * rate)));
  });
}

Config multiplied_by_rate(Config config) {
  const double rate = config.metrics.currency_rate;
  for_each_amount(config,
                  [&](const std::string&, double& amount) { amount = rounded(amount * rate); });
  return config;
}

}  // namespace exporter::config
