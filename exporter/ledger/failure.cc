#include "exporter/ledger/failure.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace exporter::ledger {
namespace {

constexpr std::array<std::string_view, kTroubles> kNames = {"in_use",    "damaged", "newer",
                                                            "read_only", "full",    "io"};

}  // namespace

std::string_view to_string(Trouble trouble) { return kNames.at(static_cast<std::size_t>(trouble)); }

tl::unexpected<sqlite::Failure> damage(std::string what) {
  return tl::unexpected(
      sqlite::Failure{.message = std::move(what), .reason = sqlite::Reason::damaged});
}

Failure described(const std::string& path, const sqlite::Failure& failure) {
  const auto with = [&](Trouble trouble, std::string_view did, std::string_view advice) {
    return Failure{trouble, fmt::format("{} {}: {}; {}", did, path, failure.message, advice)};
  };
  switch (failure.reason) {
    case sqlite::Reason::busy:
      return {Trouble::in_use,
              path + " is in use by another process; give each exporter a ledger of its own"};
    case sqlite::Reason::damaged:
    case sqlite::Reason::refused:
      return with(Trouble::damaged, "cannot use", "move it away or restore it");
    case sqlite::Reason::read_only:
      return with(Trouble::read_only, "cannot write",
                  "let this process write to it and to its folder");
    case sqlite::Reason::full:
      return with(Trouble::full, "cannot write", "make room for it");
    case sqlite::Reason::io:
      break;
  }
  return with(Trouble::io, "cannot use", "see that its folder exists and its disk works");
}

}  // namespace exporter::ledger
