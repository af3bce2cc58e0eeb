// From one transfer to what is observed, and what is in it. Private to poll/.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "exporter/poll/poll.h"

namespace exporter::poll {

using Outcome = decltype(Observation::outcome);

/// Hands the body of one transfer to a decoder.
using Transfer = std::function<Result<http::Answer, http::Failure>(const http::Body& body)>;

/// Runs `transfer` into the decoder for `question` and says what came of it. `failure`, unless the
/// transfer went well or the decoder refused it, receives the transport's own word.
Outcome decode(const opencost::Question& question, std::string_view cluster,
               const Transfer& transfer, std::optional<http::Failure>& failure);

/// Of an accepted answer; none of a failure.
std::size_t rows_of(const Observation& observation);
const opencost::Rejected* rejected_of(const Observation& observation);

}  // namespace exporter::poll
