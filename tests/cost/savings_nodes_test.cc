// Which nodes could go.
#include <gmock/gmock.h>

#include <chrono>
#include <map>

#include "exporter/cost/savings.h"
#include "tests/cost/demand_tables.h"

namespace exporter::cost {
namespace {

using model::Resource;
using samples::DemandRow;
using samples::hours_later;
using samples::inventory;
using samples::kMiB;
using samples::NodeRow;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr float kGiB = 1024 * kMiB;

// 4 cores and 16 GiB for a thousand millionths an hour.
NodeRow node(std::string name) { return {.name = std::move(name), .micros = 1000}; }

NodeRow spot(std::string name) {
  NodeRow row = node(std::move(name));
  row.spot = true;
  return row;
}

// Requests these cores and as many GiB; free.
DemandRow on(std::string where, float cores, std::string pod = "") {
  DemandRow row{.pod = pod.empty() ? "on-" + where : std::move(pod), .node = std::move(where)};
  row.cpu = {cores, cores, 0};
  row.memory = {cores * kGiB, cores * kGiB, 0};
  return row;
}

DemandRow daemon_on(std::string where, float cores) {
  DemandRow row = on(std::move(where), cores);
  row.pod = "daemon-" + row.pod;
  row.controller_kind = "daemonset";
  row.controller = "agent";
  return row;
}

DemandRow charged(DemandRow row, std::int64_t micros) {
  row.costs = samples::cpu(micros);
  return row;
}

SavingsOptions all_of_them() {
  SavingsOptions options;
  options.minimum_per_month = 0;
  return options;
}

Savings find(const std::vector<NodeRow>& nodes, const std::vector<DemandRow>& pods,
             const SavingsOptions& options = all_of_them(), const Savings* before = nullptr) {
  return find_savings(samples::demands(pods), inventory(nodes), {}, Watch(), options, before);
}

std::vector<std::string> names(const Savings& savings) {
  std::vector<std::string> out;
  for (const NodeSaving& row : savings.nodes) {
    out.push_back((row.cluster == "c" ? "" : std::string(row.cluster) + " ") +
                  std::string(row.node));
  }
  return out;
}

std::vector<std::string> gone(const std::vector<NodeRow>& nodes,
                              const std::vector<DemandRow>& pods) {
  return names(find(nodes, pods));
}

TEST(Nodes, GoWhenTheirPodsFitElsewhere) {
  const Savings savings = find({node("n1"), node("n2")}, {on("n1", 1), on("n2", 2)});
  ASSERT_THAT(names(savings), ElementsAre("n1"));
  EXPECT_EQ(savings.nodes.front().per_month.micros, 730'000);
  EXPECT_EQ(savings.nodes.front().priority, Priority::low);
  EXPECT_THAT(savings.rows, IsEmpty());
  EXPECT_EQ(savings.totals.front().second.micros, 0) << "they are idle capacity";
}

TEST(Nodes, NeedAssets) {
  const auto current = samples::demands({on("n1", 1), on("n2", 2)});
  EXPECT_THAT(find_savings(current, nullptr, {}, Watch(), all_of_them(), nullptr).nodes, IsEmpty());
  EXPECT_THAT(find_savings(current, inventory({}), {}, Watch(), all_of_them(), nullptr).nodes,
              IsEmpty());
}

TEST(Nodes, FitIntoWhatIsFreeToTheLastBit) {
  EXPECT_THAT(gone({node("n1"), node("n2")}, {on("n1", 1), on("n2", 3)}), ElementsAre("n1"));
  EXPECT_THAT(gone({node("n1"), node("n2")}, {on("n1", 1.00001F), on("n2", 3)}), IsEmpty());
  DemandRow memory = on("n1", 0);
  memory.memory.requested = 13 * kGiB;
  EXPECT_THAT(gone({node("n1"), node("n2")}, {memory, on("n2", 3)}), ElementsAre("n2"));
  NodeRow small = node("n2");
  small.memory_bytes = 15 * 1024.0 * static_cast<double>(kMiB);
  EXPECT_THAT(gone({node("n1"), small}, {memory, on("n2", 3)}), ElementsAre("n2"));
  small.memory_bytes = 16 * 1024.0 * static_cast<double>(kMiB);
  memory.memory.requested = 14 * kGiB;
  EXPECT_THAT(gone({node("n1"), small}, {memory, on("n2", 3)}), IsEmpty());
}

TEST(Nodes, WithGpusAreOnlyReplacedByOthers) {
  DemandRow pod = on("g1", 1);
  pod.gpu = {1, 1, -1};
  NodeRow full = node("g1"), free = node("g2");
  full.gpus = 1;
  EXPECT_THAT(gone({full, node("n2")}, {pod, on("n2", 4)}), IsEmpty());
  free.gpus = 1;
  EXPECT_THAT(gone({full, free}, {pod, on("g2", 2)}), ElementsAre("g1"));
  free.gpus = 0.5;
  EXPECT_THAT(gone({full, free}, {pod, on("g2", 2, "b")}), ElementsAre("g2"));
}

TEST(Nodes, AreFilledByWhatIsUsedWhereThatIsMore) {
  DemandRow busy = on("n1", 1);
  busy.cpu.used = 1.5F;
  EXPECT_THAT(gone({node("n1"), node("n2")}, {busy, on("n2", 3)}), IsEmpty());
  busy.cpu.used = -1;
  EXPECT_THAT(gone({node("n1"), node("n2")}, {busy, on("n2", 3)}), ElementsAre("n1"));
}

TEST(Nodes, AreFilledByWhatPodsRequestWhileTheyRun) {
  DemandRow brief = on("n1", 0.5F);
  brief.hours = 0.25F;  // 2 cores
  EXPECT_THAT(gone({node("n1"), node("n2")}, {brief, on("n2", 2)}), ElementsAre("n1"));
  EXPECT_THAT(gone({node("n1"), node("n2")}, {brief, on("n2", 2.5F)}), IsEmpty());
}

TEST(Nodes, WithAPodOfUnknownSizeStay) {
  DemandRow unknown = on("n1", 0);
  unknown.hours = 0;
  EXPECT_THAT(gone({node("n1"), node("n2")}, {unknown, on("n2", 1)}), ElementsAre("n2"));
  DemandRow daemon = daemon_on("n1", 0);
  daemon.hours = 0;
  EXPECT_THAT(gone({node("n1"), node("n2")}, {daemon, on("n2", 1)}), ElementsAre("n1"));
}

TEST(Nodes, DaemonSetsDoNotMoveAndTakeRoom) {
  EXPECT_THAT(gone({node("n1"), node("n2")}, {daemon_on("n1", 3), on("n2", 3.5F)}),
              ElementsAre("n1"));
  EXPECT_THAT(gone({node("n1"), node("n2")},
                   {daemon_on("n1", 3), on("n1", 0.5F), on("n2", 1), daemon_on("n2", 3)}),
              IsEmpty());
}

TEST(Nodes, WithTheLeastRequestedGoFirstAndTheFullestAreFilledFirst) {
  EXPECT_THAT(gone({node("n1"), node("n2"), node("n3")}, {on("n1", 2), on("n2", 1), on("n3", 3)}),
              ElementsAre("n2"));
  EXPECT_THAT(gone({node("n3"), node("n2"), node("n1")}, {on("n1", 3), on("n2", 3), on("n3", 1)}),
              ElementsAre("n3"));
  EXPECT_THAT(gone({node("n2"), node("n1")}, {on("n1", 1), on("n2", 1)}), ElementsAre("n1"));
  // A sixth of what a large node has is less than three eighths of a small one.
  NodeRow large = node("large");
  large.cores = 12;
  EXPECT_THAT(gone({large, node("n")}, {on("large", 2), on("n", 1.5F)}), ElementsAre("large"));
}

TEST(Nodes, ChosenBeforeAreGoneAndTheirPodsMoveOn) {
  // The pod of n2 would have fitted on n3, were that of n1 not there.
  EXPECT_THAT(
      gone({node("n1"), node("n2"), node("n3")}, {on("n1", 1), on("n2", 1.5F), on("n3", 2)}),
      ElementsAre("n1"));
  // That of n1 fits on n2 only, and both on none.
  EXPECT_THAT(
      gone({node("n1"), node("n2"), node("n3")}, {on("n1", 1), on("n2", 1.25F), on("n3", 3.25F)}),
      ElementsAre("n1"));
  EXPECT_THAT(gone({node("n1"), node("n2"), node("n3")}, {on("n1", 1), on("n2", 1), on("n3", 2)}),
              ElementsAre("n1", "n2"));
  // That of n1 moves to n2, and with it to n3: a daemon set had n2 look full.
  EXPECT_THAT(gone({node("n1"), node("n2"), node("n3")},
                   {on("n1", 1), daemon_on("n2", 2.5F), on("n3", 2.75F), on("n2", 0.125F)}),
              ElementsAre("n1", "n2"));
}

TEST(Nodes, LargePodsAreMovedFirst) {
  // In any other order the small ones take the room of the large one.
  EXPECT_THAT(gone({node("n1"), node("n2"), node("n3")},
                   {on("n1", 0.5F, "a"), on("n1", 1, "z"), on("n2", 3), on("n3", 3.5F)}),
              ElementsAre("n1"));
}

TEST(Nodes, ThatCannotGoLeaveTheOthersAsTheyWere) {
  // One of the pods of n1 would fit on n3. As it stays, that of n2 does.
  NodeRow n1 = node("n1"), n2 = node("n2");
  n1.cores = 1.6;
  n2.cores = 1;
  EXPECT_THAT(gone({n1, n2, node("n3")},
                   {on("n1", 1, "a"), on("n1", 0.5F, "b"), on("n2", 0.95F), on("n3", 3)}),
              ElementsAre("n2"));
}

TEST(Nodes, OneOfEachClusterStays) {
  EXPECT_THAT(gone({node("n1")}, {on("n1", 0)}), IsEmpty());
  EXPECT_THAT(gone({node("n1"), node("n2"), node("n3")}, {daemon_on("n1", 0)}),
              ElementsAre("n1", "n2"));
}

TEST(Nodes, OnDemandAreNotReplacedBySpot) {
  EXPECT_THAT(gone({node("n1"), spot("s1")}, {on("n1", 1), on("s1", 2)}), ElementsAre("s1"));
  EXPECT_THAT(gone({node("n1"), spot("s1")}, {on("n1", 3), on("s1", 2)}), IsEmpty());
  EXPECT_THAT(gone({spot("s1"), spot("s2")}, {on("s1", 1), on("s2", 2)}), ElementsAre("s1"));
}

TEST(Nodes, OfUnknownCapacityAreNeitherChosenNorFilled) {
  for (const auto& [cores, bytes] : {std::pair{0.0, 1e9}, {4.0, 0.0}, {-4.0, 1e9}, {1e-9, 1e9}}) {
    NodeRow unknown = node("n1");
    unknown.cores = cores;
    unknown.memory_bytes = bytes;
    EXPECT_THAT(gone({unknown, node("n2")}, {on("n1", 0), on("n2", 1)}), IsEmpty()) << cores;
  }
}

TEST(Nodes, ReplacedUnderTheirNameAreNeitherChosenNorFilled) {
  NodeRow again = node("n1");
  again.provider_id = "i-2";
  EXPECT_THAT(gone({node("n1"), again, node("n2")}, {on("n1", 0), on("n2", 1)}), IsEmpty());
}

TEST(Nodes, KeepTheHeadroomOfTheRest) {
  const std::vector<NodeRow> nodes = {node("n1"), node("n2"), node("n3")};
  const auto with = [&](std::int64_t micros) {
    return gone(nodes, {on("n1", 0), on("n2", 0), charged(on("n3", 1), micros)});
  };
  EXPECT_THAT(with(850), ElementsAre("n1", "n2"));
  EXPECT_THAT(with(851), ElementsAre("n1"));
  EXPECT_THAT(with(1700), ElementsAre("n1"));
  EXPECT_THAT(with(1701), IsEmpty());
}

TEST(Nodes, HeadroomIsOfAllNodesAndOfWhatRunsOnThem) {
  DemandRow elsewhere = charged(on("fargate", 1), 5000);
  DemandRow row = charged(on("n1", 1), 0);
  row.costs[Resource::storage] = Cost{5000};
  row.costs[Resource::memory] = Cost{500};
  row.costs[Resource::gpu] = Cost{350};
  EXPECT_THAT(gone({node("n1"), node("n2")}, {row, elsewhere}), ElementsAre("n2"));
  row.costs[Resource::gpu] = Cost{351};
  EXPECT_THAT(gone({node("n1"), node("n2")}, {row, elsewhere}), IsEmpty());
}

TEST(Nodes, ADearOneThatCannotGoDoesNotKeepACheapOne) {
  NodeRow dear = node("n1");
  dear.micros = 5000;
  EXPECT_THAT(gone({dear, node("n2")}, {on("n1", 0), charged(on("n2", 1), 2000)}),
              ElementsAre("n2"));
}

TEST(Nodes, WorthLittleAreNotChosen) {
  SavingsOptions options;
  options.minimum_per_month = 0.73;
  const std::vector<DemandRow> pods = {on("n1", 0), on("n2", 1)};
  NodeRow cheap = node("n1");
  const auto with = [&](std::int64_t micros, const Savings* before) {
    cheap.micros = micros;
    NodeRow large = node("n2");
    large.micros = 1;
    return find({cheap, large}, pods, options, before);
  };
  const Savings first = with(1000, nullptr);
  EXPECT_THAT(names(first), ElementsAre("n1"));
  EXPECT_THAT(names(with(999, nullptr)), IsEmpty());
  EXPECT_THAT(names(with(800, &first)), ElementsAre("n1"));
  EXPECT_THAT(names(with(799, &first)), IsEmpty());
  EXPECT_THAT(gone({{.name = "n1"}, node("n2")}, {on("n1", 0), on("n2", 1)}), ElementsAre("n2"))
      << "what is free saves nothing";
}

TEST(Nodes, ShownBeforeAreTriedFirst) {
  const std::vector<NodeRow> nodes = {node("n1"), node("n2")};
  const Savings before = find(nodes, {on("n1", 2), on("n2", 1)});
  ASSERT_THAT(names(before), ElementsAre("n2"));
  EXPECT_THAT(names(find(nodes, {on("n1", 1), on("n2", 2)}, all_of_them(), &before)),
              ElementsAre("n2"));
  EXPECT_THAT(names(find(nodes, {on("n1", 1), on("n2", 2)})), ElementsAre("n1"));
}

TEST(Nodes, HaveAPriority) {
  const auto with = [&](std::int64_t waste, const Savings* before) {
    DemandRow row = charged(on("n2", 1), waste);
    NodeRow large = node("n2");
    large.micros = 100'000;
    Savings savings = find({node("n1"), large}, {row}, all_of_them(), before);
    EXPECT_THAT(names(savings), ElementsAre("n1"));
    return savings;
  };
  const Savings high = with(5'000, nullptr), medium = with(5'001, nullptr);
  EXPECT_EQ(high.nodes.front().priority, Priority::high);
  EXPECT_EQ(medium.nodes.front().priority, Priority::medium);
  EXPECT_EQ(with(6'250, &high).nodes.front().priority, Priority::high);
  EXPECT_EQ(with(6'251, &high).nodes.front().priority, Priority::medium);
  EXPECT_EQ(with(6'250, &medium).nodes.front().priority, Priority::medium);
  EXPECT_EQ(with(25'000, &medium).nodes.front().priority, Priority::medium);
  EXPECT_EQ(with(25'001, &medium).nodes.front().priority, Priority::low);
}

TEST(Nodes, OfAClusterWhosePodsAreNotPlacedStay) {
  const std::vector<NodeRow> nodes = {node("n1"), node("n2")};
  EXPECT_THAT(gone(nodes, {}), IsEmpty());
  EXPECT_THAT(gone(nodes, {on("fargate", 1)}), IsEmpty());
  DemandRow far = on("n1", 1);
  far.cluster = "d";
  EXPECT_THAT(gone(nodes, {far}), IsEmpty()) << "another cluster has a node of this name";
  DemandRow nowhere = charged(on("", 1, "a"), 10);
  EXPECT_THAT(gone(nodes, {on("n1", 1), nowhere}), IsEmpty());
  nowhere.costs = {};
  nowhere.costs[Resource::storage] = Cost{10};
  EXPECT_THAT(gone(nodes, {on("n1", 1), nowhere}), ElementsAre("n2")) << "volumes are nowhere";
  DemandRow idle = charged(on("n1", 0, "a"), 10);
  idle.kind = model::RowKind::idle;
  EXPECT_THAT(gone(nodes, {idle}), IsEmpty());
}

TEST(Nodes, OfEachClusterAreForItself) {
  NodeRow far1 = node("n1"), far2 = node("n2");
  far1.cluster = far2.cluster = "b";
  DemandRow row1 = on("n1", 3), row2 = on("n2", 1);
  row1.cluster = row2.cluster = "b";
  EXPECT_THAT(gone({node("n1"), node("n2"), far1, far2}, {on("n1", 1), on("n2", 3), row1, row2}),
              ElementsAre("b n2", "n1"));
}

TEST(Nodes, MayBeKnownFromAWindowNotLongAgo) {
  const auto current = samples::demands({charged(on("n1", 1), 425), charged(on("n2", 3), 425)});
  const auto with = [&](model::Window window, std::int64_t micros) {
    NodeRow n1 = node("n1"), n2 = node("n2");
    n1.micros = n2.micros = micros;
    return find_savings(current, inventory({n1, n2}, window), {}, Watch(), all_of_them(), nullptr);
  };
  EXPECT_THAT(names(with(hours_later(-2), 1000)), ElementsAre("n1"));
  EXPECT_THAT(names(with(hours_later(2), 1000)), ElementsAre("n1"));
  EXPECT_THAT(names(with(hours_later(-3), 1000)), IsEmpty());
  EXPECT_THAT(names(with(hours_later(3), 1000)), IsEmpty());
  model::Window late = hours_later(-2);
  late.end -= seconds(1);
  EXPECT_THAT(names(with(late, 1000)), IsEmpty());
  const model::Window day{samples::hour().end - seconds(86400), samples::hour().end};
  const Savings savings = with(day, 24'000);
  ASSERT_THAT(names(savings), ElementsAre("n1")) << "the headroom is of the same time";
  EXPECT_EQ(savings.nodes.front().per_month.micros, 730'000);
  EXPECT_THAT(names(with(day, 23'999)), IsEmpty());
  EXPECT_THAT(names(with({day.end, day.end}, 24'000)), IsEmpty());
}

// What a cron job needs every hour is no spare node: a series of it would come and go.
TEST(Nodes, AreNotShownForADayAfterTheyWereNeeded) {
  Savings last;
  const auto in = [&](int hour, float cores) {
    const model::Window window = hours_later(hour);
    Savings next = find_savings(samples::demands({on("n1", cores), on("n2", 3)}, window),
                                inventory({node("n1"), node("n2")}, window), {}, Watch(),
                                all_of_them(), &last);
    last = std::move(next);
    return names(last);
  };
  EXPECT_THAT(in(0, 1), ElementsAre("n1"));
  EXPECT_THAT(in(1, 2), IsEmpty());
  EXPECT_THAT(in(2, 1), IsEmpty());
  EXPECT_THAT(in(24, 1), IsEmpty());
  EXPECT_THAT(in(25, 1), ElementsAre("n1"));
  EXPECT_EQ(last.needed.size(), 1) << "n2 takes the pods of n1";
  EXPECT_THAT(in(26, 1), ElementsAre("n1"));
}

// A node that only daemon sets fill, after so many others whose pods fit nowhere.
std::vector<std::string> after(int others) {
  std::vector<NodeRow> nodes = {node("z")};
  std::vector<DemandRow> pods = {daemon_on("z", 4)};
  for (int i = 0; i < others; ++i) {
    nodes.push_back(node("n" + std::to_string(i)));
    pods.push_back(on(nodes.back().name, 3));
  }
  return gone(nodes, pods);
}

TEST(Nodes, AreComparedForSoLongOnly) {
  EXPECT_THAT(after(4000), ElementsAre("z"));
  EXPECT_THAT(after(5000), IsEmpty());
}

TEST(Nodes, OfALargeClusterAreAllFound) {
  std::vector<NodeRow> nodes;
  std::vector<DemandRow> pods;
  nodes.reserve(500);
  pods.reserve(10'000);
  for (int i = 0; i < 500; ++i) nodes.push_back(node("n" + std::to_string(i)));
  for (int i = 0; i < 10'000; ++i) {
    pods.push_back(on("n" + std::to_string(i % 500), 0.125F, "p" + std::to_string(i)));
  }
  // 1250 of 2000 cores are requested.
  EXPECT_EQ(gone(nodes, pods).size(), 500 - 313);
}

}  // namespace
}  // namespace exporter::cost
