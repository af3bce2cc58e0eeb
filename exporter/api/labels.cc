#include "exporter/api/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "exporter/api/windows.h"

namespace exporter::api {
namespace {

using Labels = std::set<std::string, std::less<>>;

void take(Labels& labels, const model::LabelSet& set) {
  for (const model::Label& label : set) labels.emplace(label.name);
}

/// Of the rows that the caller sees.
void take(Labels& labels, const model::AllocationTable& table, const Scope& scope) {
  if (scope.everything()) {
    for (const model::LabelSet& set : table.label_sets) take(labels, set);
    return;
  }
  std::set<std::uint32_t> taken;
  for (const model::Allocation& row : table.rows) {
    if (taken.contains(row.label_set) || !scope.sees(row, table)) continue;
    taken.insert(row.label_set);
    take(labels, table.label_sets[row.label_set]);
  }
}

Labels known_labels(const Question& question) {
  const poll::Publication& publication = question.publication;
  Labels labels(publication.rules->labels.begin(), publication.rules->labels.end());
  for (const cost::SourceReport& source : publication.report.sources) {
    const auto look = [&](Stretch stretch) {
      const Known known = known_of(source, stretch, question.scope);
      if (known.costs) take(labels, *known.costs->rows, question.scope);
    };
    look(std::nullopt);
    for (const model::Period period : model::kPeriods) look(period);
    if (!question.scope.everything()) continue;
    for (const ledger::Entry& entry : question.sources.ledger.entries(source.name)) {
      labels.insert(entry.labels.begin(), entry.labels.end());
    }
  }
  if (!question.scope.everything()) return labels;
  for (const cost::TenantRule& rule : publication.rules->tenants) {
    for (const auto& [name, pattern] : rule.labels) labels.insert(name);
  }
  return labels;
}

std::string listed(const Labels& labels) {
  if (labels.empty()) return "none is asked for yet";
  return fmt::format("legal are {}", fmt::join(labels, ", "));
}

}  // namespace

std::optional<Problem> check_label(const Question& question, std::string_view parameter,
                                   std::string_view label) {
  const auto& summed = question.publication.rules->labels;
  if (std::find(summed.begin(), summed.end(), label) != summed.end()) return std::nullopt;
  const Labels labels = known_labels(question);
  if (labels.contains(label)) return std::nullopt;
  const std::string what =
      label.empty()
          ? fmt::format("`{}` lacks the name of a label", parameter)
          : fmt::format("`{}` names the label {:?}, which is not asked for", parameter, label);
  if (!question.scope.everything()) {
    return Problem{"bad_parameter", what + "; give one that your workloads have."};
  }
  return Problem{"bad_parameter",
                 fmt::format("{}; {}; others go into `metrics.labels` of the configuration.", what,
                             listed(labels))};
}

}  // namespace exporter::api
