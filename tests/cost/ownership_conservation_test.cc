// Properties over thousands of small random clusters, tenants and labels, against recomputations by
// std::map: no millionth is lost or counted twice, whoever owns or bears it.
#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "tests/cost/sums.h"
#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::Costs;
using model::RowKind;
using samples::Names;
using samples::Row;
using samples::Sums;
using samples::text;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  int upto(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool one_in(int n) { return upto(n - 1) == 0; }
  std::string one_of(const Names& names) {
    return names[static_cast<std::size_t>(upto(static_cast<int>(names.size()) - 1))];
  }
  std::string name(std::string_view stem, int most) {
    return std::string(stem) + std::to_string(upto(most));
  }
  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64 random_;
};

std::map<std::string, std::string> random_labels(Dice& dice) {
  std::map<std::string, std::string> out;
  if (dice.one_in(2)) out["team"] = dice.one_of({"a", "ab", "b", "*", "", "__unallocated__"});
  if (dice.one_in(2)) out["app"] = dice.one_of({"x", "y"});
  if (dice.one_in(4)) out["annotation:team"] = dice.one_of({"a", "z"});
  return out;
}

Row random_pod(Dice& dice, const std::string& cluster, int number) {
  Row row{.cluster = cluster,
          .name_space = dice.name("ns", 4),
          .pod = "pod" + std::to_string(number),
          .labels = random_labels(dice)};
  for (Cost& cost : row.costs.by) {
    if (dice.one_in(2)) cost.micros = dice.upto(1'000'000);
    if (dice.one_in(20)) cost.micros = -dice.upto(1000);
  }
  return samples::exact(row);
}

/// The clusters of one source.
std::vector<Row> random_rows(Dice& dice, const Names& clusters) {
  std::vector<Row> rows;
  for (const std::string& cluster : clusters) {
    for (int i = dice.upto(20); i > 0; --i) rows.push_back(random_pod(dice, cluster, i));
    if (dice.one_in(2)) rows.push_back(samples::idle(cluster, dice.upto(1'000'000)));
    if (dice.one_in(2)) rows.push_back(samples::unmounted(cluster, dice.upto(1'000'000)));
  }
  return rows;
}

AttributionRules random_rules(Dice& dice) {
  AttributionRules rules;
  for (int i = dice.upto(4); i >= 0; --i) {
    TenantRule& rule = rules.tenants.emplace_back();
    rule.tenant = dice.one_in(10) ? "__unallocated__" : dice.name("t", 3);
    if (dice.one_in(3)) rule.cluster = dice.name("c", 3);
    for (int n = dice.upto(2); n > 0; --n) {
      rule.namespaces.push_back(dice.one_of({"ns0", "ns1", "ns*", "*2", "*", "none", "", "n*3"}));
    }
    if (dice.one_in(2)) rule.labels["team"] = dice.one_of({"a", "a*", "*", "", "none"});
    if (dice.one_in(4)) rule.labels["app"] = dice.one_of({"x", "*"});
    if (dice.one_in(8)) rule.labels["annotation:team"] = "*";
  }
  if (!dice.one_in(4)) rules.labels = {"annotation:team", "app", "none", "team"};
  return rules;
}

// A naive matcher, and a naive owner.
bool like(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return like(pattern.substr(1), text) || (!text.empty() && like(pattern, text.substr(1)));
  }
  return !text.empty() && pattern[0] == text[0] && like(pattern.substr(1), text.substr(1));
}

bool any_like(const Names& patterns, const std::string& text) {
  bool any = false;
  for (const std::string& pattern : patterns) any |= like(pattern, text);
  return any;
}

std::string tenant(const TenantRules& rules, const Row& row) {
  for (const TenantRule& rule : rules) {
    bool fits = rule.cluster.empty() || rule.cluster == row.cluster;
    fits &= rule.namespaces.empty() || any_like(rule.namespaces, row.name_space);
    for (const auto& [name, pattern] : rule.labels) {
      fits &= row.labels.count(name) > 0 && like(pattern, row.labels.at(name));
    }
    if (fits) return rule.tenant;
  }
  return "__unallocated__";
}

SourceReport report(const std::vector<Row>& rows, const AttributionRules& rules) {
  SourceReport out;
  out.current = std::make_shared<const Breakdown>(samples::broken_down(rows));
  out.attribution = std::make_shared<const Attribution>(
      attribute(out.current, std::make_shared<const AttributionRules>(rules)));
  return out;
}

Sums tenants(const Attribution& attribution) {
  return samples::sums(attribution.tenants, [](const TenantCost& row) {
    return Names{text(row.cluster), text(row.tenant)};
  });
}

Sums labels(const Attribution& attribution) {
  return samples::sums(attribution.labels, [](const LabelCost& row) {
    return Names{text(row.cluster), text(row.label), text(row.value)};
  });
}

class EveryOwner : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::uint64_t kEach = 400;
  template <class Check>
  void each(Check check) {
    for (std::uint64_t i = 0; i < kEach && !HasFailure(); ++i) {
      const std::uint64_t seed = GetParam() * kEach + i;
      SCOPED_TRACE(seed);
      Dice dice(seed);
      check(dice);
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, EveryOwner, testing::Range<std::uint64_t>(0, 8));

TEST_P(EveryOwner, HasWhatANaiveSumWouldGiveIt) {
  each([](Dice& dice) {
    const auto rows = random_rows(dice, {"c0", "c1", "c2"});
    const AttributionRules rules = random_rules(dice);
    Sums by_tenant, by_label;
    for (const Row& row : rows) {
      if (row.kind != RowKind::workload) continue;
      by_tenant[{row.cluster, tenant(rules.tenants, row)}] += row.costs;
      for (const std::string& name : rules.labels) {
        const auto label = row.labels.find(name);
        const std::string value = label == row.labels.end() ? "__unallocated__" : label->second;
        by_label[{row.cluster, name, value}] += row.costs;
      }
    }
    const SourceReport found = report(rows, rules);
    EXPECT_TRUE(tenants(*found.attribution) == by_tenant);
    EXPECT_TRUE(labels(*found.attribution) == by_label);
  });
}

TEST_P(EveryOwner, AddsUpToTheNamespacesExactly) {
  each([](Dice& dice) {
    const AttributionRules rules = random_rules(dice);
    const SourceReport found = report(random_rows(dice, {"c0", "c1"}), rules);
    Sums namespaces, by_tenant, by_label, expected;
    for (const NamespaceCost& row : found.current->namespaces) {
      namespaces[{text(row.cluster)}] += row.costs;
    }
    for (const auto& [names, costs] : tenants(*found.attribution)) by_tenant[{names[0]}] += costs;
    for (const auto& [names, costs] : labels(*found.attribution)) {
      by_label[{names[0], names[1]}] += costs;
    }
    for (const auto& [cluster, costs] : namespaces) {
      for (const std::string& name : rules.labels) expected[{cluster[0], name}] = costs;
    }
    EXPECT_TRUE(by_tenant == namespaces);
    EXPECT_TRUE(by_label == expected);
  });
}

TEST_P(EveryOwner, DoesNotDependOnTheOrderOfItsRows) {
  each([](Dice& dice) {
    const auto rows = random_rows(dice, {"c0", "c1"});
    const AttributionRules rules = random_rules(dice);
    std::vector<Row> shuffled = rows;
    std::shuffle(shuffled.begin(), shuffled.end(), dice.random());
    EXPECT_TRUE(tenants(*report(shuffled, rules).attribution) ==
                tenants(*report(rows, rules).attribution));
    EXPECT_TRUE(labels(*report(shuffled, rules).attribution) ==
                labels(*report(rows, rules).attribution));
  });
}

TEST_P(EveryOwner, IsExplainedAsItIsFound) {
  each([](Dice& dice) {
    const TenantRules rules = random_rules(dice).tenants;
    const Row row = random_pod(dice, dice.name("c", 3), 0);
    model::LabelSet set;
    for (const auto& [name, value] : row.labels) set.push_back({name, value});
    const Explanation out = explain(rules, row.cluster, row.name_space, set);
    EXPECT_EQ(out.rule, owner(rules, row.cluster, row.name_space, set));
    EXPECT_EQ(out.rule ? rules[*out.rule].tenant : "__unallocated__", tenant(rules, row));
    EXPECT_EQ(out.clauses.size(), out.rule ? *out.rule + 1 : rules.size());
    for (const std::string& clause : out.clauses) EXPECT_FALSE(clause.empty());
  });
}

// Budgets of all tenants are all there is.
TEST_P(EveryOwner, CountsTowardsOneTenantsBudget) {
  each([](Dice& dice) {
    const auto rows = random_rows(dice, {"c0", "c1"});
    const AttributionRules rules = random_rules(dice);
    SourceReport source = report(rows, rules);
    PeriodCost& month = source.periods[static_cast<std::size_t>(model::Period::month_to_date)];
    month.costs = source.current;
    month.coverage = {std::chrono::hours(1), std::chrono::hours(1)};
    for (const char* name : {"team", "app", "annotation:team"})
      month.by_label[name] = month.coverage;
    std::map<std::string, std::int64_t> expected;
    for (const Row& row : rows) {
      if (row.kind != RowKind::workload) continue;
      expected[tenant(rules.tenants, row)] += row.costs.total().micros;
    }
    for (const char* name : {"t0", "t1", "t2", "t3", "__unallocated__"}) {
      Budget budget;
      budget.tenant = name;
      const auto status =
          check(budget, rules.tenants, std::span(&source, 1), std::chrono::hours(3));
      EXPECT_EQ(status.spent, Cost{expected[name]}) << name;
      EXPECT_EQ(status.forecast, Cost{3 * expected[name]}) << name;
    }
  });
}

// Shares

using Shared = std::map<Names, std::int64_t>;  // by cluster, target and source

Shared read(const std::vector<SharedCost>& shares) {
  Shared out;
  Names last;
  for (const SharedCost& share : shares) {
    const Names names = {text(share.cluster), text(share.target), share.source};
    EXPECT_TRUE(last < names) << testing::PrintToString(names);
    EXPECT_NE(share.per_hour, Cost{}) << testing::PrintToString(names);
    out[names] = share.per_hour.micros;
    last = names;
  }
  return out;
}

// One millionth after the other to whoever is owed most; all numbers are small enough.
std::vector<std::int64_t> hamilton(std::int64_t total, std::vector<std::int64_t> weights) {
  std::int64_t whole = 0;
  for (std::int64_t weight : weights) whole += weight;
  if (whole == 0) {
    for (std::int64_t& weight : weights) weight = 1, ++whole;
  }
  const std::int64_t sign = total < 0 ? -1 : 1;
  std::vector<std::int64_t> out, owed;
  std::int64_t left = total * sign;
  for (std::int64_t weight : weights) {
    out.push_back(total * sign * weight / whole);
    owed.push_back(total * sign * weight % whole);
    left -= out.back();
  }
  for (; left > 0; --left) {
    const auto most = std::max_element(owed.begin(), owed.end());
    ++out[static_cast<std::size_t>(most - owed.begin())];
    *most = -1;
  }
  for (std::int64_t& part : out) part *= sign;
  return out;
}

/// A naive share().
class Sharing {
 public:
  Sharing(const std::vector<Row>& rows, const TenantRules& rules, const SharedOptions& options)
      : options_(options) {
    for (const Row& row : rows) {
      const std::int64_t micros = row.costs.total().micros;
      if (row.kind == RowKind::idle) idle_[row.cluster] += micros;
      clusters_[row.cluster];
      if (row.kind != RowKind::workload) continue;
      const bool shared = any_like(options.namespaces, row.name_space);
      if (shared) pools_[{row.cluster, row.name_space}] += micros;
      if (options.over == Over::tenants) {
        const Names names = {row.cluster, tenant(rules, row)};
        (shared ? sharing_ : own_)[names] += shared ? 0 : micros;
      } else if (!shared) {
        own_[{row.cluster, row.name_space}] += micros;
      }
    }
  }

  Shared all() {
    for (const auto& [names, micros] : pools_) {
      split(micros, "namespace/" + names[1], bearers(&names[0]));
    }
    for (const auto& [cluster, micros] : idle_) {
      if (options_.idle) split(micros, "idle", bearers(&cluster));
    }
    for (const auto& [name, monthly] : options_.monthly_amounts) {
      split(std::llround(monthly / 730 * 1e6), "amount/" + name, bearers(nullptr));
    }
    for (auto at = out_.begin(); at != out_.end();) {
      at = at->second == 0 ? out_.erase(at) : std::next(at);
    }
    return out_;
  }

  /// By cluster and source; of amounts, by source.
  std::map<Names, std::int64_t> totals() const {
    std::map<Names, std::int64_t> out;
    for (const auto& [names, micros] : pools_) out[{names[0], "namespace/" + names[1]}] = micros;
    for (const auto& [cluster, micros] : idle_) {
      if (options_.idle) out[{cluster, "idle"}] = micros;
    }
    for (const auto& [name, monthly] : options_.monthly_amounts) {
      out[{"amount/" + name}] = std::llround(monthly / 730 * 1e6);
    }
    return out;
  }

 private:
  using Bases = std::map<Names, std::int64_t>;  // by cluster and name

  Bases bearers(const std::string* cluster) const {
    for (const Bases* from : {&own_, &sharing_}) {
      Bases found;
      for (const auto& [names, micros] : *from) {
        if (cluster == nullptr || *cluster == names[0])
          found[names] = std::max<std::int64_t>(micros, 0);
      }
      if (!found.empty()) return found;
    }
    Bases nobody;
    for (const auto& [name, nothing] : clusters_) {
      if (cluster == nullptr || *cluster == name) nobody[{name, "__unallocated__"}] = 0;
    }
    return nobody;
  }

  void split(std::int64_t total, const std::string& source, const Bases& bases) {
    std::map<Names, Bases> groups;
    for (const auto& [names, micros] : bases) {
      groups[options_.over == Over::tenants ? Names{names[1]} : names][names] = micros;
    }
    std::vector<std::int64_t> weights;
    for (const auto& [names, group] : groups) {
      std::int64_t basis = 0;
      for (const auto& [member, micros] : group) basis += micros;
      const auto at = options_.weights.find(names.back());
      const double weight = at == options_.weights.end() ? 1 : at->second;
      weights.push_back(options_.split == Split::proportional ? basis
                        : options_.split == Split::even       ? 1
                                                              : std::llround(weight * 1e6));
    }
    const auto parts = hamilton(total, weights);
    std::size_t i = 0;
    for (const auto& [names, group] : groups) {
      std::vector<std::int64_t> inner;
      for (const auto& [member, micros] : group) inner.push_back(micros);
      const auto shares = hamilton(parts[i++], inner);
      std::size_t j = 0;
      for (const auto& [member, micros] : group)
        out_[{member[0], member[1], source}] += shares[j++];
    }
  }

  const SharedOptions& options_;
  std::map<Names, std::int64_t> pools_;  // by cluster and namespace
  std::map<std::string, std::int64_t> idle_;
  std::map<std::string, int> clusters_;
  Bases own_, sharing_;
  Shared out_;
};

SharedOptions random_options(Dice& dice) {
  SharedOptions options;
  options.split = static_cast<Split>(dice.upto(2));
  options.over = static_cast<Over>(dice.upto(1));
  options.idle = dice.one_in(2);
  for (int n = dice.upto(2); n > 0; --n) {
    options.namespaces.push_back(dice.one_of({"ns0", "ns1", "*2", "ns*", "none", ""}));
  }
  if (dice.one_in(2)) options.monthly_amounts["support"] = dice.upto(5000) / 7.0;
  if (dice.one_in(4)) options.monthly_amounts["tools"] = dice.upto(100) / 1e6;
  for (const char* name : {"ns0", "ns3", "t0", "t1", "__unallocated__"}) {
    if (dice.one_in(2)) options.weights[name] = dice.one_in(3) ? 0 : dice.upto(40) / 16.0;
  }
  return options;
}

std::map<Names, std::int64_t> totals(const Shared& shared) {
  std::map<Names, std::int64_t> out;
  for (const auto& [names, micros] : shared) {
    if (names[2].starts_with("amount/")) {
      out[{names[2]}] += micros;
    } else {
      out[{names[0], names[2]}] += micros;
    }
  }
  return out;
}

struct Drawn {
  std::vector<Row> rows;
  AttributionRules rules;
  SharedOptions options;
  std::vector<SourceReport> sources;
};

// Each cluster is of one of two sources.
Drawn draw(Dice& dice) {
  Drawn out;
  out.rules = random_rules(dice);
  out.options = random_options(dice);
  std::vector<Row> first = random_rows(dice, {"c0", "c3"}),
                   second = random_rows(dice, {"c1", "c2"});
  out.sources = {report(first, out.rules)};
  out.rows = first;
  if (dice.one_in(2)) {
    out.sources.push_back(report(second, out.rules));
    out.rows.insert(out.rows.end(), second.begin(), second.end());
  }
  return out;
}

TEST_P(EveryOwner, BearsWhatANaiveSplitWouldGiveIt) {
  each([](Dice& dice) {
    const Drawn drawn = draw(dice);
    if (drawn.rows.empty()) return;
    Sharing naive(drawn.rows, drawn.rules.tenants, drawn.options);
    EXPECT_TRUE(read(share(drawn.sources, drawn.options)) == naive.all());
  });
}

TEST_P(EveryOwner, BearsNoMillionthMoreOrLessThanIsShared) {
  each([](Dice& dice) {
    const Drawn drawn = draw(dice);
    auto expected = Sharing(drawn.rows, drawn.rules.tenants, drawn.options).totals();
    auto found = totals(read(share(drawn.sources, drawn.options)));
    for (const auto& [names, micros] : expected) {
      EXPECT_EQ(found[names], micros) << testing::PrintToString(names);
    }
    EXPECT_TRUE(found.size() == expected.size());
  });
}

TEST_P(EveryOwner, BearsTheSameInWhateverOrderRowsAndSourcesCome) {
  each([](Dice& dice) {
    const Drawn drawn = draw(dice);
    std::vector<SourceReport> shuffled;
    for (const SourceReport& source : drawn.sources) {
      std::vector<Row> rows;
      for (const Row& row : drawn.rows) {
        for (const ClusterCost& cluster : source.current->clusters) {
          if (cluster.cluster == row.cluster) rows.push_back(row);
        }
      }
      std::shuffle(rows.begin(), rows.end(), dice.random());
      shuffled.insert(shuffled.begin(), report(rows, drawn.rules));
    }
    EXPECT_TRUE(read(share(shuffled, drawn.options)) == read(share(drawn.sources, drawn.options)));
  });
}

}  // namespace
}  // namespace exporter::cost
