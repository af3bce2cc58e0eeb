// A gate, whom it knows, and a Kubernetes that says what a test wants.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exporter/access/access.h"
#include "tests/access/outcomes.h"

namespace exporter::access {

inline constexpr SystemTime kStart = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

inline std::string bearer(const std::string& token) { return "Bearer " + token; }
/// As `Authorization: Basic` has it.
inline std::string basic(const std::string& user_and_password) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = "Basic ";
  for (std::size_t i = 0; i < user_and_password.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = i; j < i + 3; ++j) {
      bits = bits << 8 |
             (j < user_and_password.size() ? static_cast<unsigned char>(user_and_password[j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j <= user_and_password.size() ? kDigits[bits >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

inline Token token(const std::string& name, const std::string& secret,
                   const std::string& tenant = "") {
  return {.name = name, .sha256 = sha256(secret), .admin = tenant.empty(), .tenant = tenant};
}
/// With the password `correct horse`.
inline User ada() {
  return {.name = "ada", .bcrypt = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"};
}
/// With the password `tr0ub4dor:3`.
inline User bob() {
  return {.name = "bob", .bcrypt = "$2y$04$ABCDEFGHIJKLMNOPQRSTUuulQV3o6ShE2UxdJ3jCqLaf/izx4xYsW"};
}

/// Answers from a table, and counts. A token that is not in it is nobody's.
class Cluster {
 public:
  Result<Review> review(const Kubernetes&, std::string_view token, const std::stop_token&) {
    asked.emplace_back(token);
    if (broken) return fail("the API server is on fire");
    const auto found = people.find(token);
    return found == people.end() ? Review{} : found->second;
  }
  Reviewer reviewer() {
    return [this](const Kubernetes& kubernetes, std::string_view token,
                  const std::stop_token& stop) { return review(kubernetes, token, stop); };
  }

  std::map<std::string, Review, std::less<>> people;
  std::vector<std::string> asked;
  bool broken = false;
};

struct Rig {
  explicit Rig(Options options = {}, std::vector<User> users = {}) {
    gate.adopt(std::move(options), std::move(users));
  }

  std::string known(Area area, const std::string& authorization,
                    const std::string& address = "192.0.2.1") {
    return say(gate.known(area, {authorization, address}));
  }
  std::string look_up(Area area, const std::string& authorization,
                      const std::string& address = "192.0.2.1") {
    return say(gate.look_up(area, {authorization, address}, {}));
  }
  /// As a server asks: first what is known, and the rest only where that does not do.
  std::string ask(Area area, const std::string& authorization,
                  const std::string& address = "192.0.2.1") {
    auto outcome = gate.known(area, {authorization, address});
    return outcome ? say(outcome) : look_up(area, authorization, address);
  }

  ManualClock clock{kStart};
  Cluster cluster;
  Gate gate{clock, cluster.reviewer()};
};

}  // namespace exporter::access
