#include "exporter/access/passwords.h"

#include <crypt.h>
#include <fmt/format.h>

#include <memory>

namespace exporter::access {
namespace {

constexpr std::string_view kAlphabet =
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t kSettings = 7;  // `$2b$10$`
constexpr std::size_t kSalt = 22;
constexpr std::size_t kWhole = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Empty when crypt(3) refuses.
std::string crypt(const std::string& password, const std::string& setting) {
  const auto data = std::make_unique<crypt_data>();  // 32 KiB
  const char* hash = ::crypt_rn(password.c_str(), setting.c_str(), data.get(), sizeof *data);
  return hash != nullptr ? hash : "";
}

}  // namespace

Result<void> check_bcrypt(std::string_view hash) {
  if (hash.size() < kSettings || hash.substr(0, 2) != "$2" ||
      std::string_view("aby").find(hash[2]) == std::string_view::npos || hash[3] != '$') {
    return fail("a hash that does not begin with $2a$, $2b$ or $2y$ is not from bcrypt");
  }
  if (!is_digit(hash[4]) || !is_digit(hash[5]) || hash[6] != '$') {
    return fail("the cost of the bcrypt hash is not two digits and a $");
  }
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < 4) return fail(fmt::format("the cost {} of the bcrypt hash is below 4", cost));
  if (cost > kMostBcryptCost) {
    return fail(
        fmt::format("the cost {} of the bcrypt hash is above {}: one login would take "
                    "many seconds; 10 to 12 is usual",
                    cost, kMostBcryptCost));
  }
  if (hash.size() != kWhole) {
    return fail(fmt::format("a bcrypt hash has {} characters, not {}", kWhole, hash.size()));
  }
  if (const std::size_t bad = hash.find_first_not_of(kAlphabet, kSettings);
      bad != std::string_view::npos) {
    return fail(fmt::format("character {} of the bcrypt hash is none that bcrypt writes", bad + 1));
  }
  // Tried, at the lowest cost: a machine's crypt(3) may lack bcrypt, and a salt with bits too many
  // comes back changed, so that no password would ever match.
  const std::string setting =
      fmt::format("{}04${}", hash.substr(0, 4), hash.substr(kSettings, kSalt));
  if (!std::string_view(crypt("", setting)).starts_with(setting)) {
    return fail("crypt(3) of this machine cannot check the bcrypt hash");
  }
  return {};
}

bool is_password(const std::string& password, const std::string& bcrypt) {
  const std::string hash = crypt(password, bcrypt);
  // Compared by their digests, which are equally long whatever crypt(3) answers.
  return !hash.empty() && equal(sha256(hash), sha256(bcrypt));
}

}  // namespace exporter::access
