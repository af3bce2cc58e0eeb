// Tables added up, against a sum by std::map; and how much of a window is known.
#include <gmock/gmock.h>

#include <map>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::AllocationTable;
using model::Costs;
using samples::Row;
using std::chrono::seconds;
using testing::IsEmpty;
using namespace std::chrono_literals;

using Table = std::shared_ptr<const AllocationTable>;
using Labels = std::map<std::string, std::string>;

/// A row and its labels.
struct Labelled {
  Row row;
  Labels labels{};
};

// Every row has a text of its own, so that a view left behind shows.
Table table(const std::vector<Labelled>& rows) {
  std::vector<Row> plain;
  plain.reserve(rows.size());
  for (const Labelled& row : rows) plain.push_back(row.row);
  const auto out = samples::table(plain);
  std::map<Labels, std::uint32_t> sets = {{{}, 0}};
  for (model::Allocation& row : out->rows) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Labelled& from) {
      return from.row.cluster == row.cluster && from.row.name_space == row.name_space &&
             from.row.pod == row.pod && from.row.controller_kind == row.controller_kind &&
             from.row.controller == row.controller;
    });
    const auto [at, fresh] =
        sets.try_emplace(found->labels, static_cast<std::uint32_t>(out->label_sets.size()));
    if (fresh) {
      model::LabelSet& set = out->label_sets.emplace_back();
      for (const auto& [name, value] : found->labels) {
        set.push_back({out->text.store(name), out->text.store(value)});
      }
    }
    row.label_set = at->second;
  }
  return out;
}

Labelled workload(const std::string& name, std::int64_t micros, Labels labels = {}) {
  return {samples::exact(samples::owned(samples::pod("c", "ns", "", micros), "deployment", name)),
          std::move(labels)};
}

using Key = std::vector<std::string>;
struct Sum {
  Costs costs;
  Cost reported;

  friend bool operator==(const Sum&, const Sum&) = default;
};
using Sums = std::map<Key, Sum>;

Key key_of(const model::Allocation& row, const AllocationTable& table) {
  Key key = {std::string(row.cluster),    std::string(row.name_space),
             std::string(row.pod),        std::string(row.controller_kind),
             std::string(row.controller), std::to_string(static_cast<int>(row.kind))};
  for (const auto& [name, value] : table.label_sets.at(row.label_set)) {
    key.push_back(std::string(name) + "=" + std::string(value));
  }
  return key;
}

Sums naive(const std::vector<Table>& tables) {
  Sums sums;
  for (const Table& table : tables) {
    for (const model::Allocation& row : table->rows) {
      Sum& sum = sums[key_of(row, *table)];
      sum.costs += row.costs;
      sum.reported += row.reported_total;
    }
  }
  return sums;
}

// As a map; fails where the rows are not sorted or one stands there twice.
Sums read(const AllocationTable& table) {
  const auto names = [](const model::Allocation& row) {
    return std::tie(row.cluster, row.name_space, row.pod, row.controller_kind, row.controller);
  };
  Sums sums;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    EXPECT_TRUE(i == 0 || names(table.rows[i - 1]) <= names(table.rows[i]));
    const auto [at, fresh] = sums.try_emplace(key_of(table.rows[i], table));
    EXPECT_TRUE(fresh) << testing::PrintToString(at->first);
    at->second = {table.rows[i].costs, table.rows[i].reported_total};
  }
  return sums;
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  int upto(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool one_in(int n) { return upto(n - 1) == 0; }
  std::string name(const char* stem, int most) { return stem + std::to_string(upto(most)); }
  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64 random_;
};

Table random_table(Dice& dice) {
  std::map<Key, Labelled> rows;
  for (int i = dice.upto(20); i > 0; --i) {
    Row row{.cluster = dice.name("c", 2), .name_space = dice.name("ns", 2)};
    if (!dice.one_in(4)) {
      row = samples::owned(row, dice.one_in(2) ? "deployment" : "job", dice.name("app", 3));
    }
    if (dice.one_in(3)) row.node = dice.name("node", 1);
    for (Cost& cost : row.costs.by) {
      if (dice.one_in(2)) cost.micros = dice.upto(2'000'000'000) - 1'000;
    }
    Labels labels;
    if (dice.one_in(2)) labels["team"] = dice.name("t", 2);
    if (dice.one_in(3)) labels["app"] = dice.name("a", 1);
    rows.try_emplace({row.cluster, row.name_space, row.controller_kind, row.controller},
                     Labelled{samples::exact(row), labels});
  }
  for (int c = 0; c < 3; ++c) {
    const std::string cluster = "c" + std::to_string(c);
    if (dice.one_in(2)) rows[{cluster, "idle"}] = {samples::idle(cluster, dice.upto(1'000'000))};
    if (dice.one_in(3)) {
      rows[{cluster, "unmounted"}] = {samples::unmounted(cluster, dice.upto(1'000'000))};
    }
  }
  std::vector<Labelled> list;
  list.reserve(rows.size());
  for (auto& [key, row] : rows) list.push_back(row);
  return table(list);
}

Cost total(const AllocationTable& table) {
  Cost sum;
  for (const auto& row : table.rows) sum += row.costs.total();
  return sum;
}

class AddUp : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::uint64_t kEach = 150;
  template <class Check>
  void each(Check check) {
    for (std::uint64_t i = 0; i < kEach && !HasFailure(); ++i) {
      const std::uint64_t seed = GetParam() * kEach + i;
      SCOPED_TRACE(seed);
      Dice dice(seed);
      std::vector<Table> tables;
      for (int n = 2 + dice.upto(5); n > 0; --n) tables.push_back(random_table(dice));
      check(tables, dice);
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, AddUp, testing::Range<std::uint64_t>(0, 8));

TEST_P(AddUp, IsANaiveSum) {
  each([](const std::vector<Table>& tables, Dice&) {
    EXPECT_TRUE(read(*add_up(tables)) == naive(tables));
  });
}

TEST_P(AddUp, LosesAndInventsNothing) {
  each([](const std::vector<Table>& tables, Dice&) {
    Cost expected;
    for (const Table& table : tables) expected += total(*table);
    const Table sum = add_up(tables);
    EXPECT_EQ(total(*sum), expected);
    Cost clusters;
    for (const ClusterCost& cluster : break_down(sum).clusters) clusters += cluster.costs.total();
    EXPECT_EQ(clusters, expected);
  });
}

TEST_P(AddUp, DoesNotDependOnTheOrder) {
  each([](std::vector<Table> tables, Dice& dice) {
    const Sums once = read(*add_up(tables));
    std::shuffle(tables.begin(), tables.end(), dice.random());
    EXPECT_TRUE(read(*add_up(tables)) == once);
  });
}

TEST_P(AddUp, OfSumsIsTheSum) {
  each([](const std::vector<Table>& tables, Dice&) {
    const std::span<const Table> all(tables);
    const std::vector<Table> halves = {add_up(all.first(1)), add_up(all.subspan(1))};
    EXPECT_TRUE(read(*add_up(halves)) == naive(tables));
  });
}

TEST_P(AddUp, OutlivesWhatWasAdded) {
  each([](std::vector<Table>& tables, Dice&) {
    const Sums expected = naive(tables);
    const Table sum = add_up(tables);
    tables.clear();
    EXPECT_TRUE(read(*sum) == expected);
  });
}

TEST(AddUp, OfOneTableIsThatTable) {
  const Table only = table({workload("web", 5)});
  EXPECT_EQ(add_up(std::vector{only}), only);
}

TEST(AddUp, OfEmptyTablesIsEmpty) {
  const Table sum = add_up(std::vector{table({}), table({}), table({})});
  EXPECT_THAT(sum->rows, IsEmpty());
  ASSERT_EQ(sum->label_sets.size(), 1u);
  EXPECT_THAT(sum->label_sets[0], IsEmpty());
}

TEST(AddUp, ChangedLabelsMakeRowsOfTheirOwn) {
  const Table sum = add_up(std::vector{
      table({workload("web", 1, {{"team", "a"}})}), table({workload("web", 2, {{"team", "b"}})}),
      table({workload("web", 4)}), table({workload("web", 8, {{"team", "a"}})})});
  ASSERT_EQ(sum->rows.size(), 3u);
  EXPECT_EQ(total(*sum), Cost{15});
  const Sums sums = read(*sum);
  const Key web = {"c", "ns", "", "deployment", "web", "0"};
  const auto with = [&](const std::string& label) {
    Key key = web;
    key.push_back(label);
    return sums.at(key).costs.total().micros;
  };
  EXPECT_EQ(with("team=a"), 9);
  EXPECT_EQ(with("team=b"), 2);
  EXPECT_EQ(sums.at(web).costs.total().micros, 4);
  // Whoever does not ask for labels sees one workload.
  const Breakdown breakdown = break_down(sum);
  ASSERT_EQ(breakdown.workloads.size(), 1u);
  EXPECT_EQ(breakdown.workloads[0].costs.total(), Cost{15});
}

TEST(AddUp, TheSameLabelsInAnotherTableAreTheSame) {
  const Table sum = add_up(std::vector{
      table({workload("a", 1, {{"x", "1"}}), workload("web", 1, {{"team", "a"}, {"app", "w"}})}),
      table({workload("web", 2, {{"team", "a"}, {"app", "w"}})})});
  EXPECT_EQ(sum->rows.size(), 2u);
  EXPECT_EQ(sum->label_sets.size(), 3u);
}

TEST(AddUp, JoinsWindowsAndWhatIsKnownOfThem) {
  const auto at = [](seconds start, seconds end) {
    return model::Window{std::chrono::sys_seconds(start), std::chrono::sys_seconds(end)};
  };
  const auto of = [](model::Window window, model::Window lived, double rejected) {
    const auto out = samples::table({});
    out->window = window, out->lived = lived, out->rejected_total = rejected;
    return Table(out);
  };
  const Table sum = add_up(std::vector{of(at(100s, 200s), at(150s, 200s), 0.5),
                                       of(at(300s, 400s), at(300s, 350s), 0.25),
                                       of(at(200s, 300s), at(220s, 230s), 0)});
  EXPECT_EQ(sum->window, at(100s, 400s));
  EXPECT_EQ(sum->lived, at(150s, 350s));
  EXPECT_EQ(sum->rejected_total, 0.75);
}

TEST(AddUp, ForgetsNodesWhichMayDiffer) {
  const Table sum = add_up(
      std::vector{Table(samples::table({samples::on_node(samples::pod("c", "n", "p", 1), "n1")})),
                  Table(samples::table({samples::on_node(samples::pod("c", "n", "p", 2), "n2")}))});
  ASSERT_EQ(sum->rows.size(), 1u);
  EXPECT_EQ(sum->rows[0].node, "");
  EXPECT_EQ(sum->rows[0].costs.total(), Cost{3});
}

// known_time: a window of a day, and where its first and last sample are.

TEST(KnownTime, IsAllOfItWhereSamplesReachBothEnds) {
  const std::chrono::sys_seconds zero{};
  const model::Window day{zero, zero + 24h};
  const auto known = [&](seconds start, seconds before_end) {
    return known_time(day, {day.start + start, day.end - before_end});
  };
  EXPECT_EQ(known(0s, 0s), 24h);
  EXPECT_EQ(known(600s, 0s), 24h);
  EXPECT_EQ(known(601s, 0s), 24h - 601s);
  EXPECT_EQ(known(599s, 600s), 24h);
  EXPECT_EQ(known(0s, 600s), 24h);
  EXPECT_EQ(known(0s, 601s), 24h - 601s);
  EXPECT_EQ(known(600s, 601s), 24h - 601s);
  EXPECT_EQ(known(601s, 600s), 24h - 601s);
  EXPECT_EQ(known(601s, 601s), 24h - 1202s);
  EXPECT_EQ(known(900s, 0s), 24h - 900s);
  EXPECT_EQ(known(9h + 25min, 0s), 14h + 35min);
  EXPECT_EQ(known(12h, 11h), 1h);
  EXPECT_EQ(known(12h, 12h - 1s), 1s);
}

TEST(KnownTime, IsNothingWhereNothingLived) {
  const std::chrono::sys_seconds zero{};
  const model::Window day{zero, zero + 24h};
  EXPECT_EQ(known_time(day, {day.start, day.start}), 0s);
  EXPECT_EQ(known_time(day, {day.end, day.end}), 0s);
  EXPECT_EQ(known_time(day, {day.start + 1h, day.start + 1h}), 0s);
  EXPECT_EQ(known_time(day, {day.end, day.start}), 0s) << "as before the first row";
  EXPECT_EQ(known_time(day, {day.start + 2h, day.start + 1h}), 0s);
}

TEST(KnownTime, OfAShortWindow) {
  const std::chrono::sys_seconds zero{};
  const model::Window five{zero, zero + 5min};
  EXPECT_EQ(known_time(five, five), 300s);
  EXPECT_EQ(known_time(five, {zero + 60s, zero + 120s}), 300s);
  EXPECT_EQ(known_time(five, {zero, zero}), 0s);
}

TEST(CoverageRatio, IsAShare) {
  EXPECT_EQ((Coverage{6h, 24h}.ratio()), 0.25);
  EXPECT_EQ((Coverage{24h, 24h}.ratio()), 1);
  EXPECT_EQ((Coverage{0s, 24h}.ratio()), 0);
  EXPECT_EQ((Coverage{25h, 24h}.ratio()), 1);
  EXPECT_EQ((Coverage{0s, 0s}.ratio()), 0);
  EXPECT_EQ((Coverage{5s, 0s}.ratio()), 0);
  EXPECT_EQ((Coverage{5s, -1s}.ratio()), 0);
  Coverage sum{1h, 2h};
  sum += {3h, 6h};
  EXPECT_EQ(sum, (Coverage{4h, 8h}));
}

}  // namespace
}  // namespace exporter::cost
