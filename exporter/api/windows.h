// What of each source an answer is made from, and how much of that is known. Inside api/ only.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "exporter/api/route.h"

namespace exporter::api {

/// What figures are of: a period of the calendar or, without one, the current window.
using Stretch = std::optional<model::Period>;

/// What a caller may be told of one source. Nothing of a period is known to a tenant unless all of
/// its days recorded the labels that tell what belongs to it, see Scope::labels.
struct Known {
  std::shared_ptr<const cost::Breakdown> costs;          // null: nothing
  std::shared_ptr<const cost::Attribution> attribution;  // of `costs`
  cost::Coverage coverage;
};
Known known_of(const cost::SourceReport& source, Stretch stretch, const Scope& scope);

/// Whether the caller sees any row of the source, in any window.
bool concerns(const cost::SourceReport& source, const Scope& scope);

/// For Table::windows: of all sources that concern the caller, those included of which nothing is
/// known in this window. Views point into the publication.
std::vector<SourceWindow> windows_of(const Question& question, Stretch stretch);

/// What `time` costs at the rate of a window, to the millionth. Nothing where the window is empty.
std::optional<Cost> at_rate(Cost spent, model::Window window, std::chrono::seconds time);
/// 730 hours, as monthly amounts are quoted.
inline constexpr std::chrono::seconds kMonth = std::chrono::hours(static_cast<int>(kHoursPerMonth));

}  // namespace exporter::api
