// A tenant's answers are made of its own rows: without all others they are the same.
#include <gmock/gmock.h>

#include "tests/api/random_world.h"

namespace exporter::api {
namespace {

using namespace samples;

/// Everything that an answer says.
Lines all_of(const Answer<Table>& answer) {
  if (!answer) return {problem_of(answer)};
  std::vector<std::string_view> columns;
  for (const Column& column : answer->columns) columns.push_back(column.name);
  Lines all = lines(answer, columns);
  for (const std::string& window : windows(answer)) all.push_back(window);
  all.push_back(answer->window_name);
  return all;
}

TEST(Isolation, OfATenantIsThatOfAWorldWithoutOthers) {
  for (const char* who : {"a", "b", "c", "nobody"}) {
    RandomWorld shared(9);
    RandomWorld alone(9, who);
    const auto expect_same = [&](const RowsRoute& route, const World::Given& given) {
      SCOPED_TRACE(std::string(who) + " " + testing::PrintToString(given));
      EXPECT_EQ(all_of(shared.ask(route, tenant(who), given)),
                all_of(alone.ask(route, tenant(who), given)));
    };
    for (const char* by : {"cluster", "namespace", "workload", "pod", "node", "tenant",
                           "label:team", "label:stage", "label:absent"}) {
      expect_same(kCostsCurrent, {{"aggregate", by}});
    }
    expect_same(kCostPods, {});
    for (const char* window :
         {"current", "today", "yesterday", "last_7_days", "month_to_date", "last_month"}) {
      for (const RowsRoute* route : {&kCostNamespaces, &kCostWorkloads, &kCostTenants, &kCostLabels,
                                     &kCostTotal, &kCostByType}) {
        expect_same(*route, {{"window", window}, {"label", "team"}});
      }
    }
    for (const char* by : {"total", "cluster", "namespace", "workload", "tenant", "label:team"}) {
      for (const RowsRoute* route : {&kCostTrends, &kCostMonthly}) {
        expect_same(*route, {{"aggregate", by}, {"step", "week"}});
      }
    }
  }
}

}  // namespace
}  // namespace exporter::api
