// Savings of random clusters, against a recomputation by std::map.
#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "exporter/cost/savings.h"
#include "tests/cost/demand_tables.h"

namespace exporter::cost {
namespace {

using model::Demand;
using model::Resource;
using samples::DemandRow;
using samples::hours_later;
using samples::kMiB;
using samples::of_deployment;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  int upto(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool one_in(int n) { return upto(n - 1) == 0; }
  std::mt19937_64& random() { return random_; }

  // Of so much a unit.
  Demand demand(float unit) {
    const auto part = [&] { return static_cast<float>(upto(16)) / 16 * unit; };
    Demand demand{0, one_in(6) ? 0 : part(), one_in(3) ? 0.02F * unit : part()};
    demand.charged = one_in(40) ? 0 : std::max(demand.requested, demand.used);
    if (one_in(40)) demand.used = -1;
    return demand;
  }
  Cost cost() { return {one_in(8) ? 0 : upto(2'000'000) - (one_in(30) ? 1'000'000 : 0)}; }

 private:
  std::mt19937_64 random_;
};

DemandRow random_pod(Dice& dice, int i) {
  DemandRow row{.pod = "p" + std::to_string(i)};
  row.cluster = dice.one_in(3) ? "c" : "d";
  if (dice.one_in(3)) row.name_space = "other";
  if (dice.one_in(20)) row.pod = row.name_space + "-unmounted-pvcs";
  if (!dice.one_in(4)) row = of_deployment(row, "app" + std::to_string(i % 4));
  for (Cost& cost : row.costs.by) cost = dice.cost();
  row.hours = dice.one_in(20) ? 0 : dice.one_in(4) ? 0.25F : 1;
  row.cpu = dice.demand(2);
  row.memory = dice.demand(512 * kMiB);
  if (dice.one_in(8)) row.gpu = dice.demand(1);
  return row;
}

std::vector<DemandRow> random_rows(Dice& dice) {
  std::map<std::vector<std::string>, DemandRow> rows;
  for (int i = dice.upto(14); i >= 0; --i) {
    const DemandRow row = random_pod(dice, i);
    rows[{row.cluster, row.name_space, row.pod, row.controller}] = row;
  }
  for (const char* cluster : {"c", "d", "e"}) {
    for (const auto kind : {model::RowKind::idle, model::RowKind::unmounted}) {
      if (dice.one_in(2)) continue;
      DemandRow row{.cluster = cluster, .name_space = "", .kind = kind};
      if (kind == model::RowKind::unmounted) row.name_space = row.pod = "__unmounted__";
      for (const Resource resource : {Resource::cpu, Resource::storage, Resource::load_balancer}) {
        row.costs[resource] = dice.cost();
      }
      rows[{cluster, row.name_space, row.pod, ""}] = row;
    }
  }
  std::vector<DemandRow> out;
  out.reserve(rows.size());
  for (const auto& [key, row] : rows) out.push_back(row);
  return out;
}

SavingsOptions random_options(Dice& dice) {
  SavingsOptions options;
  options.headroom = dice.upto(4) * 0.1;
  options.idle_for = std::chrono::hours(dice.upto(5));
  options.minimum_observation = std::chrono::hours(dice.upto(5));
  options.minimum_per_month = dice.upto(3) * 100;
  options.high_per_month = 100 + dice.upto(10) * 100;
  options.medium_per_month = dice.upto(5) * 100;
  return options;
}

using Place = std::vector<std::string>;  // cluster, namespace, kind, name, kind of saving
struct Amount {
  std::string priority;
  std::int64_t micros = 0;
  std::string recommended;

  friend bool operator==(const Amount&, const Amount&) = default;
  friend void PrintTo(const Amount& amount, std::ostream* out) {
    *out << amount.priority << " " << amount.micros << " " << amount.recommended;
  }
};
using Amounts = std::map<Place, Amount>;

Amounts read(const Savings& savings) {
  Amounts out;
  Place last;
  for (const Saving& row : savings.rows) {
    Place place;
    for (const auto part : {row.of.cluster, row.of.name_space, row.of.kind, row.of.name}) {
      place.emplace_back(part);
    }
    place.push_back(std::to_string(static_cast<int>(row.kind)) + std::string(to_string(row.kind)));
    EXPECT_TRUE(out.empty() || last < place) << testing::PrintToString(place);
    out[place] = {std::string(to_string(row.priority)), row.per_month.micros,
                  row.evidence ? std::to_string(row.evidence->recommended) : ""};
    last = place;
  }
  return out;
}

/// All of it again, from the rows alone.
class Naive {
 public:
  Naive(const std::vector<DemandRow>& rows, const PeriodCost& week, const Watch& watch,
        const SavingsOptions& options, const Amounts& before)
      : rows_(rows), week_(week), watch_(watch), options_(options), before_(before) {}

  Amounts savings() {
    std::map<Place, std::vector<const DemandRow*>> workloads;
    std::map<std::string, std::int64_t> reserved;
    for (const DemandRow& row : rows_) {
      add_waste(row);
      if (row.kind == model::RowKind::idle) continue;
      if (row.kind == model::RowKind::unmounted) {
        add({row.cluster, "", "", "", "3unmounted_storage"}, micros(row, Resource::storage));
        add({row.cluster, "", "", "", "4idle_load_balancer"}, micros(row, Resource::load_balancer));
        continue;
      }
      reserved[row.cluster] += node_micros(row);
      const bool bare = row.controller.empty();
      workloads[{row.cluster, row.name_space, bare ? "pod" : row.controller_kind,
                 bare ? row.pod : row.controller}]
          .push_back(&row);
    }
    for (const DemandRow& row : rows_) {
      if (row.kind != model::RowKind::idle) continue;
      const std::int64_t idle = node_micros(row);
      const auto keep = static_cast<long double>(options_.headroom) *
                        static_cast<long double>(idle + reserved[row.cluster]);
      add({row.cluster, "", "", "", "5idle_capacity"}, static_cast<long double>(idle) - keep);
    }
    for (const auto& [place, pods] : workloads) judge(place, pods);
    return ranked();
  }
  std::map<std::string, std::int64_t> waste() const {
    std::map<std::string, std::int64_t> out;
    for (const auto& [cluster, micros] : waste_) out[cluster] = micros * 730;
    return out;
  }

 private:
  static long double micros(const DemandRow& row, Resource resource) {
    return static_cast<long double>(row.costs[resource].micros);
  }
  static std::int64_t node_micros(const DemandRow& row) {
    return row.costs[Resource::cpu].micros + row.costs[Resource::memory].micros +
           row.costs[Resource::gpu].micros;
  }

  void add(const Place& place, long double per_hour) {
    found_[place].micros = std::llround(per_hour * 730);
  }

  void add_waste(const DemandRow& row) {
    std::int64_t& waste = waste_[row.cluster];
    if (row.kind != model::RowKind::workload) {
      waste += std::max<std::int64_t>(row.costs.total().micros, 0);
      return;
    }
    const std::vector<std::pair<Demand, Resource>> all = {
        {row.cpu, Resource::cpu}, {row.memory, Resource::memory}, {row.gpu, Resource::gpu}};
    for (const auto& [demand, resource] : all) {
      const std::int64_t cost = row.costs[resource].micros;
      if (demand.used < 0 || demand.requested <= 0 || demand.charged <= 0 || cost <= 0) continue;
      const auto at = [&, charge = demand.charged](float amount) {
        return std::llround(static_cast<long double>(cost) * static_cast<long double>(amount) /
                            static_cast<long double>(charge));
      };
      waste += std::max(0LL, at(demand.requested) - at(demand.used));
    }
  }

  // The share of what is now that counts.
  long double scale(const Place& place, const std::vector<const DemandRow*>& pods,
                    const std::set<Resource>& of) const {
    if (place[2] == "pod" || !week_.costs || week_.coverage.known < std::chrono::hours(24))
      return 1;
    std::int64_t then = 0, now = 0;
    bool known = false;
    for (const WorkloadCost& row : week_.costs->workloads) {
      if (Place{std::string(row.cluster), std::string(row.name_space), std::string(row.kind),
                std::string(row.name)} != place) {
        continue;
      }
      known = true;
      for (const Resource resource : of) then += row.costs[resource].micros;
    }
    if (!known) return 1;
    for (const DemandRow* pod : pods) {
      for (const Resource resource : of) now += pod->costs[resource].micros;
    }
    if (now <= 0 || then <= 0) return 0;
    const long double ratio = static_cast<long double>(then) * 3600 /
                              static_cast<long double>(now) /
                              static_cast<long double>(week_.coverage.known.count());
    return ratio < 1 ? ratio : 1;
  }

  void judge(Place place, const std::vector<const DemandRow*>& pods) {
    const Seen* seen = watch_.find({place[0], place[1], place[2], place[3]});
    const auto named = [&](const std::string& kind) {
      Place full = place;
      full.push_back(kind);
      return full;
    };
    if (place[2] == "pod" && place[3] == place[1] + "-unmounted-pvcs") {
      add(named("3unmounted_storage"), micros(*pods.front(), Resource::storage));
    }
    ASSERT_NE(seen, nullptr);
    if (seen->idle_since && seen->until - *seen->idle_since >= options_.idle_for) {
      std::int64_t all = 0;
      for (const DemandRow* pod : pods) all += node_micros(*pod);
      add(named("2idle_workload"),
          static_cast<long double>(all) *
              scale(place, pods, {Resource::cpu, Resource::memory, Resource::gpu}));
    } else if (seen->until - seen->since >= options_.minimum_observation) {
      request(named("0cpu_request"), pods, *seen, true);
      request(named("1memory_request"), pods, *seen, false);
    }
  }

  void request(const Place& place, const std::vector<const DemandRow*>& pods, const Seen& seen,
               bool cpu) {
    double peak = 0;
    for (const Peak& day : seen.peaks) {
      peak = std::max(peak, static_cast<double>(cpu ? day.cores : day.memory_bytes));
    }
    for (const DemandRow* pod : pods) {
      if ((cpu ? pod->cpu : pod->memory).used < 0) return;
      if (pod->hours > 0) {
        const Demand& demand = cpu ? pod->cpu : pod->memory;
        peak = std::max(peak, static_cast<double>(demand.used) / static_cast<double>(pod->hours));
      }
    }
    if (seen.peaks.empty() || (!cpu && peak == 0)) return;
    const double unit = cpu ? 0.001 : 1048576;
    const double target =
        cpu ? options_.target_cpu_utilisation : options_.target_memory_utilisation;
    const double minimum = cpu ? options_.minimum_cpu_cores : options_.minimum_memory_bytes;
    auto whole = std::llround(std::max(minimum, peak / target) / unit);
    const double wanted = std::max(minimum, peak / target) * (1 - 1e-6);
    if (static_cast<double>(whole) * unit < wanted) ++whole;
    const double recommended =
        cpu ? static_cast<double>(whole) / 1000 : static_cast<double>(whole) * unit;
    std::int64_t freed = 0;
    for (const DemandRow* pod : pods) {
      const Demand& demand = cpu ? pod->cpu : pod->memory;
      const Cost cost = pod->costs[cpu ? Resource::cpu : Resource::memory];
      if (pod->hours <= 0 || demand.charged <= 0 || cost.micros <= 0) continue;
      const double requested =
          static_cast<double>(demand.requested) / static_cast<double>(pod->hours);
      if (std::llround(requested / unit) <= whole) continue;
      const double rest =
          std::max(recommended * static_cast<double>(pod->hours), static_cast<double>(demand.used));
      const auto charged = static_cast<long double>(demand.charged);
      const auto most = static_cast<long double>(cost.micros);
      if (rest < charged) freed += std::llround(most * (charged - rest) / charged);
    }
    const Place workload(place.begin(), place.end() - 1);
    if (freed <= 0) return;
    add(place, static_cast<long double>(freed) *
                   scale(workload, pods, {cpu ? Resource::cpu : Resource::memory}));
    found_[place].recommended = std::to_string(recommended);
  }

  Amounts ranked() {
    Amounts out;
    for (const auto& entry : found_) {
      const Place& place = entry.first;
      const Amount& amount = entry.second;
      const auto shown = before_.find(place);
      const std::string last = shown == before_.end() ? "" : shown->second.priority;
      const auto reached = [&](double money, bool sticky) {
        return amount.micros >= std::llround(money * 1e6 * (sticky ? 0.8 : 1));
      };
      if (amount.micros <= 0 || !reached(options_.minimum_per_month, !last.empty())) continue;
      const double waste = static_cast<double>(waste_[place[0]]) * 730 / 1e6;
      const auto is = [&](double money, double share, bool sticky) {
        return reached(money, sticky) || (waste > 0 && reached(share * waste, sticky));
      };
      out[place] = amount;
      out[place].priority =
          is(options_.high_per_month, options_.high_share, last == "high") ? "high"
          : is(options_.medium_per_month, options_.medium_share, last == "high" || last == "medium")
              ? "medium"
              : "low";
    }
    return out;
  }

  const std::vector<DemandRow>& rows_;
  const PeriodCost& week_;
  const Watch& watch_;
  const SavingsOptions& options_;
  const Amounts& before_;
  Amounts found_;
  std::map<std::string, std::int64_t> waste_;
};

PeriodCost random_week(Dice& dice) {
  PeriodCost week;
  if (dice.one_in(4)) return week;
  std::vector<DemandRow> rows = random_rows(dice);
  for (DemandRow& row : rows) {
    for (Cost& cost : row.costs.by) cost.micros *= dice.upto(170);
  }
  week.costs = samples::demands(rows);
  week.coverage = {std::chrono::hours(dice.upto(168)), std::chrono::hours(168)};
  return week;
}

// Of a workload, no more than what it costs; rounding once each for CPU and memory.
void expect_no_more_than_the_cost(const std::vector<DemandRow>& rows, const Amounts& savings) {
  std::map<Place, std::int64_t> saved, cost;
  for (const auto& [place, amount] : savings) {
    if (place[4] == "3unmounted_storage" || place[2].empty()) continue;
    saved[{place.begin(), place.end() - 1}] += amount.micros;
  }
  for (const DemandRow& row : rows) {
    const bool bare = row.controller.empty();
    for (const Resource resource : {Resource::cpu, Resource::memory, Resource::gpu}) {
      cost[{row.cluster, row.name_space, bare ? "pod" : row.controller_kind,
            bare ? row.pod : row.controller}] +=
          std::max<std::int64_t>(row.costs[resource].micros, 0) * 730;
    }
  }
  for (const auto& [place, micros] : saved) {
    EXPECT_LE(micros, cost[place] + 1) << testing::PrintToString(place);
  }
}

class EverySaving : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, EverySaving, testing::Range<std::uint64_t>(0, 8));

// The same workloads over some hours.
TEST_P(EverySaving, IsWhatANaiveRecomputationFinds) {
  std::map<std::string, int> found;
  for (std::uint64_t seed = GetParam() * 250; seed < GetParam() * 250 + 250; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    const SavingsOptions options = random_options(dice);
    Watch watch;
    Savings last;
    Amounts before;
    std::vector<DemandRow> rows;
    for (int hour = 0; hour < 8; ++hour) {
      if (hour == 0 || dice.one_in(3)) rows = random_rows(dice);
      const PeriodCost week = random_week(dice);
      std::shuffle(rows.begin(), rows.end(), dice.random());
      const auto current = samples::demands(rows, hours_later(hour));
      watch.take(*current, options.idle_below);
      Naive naive(rows, week, watch, options, before);
      const Amounts expected = naive.savings();
      last = find_savings(current, nullptr, week, watch, options, hour == 0 ? nullptr : &last);
      before = read(last);
      ASSERT_EQ(before, expected);
      expect_no_more_than_the_cost(rows, before);
      for (const auto& [cluster, cost] : last.waste) {
        ASSERT_EQ(cost.micros, naive.waste()[std::string(cluster)]) << cluster;
      }
      std::map<std::string, std::int64_t> totals;
      for (const auto& [cluster, micros] : naive.waste()) totals[cluster] = 0;
      for (const auto& [place, amount] : before) totals[place[0]] += amount.micros;
      ASSERT_EQ(last.totals.size(), totals.size());
      for (const auto& [cluster, cost] : last.totals) {
        ASSERT_EQ(cost.micros, totals[std::string(cluster)]) << cluster;
      }
      for (const auto& [place, amount] : before) ++found[place[4]], ++found[amount.priority];
    }
  }
  EXPECT_EQ(found.size(), kSavingKinds + 3) << testing::PrintToString(found);
}

}  // namespace
}  // namespace exporter::cost
