// Outcomes as one line of text, so that a test compares all of them and shows what differs.
#pragma once

#include <optional>
#include <string>

#include "exporter/access/access.h"

namespace exporter::access {

/// `user ada, admin`, `token a, tenant b`, `unknown: no such ...`, `limited, 1 s: too many ...`;
/// `look it up` of nothing.
inline std::string say(const std::optional<Outcome>& outcome) {
  if (!outcome) return "look it up";
  if (const auto& who = *outcome) {
    std::string text = who->name;
    if (who->admin) text += ", admin";
    if (!who->tenant.empty()) text += ", tenant " + who->tenant;
    return text;
  }
  const Refused& refused = outcome->error();
  std::string text(to_string(refused.refusal));
  if (refused.retry_after.count() != 0) {
    text += ", " + std::to_string(refused.retry_after.count()) + " s";
  }
  return text + ": " + refused.detail;
}

}  // namespace exporter::access
