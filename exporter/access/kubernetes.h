// One question to the API server, over the network.
#pragma once

#include <chrono>
#include <stop_token>
#include <string_view>

#include "exporter/access/access.h"

namespace exporter::access {

/// The error says what to do about it, and holds no body of an answer: it may repeat the token.
Result<Review> ask(const Kubernetes& kubernetes, std::string_view token,
                   std::chrono::milliseconds timeout, const std::stop_token& stop);

}  // namespace exporter::access
