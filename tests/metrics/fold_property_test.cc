// Random reports under random caps: sums stay what they were, and caps are kept.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "exporter/metrics/foldable.h"
#include "tests/metrics/exposition.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

using cost::samples::owned;
using cost::samples::pod;
using samples::Row;
using Random = std::mt19937_64;

// Tests are not optimised where they are to find faults by other means as well.
#ifdef __OPTIMIZE__
constexpr int kRounds = 2'000;
#else
constexpr int kRounds = 500;
#endif

std::string name(const char* prefix, std::uint64_t number) {
  return prefix + std::to_string(number);
}

std::vector<Row> random_rows(Random& random, const std::string& cluster) {
  std::vector<Row> rows;
  const std::uint64_t spaces = 1 + random() % 5, workloads = 1 + random() % 5;
  const bool alike = random() % 8 == 0;  // all cost the same, or nothing
  const auto costs = static_cast<std::int64_t>(random() % 2);
  for (std::uint64_t i = random() % 40; i > 0; --i) {
    Row row = pod(cluster, random() % 20 == 0 ? "__other__" : name("ns", random() % spaces),
                  random() % 20 == 0 ? "__other__" : name("pod", i), 0);
    if (random() % 4 != 0) row = owned(row, "deployment", name("w", random() % workloads));
    for (Cost& cost : row.costs.by) {
      if (random() % 3 == 0) cost.micros = static_cast<std::int64_t>(random() % 2'000) - 100;
      if (alike) cost.micros = costs;
    }
    row.node = name("n", random() % 2);
    rows.push_back(cost::samples::exact(row));
  }
  // Rows of a table are without duplicates.
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const Row& row) {
                              return !seen.emplace(row.name_space, row.pod, row.controller).second;
                            }),
             rows.end());
  rows.push_back(cost::samples::idle(cluster, 5));
  return rows;
}

void add_labels(Random& random, cost::SourceReport& source) {
  auto attribution = std::make_shared<cost::Attribution>();
  attribution->of = source.current;
  static const std::string kValues[] = {"", "__other__", "__unallocated__", "a", "b", "c", "d"};
  for (const char* label : {"app", "team"}) {
    for (const std::string& value : kValues) {
      if (random() % 2 == 0) continue;
      attribution->labels.push_back({source.current->clusters[0].cluster, label, value,
                                     cost::samples::cpu(static_cast<std::int64_t>(random() % 90))});
    }
  }
  source.attribution = attribution;
}

cost::Report random_report(Random& random) {
  cost::Report report;
  for (std::uint64_t i = 0; i <= random() % 2; ++i) {
    const std::string cluster = name("c", i);
    const auto table = cost::samples::table(random_rows(random, cluster));
    for (model::Allocation& row : table->rows) {
      if (random() % 2 == 0) row.cpu = {.charged = 2, .requested = 1, .used = 1};
    }
    cost::SourceReport& source = report.sources.emplace_back();
    source.current = std::make_shared<const cost::Breakdown>(cost::break_down(table));
    source.efficiency = std::make_shared<const cost::Efficiency>(cost::measure(source.current));
    if (random() % 2 == 0) add_labels(random, source);
    for (cost::PeriodCost& period : source.periods) {
      if (random() % 3 == 0) period = samples::known(random_rows(random, cluster), 1);
    }
    source.forecast = cost::forecast(source.period(model::Period::month_to_date), source.current,
                                     std::chrono::days(31));
  }
  return report;
}

using Families = std::map<std::string, std::vector<samples::Sample>>;

Families families_of(const Page& page) {
  Families out;
  for (auto& family : samples::read_families(samples::joined(page.text()))) {
    out[family.name] = std::move(family.samples);
  }
  return out;
}

/// The sums of a family in millionths by its labels but for those that fold, and by the value of a
/// label only as far as it always stays.
using Sums = std::map<std::string, std::int64_t>;

Sums sums_of(const std::vector<samples::Sample>& samples, std::size_t labels_kept) {
  Sums sums;
  for (const samples::Sample& sample : samples) {
    std::string key;
    for (std::size_t i = 0; i < labels_kept; ++i) key += sample.labels[i].second + "/";
    key += sample.labels.back().second;
    sums[key] += std::llround(std::strtod(sample.value.c_str(), nullptr) * 1e6);
  }
  // What cancels out is not shown.
  std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
  return sums;
}

bool shows_other_namespaces(const std::vector<samples::Sample>& samples) {
  return std::any_of(samples.begin(), samples.end(), [](const samples::Sample& sample) {
    return sample.labels[1].second == kOther;
  });
}

void expect_same_sums(const Families& whole, const Families& folded) {
  for (const Foldable& foldable : kFoldable) {
    const std::string family(foldable.family->name);
    if (!whole.contains(family) || foldable.family->unit == "ratio") continue;
    SCOPED_TRACE(family);
    ASSERT_TRUE(folded.contains(family));
    const auto &before = whole.at(family), &after = folded.at(family);
    const std::size_t kept = spec_of(foldable.kind).grouped;
    const bool all = foldable.kind != FoldKind::labels && shows_other_namespaces(after);
    ASSERT_EQ(sums_of(before, all ? 1 : kept), sums_of(after, all ? 1 : kept));
  }
}

void expect_the_rest_as_it_was(const Families& whole, const Families& folded) {
  for (const auto& [family, samples] : whole) {
    const bool can_fold =
        std::any_of(std::begin(kFoldable), std::end(kFoldable),
                    [&name = family](const auto& row) { return row.family->name == name; });
    if (can_fold) continue;
    ASSERT_EQ(folded.at(family).size(), samples.size()) << family;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      ASSERT_EQ(folded.at(family)[i].labels, samples[i].labels);
      ASSERT_EQ(folded.at(family)[i].value, samples[i].value);
    }
  }
}

std::size_t size_of(const Families& families, std::string_view name) {
  const auto found = families.find(std::string(name));
  return found == families.end() ? 0 : found->second.size();
}

void expect_within_caps(const Page& page, const Families& folded, const cost::Report& report,
                        const Options& options) {
  const Page least = render(report, {.max_series = 0, .max_family_series = 0});
  ASSERT_LE(page.series, std::max(options.max_series, least.series));
  const Families leasts = families_of(least);
  for (const Foldable& foldable : kFoldable) {
    const std::string_view family = foldable.family->name;
    ASSERT_LE(size_of(folded, family),
              std::max<std::uint64_t>(options.max_family_series, size_of(leasts, family)))
        << family;
  }
}

void expect_sorted(const Families& families) {
  for (const Foldable& foldable : kFoldable) {
    const auto found = families.find(std::string(foldable.family->name));
    if (found == families.end()) continue;
    std::vector<samples::Labels> rows;
    for (const samples::Sample& sample : found->second) {
      rows.emplace_back(sample.labels.begin(), sample.labels.end() - 1);
      // Pods are sorted by what names them.
      if (foldable.kind == FoldKind::pods) rows.back().resize(3);
    }
    ASSERT_TRUE(std::is_sorted(rows.begin(), rows.end())) << found->first;
  }
}

TEST(Folding, KeepsSumsAndCapsOfRandomReports) {
  Random random(2026);
  int folded_at_all = 0, fitted = 0;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const cost::Report report = random_report(random);
    const Page whole = render(report, {});
    const Options options = {.max_series = random() % (2 * whole.series),
                             .max_family_series = 1 + random() % 200};
    const Page page = render(report, options);
    const Families before = families_of(whole), after = families_of(page);
    expect_same_sums(before, after);
    expect_the_rest_as_it_was(before, after);
    expect_within_caps(page, after, report, options);
    expect_sorted(after);
    std::uint64_t folded = 0;
    for (std::size_t i = 0; i < page.folded.size(); ++i) {
      const auto& [family, count] = page.folded[i];
      folded += count;
      ASSERT_LE(count, size_of(before, family));
      ASSERT_GE(size_of(after, family) + count, size_of(before, family)) << family;
    }
    const bool fits = whole.series <= options.max_series &&
                      std::all_of(std::begin(kFoldable), std::end(kFoldable), [&](const auto& row) {
                        return size_of(before, row.family->name) <= options.max_family_series;
                      });
    ASSERT_TRUE(!fits || folded == 0);
    ASSERT_TRUE(fits || folded > 0 || whole.series == page.series);
    folded_at_all += folded > 0 ? 1 : 0;
    fitted += fits ? 1 : 0;
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(folded_at_all, kRounds / 2);
  EXPECT_GT(fitted, kRounds / 10);
}

std::vector<std::string> sorted_lines(const Page& page) {
  std::vector<std::string> lines;
  for (const auto& [family, samples] : families_of(page)) {
    for (const samples::Sample& sample : samples) {
      std::string line = family;
      for (const auto& [label, value] : sample.labels) line.append(" ").append(value);
      lines.push_back(line + " " + sample.value);
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(Folding, DependsOnTheReportsAndNotOnTheOrderOfTheirSources) {
  Random random(7);
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    Renderer one, same, permuted;
    const Options options = {.max_series = 20 + random() % 400,
                             .max_family_series = 1 + random() % 80};
    for (int i = 0; i < 6; ++i) {
      cost::Report report = random_report(random);
      const Page page = one.render(report, options);
      const Page again = same.render(report, options);
      ASSERT_EQ(samples::joined(page.text()), samples::joined(again.text()));
      ASSERT_EQ(page.folded, again.folded);
      std::reverse(report.sources.begin(), report.sources.end());
      const Page reversed = permuted.render(report, options);
      ASSERT_EQ(sorted_lines(page), sorted_lines(reversed));
      ASSERT_EQ(page.folded, reversed.folded);
      ASSERT_EQ(std::pair(page.added, page.removed), std::pair(reversed.added, reversed.removed));
    }
  }
}

// A page after others may hold more of some rows and less of others, but is as right as the first.
TEST(Folding, KeepsSumsAndCapsFromPageToPage) {
  Random random(99);
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    Renderer renderer;
    Options options = {.max_series = random() % 900, .max_family_series = 1 + random() % 150};
    for (int i = 0; i < 12; ++i) {
      if (random() % 4 == 0) options.max_series = random() % 900;
      const cost::Report report = random_report(random);
      const Page page = renderer.render(report, options);
      const Families before = families_of(render(report, {})), after = families_of(page);
      expect_same_sums(before, after);
      expect_within_caps(page, after, report, options);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace exporter::metrics
