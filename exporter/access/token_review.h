// TokenReview of authentication.k8s.io/v1, as text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "exporter/access/access.h"

namespace exporter::access {

inline constexpr std::string_view kReviewKind = "TokenReview";
inline constexpr std::string_view kReviewVersion = "authentication.k8s.io/v1";
inline constexpr std::size_t kLongestReview = std::size_t{64} << 10;

/// What is posted; parse_review() reads what comes back.
std::string review_question(const Kubernetes& kubernetes, std::string_view token);

}  // namespace exporter::access
