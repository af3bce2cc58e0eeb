#include "exporter/poll/derived.h"

#include <algorithm>

namespace exporter::poll {
namespace {

using Rules = std::shared_ptr<const cost::AttributionRules>;

std::shared_ptr<const cost::Attribution> attribution(
    const std::shared_ptr<const cost::Breakdown>& of, const Rules& rules,
    const std::shared_ptr<const cost::Attribution>& last) {
  if (!of) return nullptr;
  if (last && last->of == of && last->rules == rules) return last;
  return std::make_shared<const cost::Attribution>(cost::attribute(of, rules));
}

}  // namespace

void Derived::fill(cost::SourceReport& report, const Rules& rules,
                   const cost::SavingsOptions& savings, const cost::Watch& watch,
                   std::chrono::seconds month) {
  attribute(report, rules);
  project(report, month);
  report.efficiency = !report.current ? nullptr
                      : report.current == last_.current
                          ? last_.efficiency
                          : std::make_shared<const cost::Efficiency>(cost::measure(report.current));
  find_savings(report, savings, watch);
  last_ = report;
  savings_options_ = savings;
}

void Derived::attribute(cost::SourceReport& report, const Rules& rules) {
  report.attribution = attribution(report.current, rules, last_.attribution);
  for (std::size_t i = 0; i < report.periods.size(); ++i) {
    report.period_attribution[i] =
        attribution(report.periods[i].costs, rules, last_.period_attribution[i]);
  }
}

void Derived::project(cost::SourceReport& report, std::chrono::seconds month) {
  if (!report.current) return;
  constexpr auto kMonth = static_cast<std::size_t>(model::Period::month_to_date);
  const cost::PeriodCost& to_date = report.periods[kMonth];
  const auto& spent = report.period_attribution[kMonth];
  const auto& last = last_.tenant_forecast;
  const bool same = last_.forecast && last_.forecast->current == report.current &&
                    last_.periods[kMonth] == to_date;
  report.forecast = same ? last_.forecast : cost::forecast(to_date, report.current, month);
  if (same && last && last->month_to_date == spent && last->current == report.attribution) {
    report.tenant_forecast = last;
  } else {
    const auto rest = std::max(month - to_date.coverage.known, std::chrono::seconds(0));
    report.tenant_forecast = cost::forecast(spent, report.attribution, rest);
  }
}

void Derived::find_savings(cost::SourceReport& report, const cost::SavingsOptions& options,
                           const cost::Watch& watch) {
  if (!report.current) return;
  const cost::PeriodCost& week = report.period(model::Period::last_7_days);
  const auto& last = last_.savings;
  if (last && last->of == report.current && last->assets == report.assets &&
      last_.period(model::Period::last_7_days) == week && savings_options_ == options) {
    report.savings = last;
    return;
  }
  report.savings = std::make_shared<const cost::Savings>(
      cost::find_savings(report.current, report.assets, week, watch, options, last.get()));
}

}  // namespace exporter::poll
