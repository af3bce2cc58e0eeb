// What whoever is refused is told.
#pragma once

#include <chrono>

#include "exporter/access/access.h"

namespace exporter::access {

/// One text for all, so that nobody learns which users there are.
Refused unknown();
Refused expired(const Token& token);
Refused forbidden(const Caller& caller);
/// `user` is known to Kubernetes and to nobody here.
Refused without_subject(const Review& review);
Refused unavailable();
Refused too_many_attempts(std::chrono::seconds retry_after);
Refused too_many_requests(const Caller& caller, std::chrono::seconds retry_after);

}  // namespace exporter::access
