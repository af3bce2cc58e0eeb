// One generation of tokens, users and limits, and what was found out under them.
#pragma once

#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "exporter/access/access.h"
#include "exporter/access/authorization.h"
#include "exporter/access/keyed_hash.h"
#include "exporter/access/memory.h"

namespace exporter::access {

/// Thread-safe; nothing but its memory and its limits changes. adopt() replaces it as a whole, so
/// what is found out meanwhile is remembered where nobody looks any more.
class Rules {
 public:
  Rules(const Clock& clock, const Reviewer& reviewer, Options options, std::vector<User> users);

  /// Whether credentials are not looked at.
  bool lets_anybody_in(Area area) const;

  /// Who presents them, at once; nothing when only find_out() can tell.
  std::optional<Outcome> recognise(const Presented& presented) const;
  Outcome find_out(const Presented& presented, const std::stop_token& stop);

  /// Of the API.
  Limiter& requests() { return requests_; }

 private:
  std::optional<Outcome> recognise_token(const std::string& token) const;
  Outcome ask_kubernetes(const Bearer& bearer, const std::stop_token& stop);
  Outcome judge(const Review& review) const;
  Outcome check_password(const Basic& basic);
  const User& user_to_check(std::string_view name) const;
  Digest hash(const Presented& presented) const;

  const Clock& clock_;
  const Reviewer& reviewer_;
  const Options options_;
  const std::vector<User> users_;
  const KeyedHash hash_;
  Limiter requests_;
  Memory memory_;
};

}  // namespace exporter::access
