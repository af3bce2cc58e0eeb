// Where a month ends: by hand, and against what must hold of every forecast.
#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::Resource;
using samples::idle;
using samples::pod;
using samples::Row;
using samples::unmounted;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr seconds kMonth = 31 * 24h;

std::shared_ptr<const Breakdown> breakdown(const std::vector<Row>& rows, seconds length = 1h) {
  const auto table = samples::table(rows);
  table->window.end = table->window.start + length;
  return std::make_shared<const Breakdown>(break_down(table));
}

PeriodCost spent(const std::vector<Row>& rows, seconds known, seconds elapsed) {
  return {.costs = breakdown(rows, elapsed), .coverage = {known, elapsed}, .by_label = {}};
}

std::vector<std::string> clusters(const Forecast& forecast) {
  std::vector<std::string> out;
  for (const auto& row : forecast.clusters) {
    out.push_back(std::string(row.cluster) + "=" + std::to_string(row.costs.total().micros));
  }
  return out;
}

std::vector<std::string> namespaces(const Forecast& forecast) {
  std::vector<std::string> out;
  for (const auto& row : forecast.namespaces) {
    out.push_back(std::string(row.cluster) + "/" + std::string(row.name_space) + "=" +
                  std::to_string(row.costs.total().micros));
  }
  return out;
}

// Ten days of 31 known at 24 a day, and 2 an hour now: 240 + 2 x 21 x 24 = 1248.
TEST(Forecast, IsWhatIsKnownAndTheRunRateForTheRest) {
  const auto out = forecast(spent({pod("c", "a", "p", 240'000'000)}, 240h, 240h),
                            breakdown({pod("c", "a", "p", 2'000'000)}), kMonth);
  EXPECT_THAT(clusters(*out), ElementsAre("c=1248000000"));
  EXPECT_THAT(namespaces(*out), ElementsAre("c/a=1248000000"));
}

// The same, but only six of the ten days are known: 144 + 2 x 25 x 24 = 1344.
TEST(Forecast, TakesTheRunRateForWhatIsNotKnownToo) {
  const auto out = forecast(spent({pod("c", "a", "p", 144'000'000)}, 144h, 240h),
                            breakdown({pod("c", "a", "p", 2'000'000)}), kMonth);
  EXPECT_THAT(clusters(*out), ElementsAre("c=1344000000"));
}

TEST(Forecast, OfNothingKnownIsAMonthOfTheRunRate) {
  const auto out =
      forecast({}, breakdown({pod("c", "a", "p", 1'500'000), idle("c", 500'000)}), kMonth);
  EXPECT_THAT(clusters(*out), ElementsAre("c=1488000000"));  // 2 x 744 h
  EXPECT_THAT(namespaces(*out), ElementsAre("c/a=1116000000"));
  const auto february = forecast({}, breakdown({pod("c", "a", "p", 1'000'000)}), 28 * 24h);
  EXPECT_THAT(clusters(*february), ElementsAre("c=672000000"));
}

TEST(Forecast, OfAMonthThatIsKnownIsThatMonth) {
  const auto current = breakdown({pod("c", "a", "p", 2'000'000), pod("c", "b", "p", 7)});
  for (const seconds known : {kMonth, kMonth + 1h, kMonth * 2}) {
    const auto out =
        forecast(spent({pod("c", "a", "p", 5'000'000)}, known, kMonth), current, kMonth);
    EXPECT_THAT(clusters(*out), ElementsAre("c=5000000"));
    EXPECT_THAT(namespaces(*out), ElementsAre("c/a=5000000", "c/b=0"));
  }
}

TEST(Forecast, HasNamespacesOfEither) {
  const auto out =
      forecast(spent({pod("c", "b", "p", 100), pod("c", "d", "p", 200), pod("e", "a", "p", 300)},
                     kMonth - 1h, kMonth),
               breakdown({pod("c", "a", "p", 1), pod("c", "b", "p", 2), pod("c", "e", "p", 4),
                          pod("d", "a", "p", 8), pod("e", "b", "p", 16)}),
               kMonth);
  EXPECT_THAT(namespaces(*out),
              ElementsAre("c/a=1", "c/b=102", "c/d=200", "c/e=4", "d/a=8", "e/a=300", "e/b=16"));
  EXPECT_THAT(clusters(*out), ElementsAre("c=307", "d=8", "e=316"));
}

TEST(Forecast, OfANamespaceThatIsGoneDoesNotGrow) {
  const auto out = forecast(spent({pod("c", "gone", "p", 100)}, 1h, 1h),
                            breakdown({pod("c", "new", "p", 1)}), kMonth);
  EXPECT_THAT(namespaces(*out), ElementsAre("c/gone=100", "c/new=743"));
}

TEST(Forecast, KnowsTheLengthOfTheWindow) {
  const auto half = forecast({}, breakdown({pod("c", "a", "p", 1'000'000)}, 30min), kMonth);
  EXPECT_THAT(clusters(*half), ElementsAre("c=1488000000"));
  const auto two = forecast({}, breakdown({pod("c", "a", "p", 1'000'000)}, 2h), kMonth);
  EXPECT_THAT(clusters(*two), ElementsAre("c=372000000"));
}

TEST(Forecast, KeepsResourcesApart) {
  Row row = pod("c", "a", "p", 10);
  row.costs[Resource::storage] = Cost{20};
  Row now = pod("c", "a", "p", 1);
  now.costs[Resource::gpu] = Cost{2};
  const auto out = forecast(spent({row}, kMonth - 3h, kMonth), breakdown({now}), kMonth);
  ASSERT_EQ(out->namespaces.size(), 1u);
  EXPECT_EQ(out->namespaces[0].costs[Resource::cpu], Cost{13});
  EXPECT_EQ(out->namespaces[0].costs[Resource::storage], Cost{20});
  EXPECT_EQ(out->namespaces[0].costs[Resource::gpu], Cost{6});
  EXPECT_EQ(out->namespaces[0].costs[Resource::memory], Cost{0});
}

TEST(Forecast, RoundsHalfAwayFromZero) {
  const auto half_hour_left = [](std::int64_t micros) {
    return clusters(*forecast(spent({}, kMonth - 30min, kMonth),
                              breakdown({pod("c", "a", "p", micros)}), kMonth));
  };
  EXPECT_THAT(half_hour_left(3), ElementsAre("c=2"));
  EXPECT_THAT(half_hour_left(-3), ElementsAre("c=-2"));
  EXPECT_THAT(half_hour_left(2), ElementsAre("c=1"));
  EXPECT_THAT(half_hour_left(0), ElementsAre("c=0"));
}

TEST(Forecast, OfNothingAndNobody) {
  const auto out = forecast({}, breakdown({}), kMonth);
  EXPECT_THAT(out->clusters, IsEmpty());
  EXPECT_THAT(out->namespaces, IsEmpty());
  EXPECT_EQ(out->month_to_date, nullptr);
  EXPECT_NE(out->current, nullptr);
}

// More than a double could count in millionths.
TEST(Forecast, IsExactForLargeSums) {
  const std::int64_t large = 9'007'199'254'740'993;  // 2^53 + 1
  const auto out = forecast(spent({pod("c", "a", "p", large)}, kMonth - 1h, kMonth),
                            breakdown({pod("c", "a", "p", large)}), kMonth);
  EXPECT_THAT(clusters(*out), ElementsAre("c=18014398509481986"));
  const auto whole = forecast({}, breakdown({pod("c", "a", "p", 12'345'678'901'234)}), kMonth);
  EXPECT_THAT(clusters(*whole), ElementsAre("c=9185185102518096"));
}

TEST(Forecast, OutlivesWhatItIsMadeOf) {
  std::shared_ptr<const Forecast> out;
  {
    PeriodCost month = spent({pod("c", "spent-namespace-of-some-length", "p", 5)}, 1h, 1h);
    auto current = breakdown({pod("c", "current-namespace-of-some-length", "p", 1)});
    out = forecast(month, std::move(current), kMonth);
  }
  EXPECT_THAT(namespaces(*out), ElementsAre("c/current-namespace-of-some-length=743",
                                            "c/spent-namespace-of-some-length=5"));
}

std::vector<Row> random_rows(std::mt19937_64& random) {
  std::map<std::string, Row> rows;
  for (std::uint64_t i = random() % 12; i > 0; --i) {
    Row row = pod("c" + std::to_string(random() % 3), "ns" + std::to_string(random() % 5),
                  "p" + std::to_string(random() % 3), 0);
    for (Cost& cost : row.costs.by) {
      if (random() % 2 == 0) cost.micros = static_cast<std::int64_t>(random() % 3'000'000'000);
    }
    rows.try_emplace(row.cluster + row.name_space + row.pod, samples::exact(row));
  }
  for (const char* cluster : {"c0", "c1", "c2"}) {
    if (random() % 2 == 0) rows[std::string(cluster) + "i"] = idle(cluster, 700'001);
    if (random() % 3 == 0) rows[std::string(cluster) + "u"] = unmounted(cluster, 123'457);
  }
  std::vector<Row> list;
  list.reserve(rows.size());
  for (const auto& [key, row] : rows) list.push_back(row);
  return list;
}

// What a cluster ends at and what its namespaces, idle and unmounted do are rounded each on their
// own: half a millionth for each of them and for the cluster, per resource.
TEST(Forecast, OfAClusterIsThatOfItsPartsToTheRounding) {
  std::mt19937_64 random(31);
  for (int round = 0; round < 3000 && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    const seconds known(static_cast<std::int64_t>(random() % 2'678'400) / 300 * 300);
    const PeriodCost month = spent(random_rows(random), known, kMonth);
    const auto current = breakdown(random_rows(random), seconds(300 * (1 + random() % 24)));
    const auto out = forecast(month, current, kMonth);
    std::map<std::string, model::Costs> parts;
    std::map<std::string, int> count;
    for (const auto& row : out->namespaces) {
      parts[std::string(row.cluster)] += row.costs, ++count[std::string(row.cluster)];
    }
    const long double share =
        static_cast<long double>((kMonth - known).count()) /
        static_cast<long double>((current->window.end - current->window.start).count());
    const auto add = [&](const std::vector<ClusterCost>& rows, bool rate) {
      for (const ClusterCost& row : rows) {
        model::Costs costs = row.costs;
        for (Cost& cost : costs.by) {
          if (rate) cost.micros = std::llround(static_cast<long double>(cost.micros) * share);
        }
        parts[std::string(row.cluster)] += costs, ++count[std::string(row.cluster)];
      }
    };
    add(month.costs->idle, false), add(month.costs->unmounted, false);
    add(current->idle, true), add(current->unmounted, true);
    ASSERT_EQ(out->clusters.size(), parts.size());
    for (const ClusterCost& cluster : out->clusters) {
      const std::string name(cluster.cluster);
      for (std::size_t i = 0; i < model::kResources; ++i) {
        EXPECT_LE(std::abs(cluster.costs.by[i].micros - parts[name].by[i].micros),
                  (count[name] + 1) / 2);
      }
    }
  }
}

TEST(Forecast, IsSortedAndHasEveryNameOnce) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 500; ++round) {
    const PeriodCost month = spent(random_rows(random), 100h, 200h);
    const auto out = forecast(month, breakdown(random_rows(random)), kMonth);
    for (std::size_t i = 1; i < out->namespaces.size(); ++i) {
      const auto& a = out->namespaces[i - 1];
      const auto& b = out->namespaces[i];
      EXPECT_LT(std::tie(a.cluster, a.name_space), std::tie(b.cluster, b.name_space));
    }
    for (std::size_t i = 1; i < out->clusters.size(); ++i) {
      EXPECT_LT(out->clusters[i - 1].cluster, out->clusters[i].cluster);
    }
  }
}

}  // namespace
}  // namespace exporter::cost
