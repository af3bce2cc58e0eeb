// What OpenCost is asked for in a day of the default schedule, as a Markdown table beside the plan
// of asking for the month again and again. Requests and window-hours, not times: an OpenCost
// computes every hour of every window anew.
//
//   bench_requests DAYS
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <map>

#include "tests/poll/scripted.h"

namespace {

using namespace exporter;
using std::chrono::days;
using std::chrono::hours;

struct Load {
  double requests = 0;
  double window_hours = 0;

  void add(model::Window window) {
    ++requests;
    window_hours += window.hours();
  }
};

void row(std::string_view what, const Load& load, double span) {
  std::cout << fmt::format("| {} | {:.1f} | {:.0f} |\n", what, load.requests / span,
                           load.window_hours / span);
}

/// `window=month` every five minutes, for `span` days from the first of a month of 30.
Load naive(int span) {
  Load load;
  const std::chrono::sys_seconds start = std::chrono::sys_days(std::chrono::year(2026) / 4 / 1);
  for (auto now = start; now < start + days(span); now += std::chrono::minutes(5)) {
    const auto day = std::chrono::floor<days>(now);
    const std::chrono::year_month_day date(day);
    load.add({std::chrono::sys_days(date.year() / date.month() / 1), now});
  }
  return load;
}

}  // namespace

int main(int argc, char** argv) {
  const int span = argc > 1 ? std::atoi(argv[1]) : 0;
  if (span < 1) {
    std::cerr << "usage: bench_requests DAYS\n";
    return 2;
  }
  // Filled on the day before, so that what is counted is the usual life.
  const SystemTime start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 31);
  poll::samples::Polling polling(start);
  polling.options.backfill_days.reset();
  polling.publisher.adopt(polling.options);
  polling.run(days(1));
  Load filling;
  for (const auto& one : polling.script.asked()) {
    if (one.question.query == opencost::Query::day) filling.add(one.question.window);
  }
  const std::size_t before = polling.script.asked().size();
  polling.run(days(span));
  std::map<opencost::Query, Load> loads;
  Load all;
  const auto asked = polling.script.asked();
  for (std::size_t i = before; i < asked.size(); ++i) {
    loads[asked[i].question.query].add(asked[i].question.window);
    all.add(asked[i].question.window);
  }
  std::cout << "| query | requests a day | window-hours a day |\n| --- | --- | --- |\n";
  for (const auto& [query, load] : loads) row(fmt::format("`{}`", to_string(query)), load, span);
  row("**all**", all, span);
  const Load month = naive(span);
  row("`window=month` every 5 minutes", month, span);
  std::cout << fmt::format(
      "\n{:.0f}x fewer window-hours. First start, once: {:.0f} requests of one day each.\n",
      month.window_hours / all.window_hours, filling.requests);
  return 0;
}
