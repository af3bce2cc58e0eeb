// Everything that can be wrong with a request, as one table. Inside api/ only.
#pragma once

#include <span>
#include <string_view>

#include "exporter/api/route.h"

namespace exporter::api {

struct ProblemKind {
  std::string_view code;
  unsigned status;
  std::string_view title;
  std::string_view meaning;  // one sentence, with what to do
};
/// Sorted by status.
std::span<const ProblemKind> problems();

/// REQUIRES: there is such a code.
const ProblemKind& problem_kind(std::string_view code);

/// What a Problem is answered with.
Reply reply_of(const Problem& problem);

}  // namespace exporter::api
