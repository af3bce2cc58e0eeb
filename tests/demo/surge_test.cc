// A scripted jump in costs: what it refuses, and that everything still adds up with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "exporter/clock.h"
#include "exporter/demo/inventory.h"
#include "tests/demo/answers.h"
#include "tests/demo/client.h"

namespace exporter::demo {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

const auto kFrom = *model::parse_time("2026-10-03T12:20:00Z");
const auto kUntil = *model::parse_time("2026-10-03T15:40:00Z");

ClusterOptions with_surge(int pods = 6, model::Window window = {kFrom, kUntil}) {
  return {.surges = {{"payments", pods, window}}};
}

std::vector<ReadRow> surge_rows(const std::vector<ReadRow>& rows) {
  std::vector<ReadRow> found;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(found), [](const ReadRow& row) {
    return row.controller == "surge" && row.name_space == "payments";
  });
  return found;
}

double compute(const model::Costs& costs) {
  using model::Resource;
  return costs[Resource::cpu].amount() + costs[Resource::memory].amount() +
         costs[Resource::gpu].amount();
}

// Windows before, across both ends of, inside, around and after the surge.
const std::vector<model::Window> kWindows = {
    hours("2026-10-03T11:00:00Z", 1), hours("2026-10-03T12:00:00Z", 1),
    hours("2026-10-03T13:35:00Z", 1), hours("2026-10-03T15:00:00Z", 1),
    hours("2026-10-03T16:00:00Z", 1), hours("2026-10-03T00:00:00Z", 24),
    hours("2026-10-01T00:00:00Z", 72)};

TEST(Surge, ChangesNotAByteOfWhatIsNotInIt) {
  const Cluster calm({});
  const Cluster surging(with_surge());
  const Cluster ended(with_surge(6, {kFrom, kFrom}));
  for (std::string_view aggregate : {kPodRows, kWorkloadRows, std::string_view("namespace")}) {
    for (const model::Window window :
         {hours("2026-10-03T11:20:00Z", 1), hours("2026-10-01T00:00:00Z", 24),
          hours("2026-10-03T15:40:00Z", 1)}) {
      EXPECT_EQ(surging.allocation_json(window, aggregate, true),
                calm.allocation_json(window, aggregate, true));
      EXPECT_EQ(surging.assets_json(window), calm.assets_json(window));
    }
    const auto during = hours("2026-10-03T12:00:00Z", 2);
    EXPECT_NE(surging.allocation_json(during, aggregate, true),
              calm.allocation_json(during, aggregate, true));
    EXPECT_EQ(ended.allocation_json(during, aggregate, true),
              calm.allocation_json(during, aggregate, true));
    EXPECT_EQ(ended.assets_json(during), calm.assets_json(during));
  }
}

TEST(Surge, LaterOnesChangeNothingOfEarlierOnes) {
  ClusterOptions options = with_surge();
  const Cluster one(options);
  options.surges.push_back({"payments", 9, {kUntil, kAlways.end}});
  const Cluster two(options);
  const model::Window until_then{kFrom - std::chrono::hours(3), kUntil};
  EXPECT_EQ(two.allocation_json(until_then, kPodRows, true),
            one.allocation_json(until_then, kPodRows, true));
  EXPECT_EQ(two.assets_json(until_then), one.assets_json(until_then));
  const auto later = hours("2026-10-04T00:00:00Z", 1);
  EXPECT_THAT(surge_rows(read_rows(one.allocation_json(later, kPodRows, false))), SizeIs(0));
  EXPECT_THAT(surge_rows(read_rows(two.allocation_json(later, kPodRows, false))), SizeIs(9));
}

TEST(Surge, NodesPayForWorkloadsAndIdle) {
  for (const ClusterOptions& options :
       {with_surge(), with_surge(1), with_surge(100),
        ClusterOptions{.seed = 3, .nodes = 1, .pods = 1, .surges = {{"ml", 7, {kFrom, kUntil}}}}}) {
    const Cluster cluster(options);
    for (const model::Window& window : kWindows) {
      SCOPED_TRACE(model::format_time(window.start));
      const model::Costs idle = cluster.idle_costs(window);
      double charged = compute(idle);
      for (const auto& [name, costs] : cluster.namespace_costs(window)) charged += compute(costs);
      double nodes = 0;
      for (const auto& [name, cost] : cluster.node_costs(window)) nodes += cost.amount();
      const std::size_t rows = read_rows(cluster.allocation_json(window, kPodRows, true)).size();
      EXPECT_NEAR(charged, nodes, 3 * 5e-6 * static_cast<double>(rows));
      EXPECT_GT(idle[model::Resource::cpu].micros, 0);
      EXPECT_GT(idle[model::Resource::memory].micros, 0);
    }
  }
}

TEST(Surge, SumsAreWhatAReaderAddsUpAtEveryAggregation) {
  const Cluster cluster(with_surge());
  const Cluster calm({});
  for (const model::Window& window : kWindows) {
    SCOPED_TRACE(model::format_time(window.start));
    const auto by_pod = cluster.namespace_costs(window);
    const auto without = calm.namespace_costs(window);
    for (std::string_view aggregate : {kPodRows, kWorkloadRows, std::string_view("namespace")}) {
      const auto rows = read_rows(cluster.allocation_json(window, aggregate, true));
      const auto sums = add_up(rows);
      EXPECT_EQ(sums, cluster.namespace_costs(window, aggregate));
      for (const auto& [name, costs] : sums) {
        EXPECT_NEAR(costs.total().amount(), by_pod.at(name).total().amount(), 5e-3) << name;
        // Daemon sets run on the new nodes as well.
        if (name == "payments" || name == "kube-system" || name == "monitoring") continue;
        EXPECT_EQ(by_pod.at(name), without.at(name)) << name;
      }
      EXPECT_EQ(find_row(rows, "__idle__")->costs, cluster.idle_costs(window));
    }
  }
}

TEST(Surge, WindowsHoldPodsAndNodesForAsLongAsTheyLived) {
  const Cluster cluster(with_surge());
  for (const model::Window& window : kWindows) {
    SCOPED_TRACE(model::format_time(window.start));
    const model::Window lived = overlap(window, {kFrom, kUntil});
    const double minutes = std::max(lived.hours(), 0.0) * 60;
    const auto rows = surge_rows(read_rows(cluster.allocation_json(window, kPodRows, false)));
    EXPECT_THAT(rows, SizeIs(minutes > 0 ? 6 : 0));
    std::set<std::string> nodes;
    for (const ReadRow& row : rows) {
      EXPECT_THAT(row.pod, StartsWith("surge-"));
      EXPECT_EQ(row.controller_kind, "deployment");
      EXPECT_EQ(row.minutes, minutes);
      EXPECT_EQ(row.start, model::format_time(lived.start));
      EXPECT_EQ(row.end, model::format_time(lived.end));
      EXPECT_GE(row.costs.total().amount() / minutes * 60, 0.15);
      EXPECT_LE(row.costs.total().amount() / minutes * 60, 0.25);
      EXPECT_NEAR(row.cores.used, row.cores.request, 0.25 * row.cores.request);
      nodes.insert(row.node);
    }
    simdjson::dom::parser parser;
    std::size_t added = 0;
    for (const auto asset :
         simdjson::dom::object(parser.parse(cluster.assets_json(window))["data"])) {
      if (!nodes.contains(text_or_empty(asset.value["properties"]["name"]))) continue;
      ++added;
      EXPECT_EQ(double(asset.value["minutes"]), minutes);
      EXPECT_EQ(text_or_empty(asset.value["start"]), model::format_time(lived.start));
      EXPECT_EQ(text_or_empty(asset.value["end"]), model::format_time(lived.end));
    }
    EXPECT_EQ(added, minutes > 0 ? 4u : 0u) << "two nodes, each with its disk";
    EXPECT_EQ(cluster.node_costs(window).size(), minutes > 0 ? 8u : 6u);
  }
}

class SurgeRoute : public ::testing::Test {
 protected:
  ManualClock clock_{*model::parse_time("2026-10-03T14:00:00Z")};
  std::unique_ptr<Server> server_ = *Server::start({}, clock_);

  Response call(std::string_view method, const std::string& query = {}) const {
    return ask(server_->url(), query.empty() ? "/demo/surge" : "/demo/surge?" + query, method);
  }
  std::size_t pods(std::string_view window) const {
    return surge_rows(read_rows(ask(server_->url(),
                                    "/allocation?aggregate=cluster,namespace,pod&"
                                    "window=" +
                                        std::string(window))
                                    .body))
        .size();
  }
};

TEST_F(SurgeRoute, RefusesWhatItCannotRead) {
  const std::string good = "namespace=payments&pods=6&from=2026-10-03T12:20:00Z";
  const std::string before = ask(server_->url(), "/allocation?window=today").body;
  const auto check = [&](const std::string& query, std::string_view message) {
    SCOPED_TRACE(query);
    const Response response = call("POST", query);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body, std::string(message) + "\n");
  };
  const auto space = [](std::string_view name) {
    return "no namespace is called \"" + std::string(name) +
           "\"; write one of the cluster, such as payments";
  };
  check("", space(""));
  check("pods=6&from=1791028800", space(""));
  check("namespace=&pods=6&from=1791028800", space(""));
  check("namespace=nowhere&pods=6&from=1791028800", space("nowhere"));
  check("namespace=Payments&pods=6&from=1791028800", space("Payments"));
  check("namespace=pay*&pods=6&from=1791028800", space("pay*"));
  check("namespace=__unmounted__&pods=6&from=1791028800", space("__unmounted__"));
  check("namespace=a%22%0ab&pods=6&from=1791028800", space("a\\\"\\nb"));
  check("namespace=%ff&pods=6&from=1791028800", space("\\xff"));

  const auto count = [](std::string_view text) {
    return "pods is \"" + std::string(text) + "\"; write a whole number from 1 to 1000";
  };
  check("namespace=payments&from=1791028800", count(""));
  for (const char* text : {"", "0", "-1", "1001", "6.5", "six", "6x", "0x6", "99999999999"}) {
    check("namespace=payments&from=1791028800&pods=" + std::string(text), count(text));
  }

  const auto time = [](std::string_view name, std::string_view text) {
    return std::string(name) + " is \"" + std::string(text) +
           "\"; write a time from 2020-01-01T00:00:00Z to 2100-01-01T00:00:00Z, such as "
           "2026-10-03T12:00:00Z or 1791028800";
  };
  check("namespace=payments&pods=6", time("from", ""));
  for (const char* text :
       {"", "now", "today", "2026-10-03", "2026-10-03T12:00:00", "2026-10-03T12:00:00-02:00",
        "2026-13-03T12:00:00Z", "-1791028800", "1791028800.5", "1577836799", "4102444801",
        "9223372036854775807", "9223372036854775808", "2019-12-31T23:59:59Z"}) {
    check("namespace=payments&pods=6&from=" + std::string(text), time("from", text));
    check(good + "&until=" + std::string(text), time("until", text));
  }
  check(good + "&until=2026-10-03T12:20:00Z", "from is not before until; write an earlier one");
  check(good + "&until=2026-10-03T12:19:59Z", "from is not before until; write an earlier one");
  check(good + "&untill=2026-10-03T13:00:00Z",
        "\"untill\" is not one of namespace, pods, from, until");

  EXPECT_EQ(call("PUT", good).status, 405);
  EXPECT_EQ(call("DELETE", "namespace=payments").status, 400);
  EXPECT_EQ(call("GET").body, "");
  EXPECT_EQ(ask(server_->url(), "/allocation?window=today").body, before);
}

TEST_F(SurgeRoute, TakesBothKindsOfTimeAndLists) {
  EXPECT_EQ(call("POST", "namespace=payments&pods=6&from=2026-10-03T12:20:00Z").body,
            "namespace=payments pods=6 from=2026-10-03T12:20:00Z\n");
  const std::string both =
      "namespace=payments pods=6 from=2026-10-03T12:20:00Z\n"
      "namespace=ml pods=1000 from=2026-10-03T13:00:00Z until=2026-10-03T14:00:00Z\n";
  EXPECT_EQ(call("POST", "namespace=ml&pods=1000&from=1791032400&until=1791036000").body, both);
  EXPECT_EQ(call("GET").body, both);
  EXPECT_EQ(pods("2026-10-03T11:00:00Z,2026-10-03T12:00:00Z"), 0u);
  EXPECT_EQ(pods("2026-10-03T12:00:00Z,2026-10-03T13:00:00Z"), 6u);
}

TEST_F(SurgeRoute, IsWhatTheModelSays) {
  call("POST", "namespace=payments&pods=6&from=2026-10-03T12:20:00Z&until=2026-10-03T15:40:00Z");
  const Cluster expected(with_surge());
  const auto window = hours("2026-10-03T12:00:00Z", 1);
  const std::string asked = "window=2026-10-03T12:00:00Z,2026-10-03T13:00:00Z";
  EXPECT_EQ(server_->cluster()->options(), expected.options());
  EXPECT_EQ(ask(server_->url(), "/assets?" + asked).body, expected.assets_json(window));
  EXPECT_EQ(
      ask(server_->url(), "/allocation?includeIdle=true&aggregate=cluster,namespace,pod&" + asked)
          .body,
      expected.allocation_json(window, kPodRows, true));
}

TEST_F(SurgeRoute, NothingOfItIsInTheFuture) {
  call("POST", "namespace=payments&pods=6&from=2026-10-03T14:30:00Z");
  EXPECT_EQ(pods("today"), 0u);
  const auto nodes = [&] { return ask(server_->url(), "/installInfo").body; };
  EXPECT_THAT(nodes(), HasSubstr("\"nodeCount\":\"6\""));
  clock_.advance(std::chrono::minutes(45));
  EXPECT_EQ(pods("today"), 6u);
  EXPECT_THAT(nodes(), HasSubstr("\"nodeCount\":\"8\""));
}

TEST_F(SurgeRoute, EndsNowAndStaysInThePast) {
  call("POST", "namespace=payments&pods=6&from=2026-10-03T13:00:00Z");
  call("POST", "namespace=payments&pods=9&from=2026-10-03T15:00:00Z");
  call("POST", "namespace=payments&pods=2&from=2026-10-03T13:30:00Z&until=2026-10-03T13:45:00Z");
  const std::string past = "/allocation?window=2026-10-03T12:00:00Z,2026-10-03T14:00:00Z";
  const std::string before = ask(server_->url(), past).body;
  EXPECT_EQ(call("DELETE").body,
            "namespace=payments pods=6 from=2026-10-03T13:00:00Z until=2026-10-03T14:00:00Z\n"
            "namespace=payments pods=2 from=2026-10-03T13:30:00Z until=2026-10-03T13:45:00Z\n");
  EXPECT_EQ(call("GET").body, call("DELETE").body);
  EXPECT_EQ(ask(server_->url(), past).body, before);
  clock_.advance(std::chrono::hours(3));
  EXPECT_EQ(pods("2026-10-03T14:00:00Z,2026-10-03T17:00:00Z"), 0u);
}

TEST_F(SurgeRoute, TakesAHundredAtMost) {
  const std::string one = "namespace=batch&pods=1&from=2026-10-03T12:00:00Z";
  for (int i = 0; i < 100; ++i) ASSERT_EQ(call("POST", one).status, 200) << i;
  const Response refused = call("POST", one);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body, "there were 100 surges already; start another demo\n");
  call("DELETE");
  EXPECT_EQ(call("POST", one).status, 400) << "they are still in the past";
}

TEST_F(SurgeRoute, CanBeSetWhileOthersAsk) {
  std::thread other([&] {
    for (int i = 0; i < 20; ++i) {
      const auto cluster = server_->cluster();
      EXPECT_EQ(cluster->namespace_costs(hours("2026-10-03T12:00:00Z", 1)).count("batch"), 1u);
    }
  });
  for (int i = 0; i < 20; ++i) {
    call("POST", "namespace=batch&pods=1&from=2026-10-03T12:00:00Z");
    EXPECT_EQ(ask(server_->url(), "/assets?window=today").status, 200);
  }
  other.join();
  EXPECT_THAT(server_->cluster()->options().surges, SizeIs(20));
}

}  // namespace
}  // namespace exporter::demo
