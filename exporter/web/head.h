// The head of a request, and what is wrong with it. Inside web/ only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exporter/web/answer.h"

struct MHD_Connection;

namespace exporter::web {

/// Bodies mean nothing to most routes; the bound keeps a client from sending one for ever.
inline constexpr std::uint64_t kMostBodyBytes = 64u << 10;

struct Head {
  Request request{};
  std::uint64_t length = 0;  // of the body
  /// Of a request whose end others might see elsewhere. It ends the connection: servers in front of
  /// this one and the library must not disagree about where the next one begins. `request` is what
  /// could be told nevertheless.
  std::optional<Reply> refusal{};
};

/// `method`, `version` are those the library hands out, `target` is as sent.
Head read_head(MHD_Connection* connection, const char* method, const char* version,
               std::string_view target);

}  // namespace exporter::web
