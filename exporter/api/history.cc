// What days, weeks and months cost: finished days of the ledger, and today.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "exporter/api/buckets.h"
#include "exporter/api/columns.h"
#include "exporter/api/group.h"
#include "exporter/api/handlers.h"
#include "exporter/api/labels.h"
#include "exporter/api/source_days.h"
#include "exporter/api/windows.h"

namespace exporter::api {
namespace {

/// As many groups of all steps together as an answer may have.
constexpr std::size_t kMostGroups = 200'000;

constexpr std::array kSteps = {
    Column{.name = "start", .kind = Kind::date, .meaning = "The first day."},
    Column{.name = "end", .kind = Kind::date, .meaning = "The day after the last."}};
constexpr std::array kCoverage = {
    Column{.name = "coverage_ratio",
           .kind = Kind::number,
           .meaning = "How much is known of the part of it that has elapsed, from 0 to 1."}};

constexpr auto unknowable(std::array<Column, kMoney.size()> columns) {
  for (Column& column : columns) column.nullable = true;
  columns[0].meaning =
      "What all of it cost together; null where nothing is known. Of `aggregate=total` this holds "
      "idle and unmounted cost, unless a tenant asks.";
  return columns;
}
constexpr auto kFigures = join(unknowable(kMoney), kCoverage);
constexpr auto kTotalColumns = join(kSteps, kFigures);
constexpr auto kClusterColumns = join(join(kSteps, kByCluster), kFigures);
constexpr auto kNamespaceColumns = join(join(kSteps, kByNamespace), kFigures);
constexpr auto kWorkloadColumns = join(join(kSteps, kByWorkload), kFigures);
constexpr auto kTenantColumns = join(join(kSteps, kByTenant), kFigures);
constexpr auto kLabelColumns = join(join(kSteps, kByLabel), kFigures);
constexpr auto kTrendsColumns = join(join(kSteps, std::array{kCluster, kNamespace, kControllerKind,
                                                             kController, kTenant, kLabel, kValue}),
                                     kFigures);

std::span<const Column> columns_of(By by) {
  switch (by) {
    case By::cluster:
      return kClusterColumns;
    case By::name_space:
      return kNamespaceColumns;
    case By::workload:
      return kWorkloadColumns;
    case By::tenant:
      return kTenantColumns;
    case By::label:
      return kLabelColumns;
    default:
      return kTotalColumns;
  }
}

constexpr Parameter kFrom{
    .name = "from",
    .type = "date",
    .default_value = "",
    .choices = "",
    .meaning =
        "The first day, of the calendar that days are counted by, at most 3660 days ago. By "
        "default so that there are 30 days, 12 weeks or 12 months.",
    .example = "2026-10-01"};
constexpr Parameter kTo{.name = "to",
                        .type = "date",
                        .default_value = "",
                        .choices = "",
                        .meaning =
                            "The day after the last. By default the step that holds today "
                            "is the last one. There are at most 400 steps.",
                        .example = "2026-11-01"};
constexpr Parameter aggregate(std::string_view default_value) {
  return {.name = "aggregate",
          .type = "choice",
          .default_value = default_value,
          .choices = "total, cluster, namespace, workload, tenant, label:NAME",
          .meaning =
              "What a row is of, in each step. `total` has a row for every step that has "
              "begun, also for one of which nothing is known.",
          .example = "workload"};
}
constexpr std::array kTrendsParameters = {
    Parameter{.name = "step",
              .type = "choice",
              .default_value = "day",
              .choices = "day, week, month",
              .meaning = "How long the stretches are that are compared; weeks begin on Monday. The "
                         "first and the last are cut to `from` and `to`.",
              .example = "week"},
    kFrom, kTo, aggregate("total")};
constexpr std::array kMonthlyParameters = {kFrom, kTo, aggregate("namespace")};

/// Copies of texts, each once.
class Texts {
 public:
  explicit Texts(model::TextArena& arena) : arena_(arena) {}

  std::string_view keep(std::string_view text) {
    const auto at = kept_.find(text);
    return at != kept_.end() ? *at : *kept_.insert(arena_.store(text)).first;
  }

 private:
  model::TextArena& arena_;
  std::unordered_set<std::string_view> kept_;
};

/// What is known of one step.
struct Line {
  std::vector<Group> groups;
  bool any = false;
  cost::Coverage coverage;
};

/// Labels without which a day cannot tell what is asked for.
std::vector<std::string> labels_of(const Question& question, const Grouping& grouping) {
  std::vector<std::string> labels = question.scope.labels();
  if (grouping.by == By::label) labels.push_back(grouping.label);
  if (grouping.by == By::tenant && question.scope.everything()) {
    for (const cost::TenantRule& rule : question.publication.rules->tenants) {
      for (const auto& [name, pattern] : rule.labels) labels.push_back(name);
    }
  }
  return labels;
}

Problem unreadable(const ledger::Failure& failure, const Scope& scope) {
  if (!scope.everything()) {
    return {"internal",
            "Finished days cannot be read at present; their administrator can see why."};
  }
  return {"internal", fmt::format("Finished days cannot be read: {}.", failure.detail)};
}

/// Sums of all sources, step by step.
class Trend {
 public:
  Trend(const Question& question, const Grouping& grouping, const Buckets& buckets, Table& table)
      : question_(question),
        grouping_(grouping),
        buckets_(buckets),
        labels_(labels_of(question, grouping)),
        table_(table),
        texts_(*table.texts),
        lines_(buckets.size()) {}

  std::optional<Problem> add(const cost::SourceReport& source);
  /// Adds the rows to the table.
  void finish();

 private:
  Result<Line, ledger::Failure> line(const SourceDays& days, model::Days bucket);
  void add_window(const cost::SourceReport& source, std::chrono::sys_seconds end,
                  cost::Coverage coverage);
  void add_row(model::Days bucket, const Line& line, const Group* group);

  const Question& question_;
  const Grouping& grouping_;
  const Buckets& buckets_;
  const std::vector<std::string> labels_;
  Table& table_;
  Texts texts_;
  std::vector<Line> lines_;
  std::size_t groups_ = 0;
};

Result<Line, ledger::Failure> Trend::line(const SourceDays& days, model::Days bucket) {
  const auto part = days.part(bucket);
  if (!part) return tl::unexpected(part.error());
  Line line{{}, part->any, part->coverage};
  for (const auto& rows : part->tables) {
    const auto groups = group(*rows, grouping_, question_.scope, *question_.publication.rules);
    line.groups.insert(line.groups.end(), groups.begin(), groups.end());
  }
  merge(line.groups);
  for (Group& one : line.groups) {
    for (std::string_view& name : one.names) name = texts_.keep(name);
  }
  return line;
}

std::optional<Problem> Trend::add(const cost::SourceReport& source) {
  const SourceDays days(question_, source, labels_);
  std::vector<Line> own;
  cost::Coverage coverage;
  bool concerned = concerns(source, question_.scope);
  for (const model::Days bucket : buckets_) {
    auto made = line(days, bucket);
    if (!made) return unreadable(made.error(), question_.scope);
    own.push_back(*std::move(made));
    concerned = concerned || !own.back().groups.empty();
    coverage += own.back().coverage;
    groups_ += own.back().groups.size();
    if (groups_ > kMostGroups) {
      return Problem{"bad_parameter",
                     fmt::format("That are more than {} rows; ask for a shorter time, a longer "
                                 "step or a coarser `aggregate`.",
                                 kMostGroups)};
    }
  }
  if (!concerned) return std::nullopt;
  for (std::size_t i = 0; i < own.size(); ++i) {
    Line& line = lines_[i];
    line.groups.insert(line.groups.end(), own[i].groups.begin(), own[i].groups.end());
    line.any = line.any || own[i].any;
    line.coverage += own[i].coverage;
  }
  add_window(source, days.end(), coverage);
  return std::nullopt;
}

void Trend::add_window(const cost::SourceReport& source, std::chrono::sys_seconds end,
                       cost::Coverage coverage) {
  model::Window window =
      question_.publication.calendar.window({buckets_.front().first, buckets_.back().end});
  window.end = std::clamp(end, window.start, window.end);
  table_.windows.push_back({source.name, window, coverage});
}

void Trend::add_row(model::Days bucket, const Line& line, const Group* group) {
  const std::size_t names = table_.columns.size() - kSteps.size() - kFigures.size();
  table_.cells.emplace_back(texts_.keep(model::format_date(bucket.first)));
  table_.cells.emplace_back(texts_.keep(model::format_date(bucket.end)));
  if (group != nullptr) {
    add_names(table_, *group, names);
    add_money(table_, group->costs);
  } else {
    table_.cells.resize(table_.cells.size() + kMoney.size());
  }
  table_.cells.emplace_back(line.coverage.ratio());
}

void Trend::finish() {
  const auto today = today_of(question_.publication);
  for (std::size_t i = 0; i < lines_.size() && buckets_[i].first <= today; ++i) {
    Line& line = lines_[i];
    merge(line.groups);
    // Known, and nothing was spent.
    if (grouping_.by == By::total && line.any && line.groups.empty()) line.groups.emplace_back();
    if (grouping_.by == By::total && !line.any) add_row(buckets_[i], line, nullptr);
    for (const Group& one : line.groups) add_row(buckets_[i], line, &one);
  }
}

Answer<Table> trend(const Question& question, Step step) {
  const Grouping grouping = grouping_of(question.parameters.of("aggregate"));
  if (grouping.by == By::label) {
    if (auto problem = check_label(question, "aggregate", grouping.label)) {
      return tl::unexpected(*std::move(problem));
    }
  }
  const poll::Publication& publication = question.publication;
  const auto today =
      publication.calendar.date(std::chrono::floor<std::chrono::seconds>(publication.published_at));
  const auto buckets = buckets_of(question.parameters, step, today);
  if (!buckets) return tl::unexpected(buckets.error());
  Table table;
  table.columns = columns_of(grouping.by);
  table.window_name = fmt::format("{}/{}", model::format_date(buckets->front().first),
                                  model::format_date(buckets->back().end));
  table.keep.push_back(question.held);
  Trend trend(question, grouping, *buckets, table);
  for (const cost::SourceReport& source : question.publication.report.sources) {
    if (source.name.empty()) continue;  // it is not shown
    if (auto problem = trend.add(source)) return tl::unexpected(*std::move(problem));
  }
  trend.finish();
  return table;
}

Answer<Table> trends(const Question& question) {
  return trend(question, step_of(question.parameters.of("step")));
}

Answer<Table> monthly(const Question& question) { return trend(question, Step::month); }

}  // namespace

const RowsRoute kCostTrends{kTrendsParameters, kTrendsColumns, trends, "start"};
const RowsRoute kCostMonthly{kMonthlyParameters, kTrendsColumns, monthly, "start"};

}  // namespace exporter::api
