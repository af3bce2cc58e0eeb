// Expected failure as a value: network, JSON, YAML and files fail in the ordinary course of events,
// and their callers are meant to look. A broken invariant is a bug and ends the process instead.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace exporter {

/// What went wrong, as one lower-case clause without a full stop, holding the offending value and
/// the place: `cannot read /etc/secrets/token: No such file or directory`. Never a secret.
struct Error {
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T, class E = Error>
using Result = tl::expected<T, E>;

inline tl::unexpected<Error> fail(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

}  // namespace exporter
