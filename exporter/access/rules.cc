#include "exporter/access/rules.h"

#include <algorithm>

#include "exporter/access/passwords.h"
#include "exporter/access/patterns.h"
#include "exporter/access/refusals.h"

namespace exporter::access {
namespace {

constexpr std::chrono::seconds kGoodFor{60};
constexpr std::chrono::seconds kRefusedFor{10};

tl::unexpected<Refused> refuse(Refused refused) {
  return tl::unexpected<Refused>(std::move(refused));
}

bool is_meant(const Subject& subject, const Review& review) {
  if (!subject.user.empty()) return matches(subject.user, review.user);
  return std::any_of(review.groups.begin(), review.groups.end(),
                     [&](const std::string& group) { return matches(subject.group, group); });
}

bool share_one(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

}  // namespace

Rules::Rules(const Clock& clock, const Reviewer& reviewer, Options options, std::vector<User> users)
    : clock_(clock),
      reviewer_(reviewer),
      options_(std::move(options)),
      users_(std::move(users)),
      requests_(clock, options_.requests_per_second,
                std::max(1.0, 10 * options_.requests_per_second)),
      memory_(clock) {}

bool Rules::lets_anybody_in(Area area) const {
  switch (area) {
    case Area::open:
      return true;
    case Area::pages:
      return users_.empty();
    case Area::api:
      return users_.empty() && options_.tokens.empty() && !options_.kubernetes.enabled;
  }
  return false;
}

std::optional<Outcome> Rules::recognise(const Presented& presented) const {
  if (const auto* bearer = std::get_if<Bearer>(&presented)) {
    if (auto outcome = recognise_token(bearer->token)) return outcome;
    if (!options_.kubernetes.enabled) return refuse(unknown());
  } else if (users_.empty()) {
    return refuse(unknown());
  }
  return memory_.recall(hash(presented));
}

/// Compares with all of them, wherever the match is.
std::optional<Outcome> Rules::recognise_token(const std::string& token) const {
  const Digest digest = sha256(token);
  const Token* found = nullptr;
  for (const Token& known : options_.tokens) {
    if (equal(known.sha256, digest)) found = &known;
  }
  if (found == nullptr) return std::nullopt;
  if (found->expires && clock_.now() >= *found->expires) return refuse(expired(*found));
  return Caller{.name = "token " + found->name, .admin = found->admin, .tenant = found->tenant};
}

Outcome Rules::find_out(const Presented& presented, const std::stop_token& stop) {
  const auto* basic = std::get_if<Basic>(&presented);
  Outcome outcome =
      basic != nullptr ? check_password(*basic) : ask_kubernetes(std::get<Bearer>(presented), stop);
  if (outcome) {
    memory_.remember(hash(presented), outcome, kGoodFor);
  } else if (basic == nullptr && outcome.error().refusal != Refusal::unavailable) {
    memory_.remember(hash(presented), outcome, kRefusedFor);
  }
  return outcome;
}

Outcome Rules::ask_kubernetes(const Bearer& bearer, const std::stop_token& stop) {
  const Result<Review> review = reviewer_(options_.kubernetes, bearer.token, stop);
  return review ? judge(*review) : refuse(unavailable());
}

Outcome Rules::judge(const Review& review) const {
  if (!review.authenticated) return refuse(unknown());
  const auto& audiences = options_.kubernetes.audiences;
  if (!audiences.empty() && !share_one(audiences, review.audiences)) return refuse(unknown());
  for (const Subject& subject : options_.kubernetes.subjects) {
    if (!is_meant(subject, review)) continue;
    return Caller{
        .name = "kubernetes " + review.user, .admin = subject.admin, .tenant = subject.tenant};
  }
  return refuse(without_subject(review));
}

Outcome Rules::check_password(const Basic& basic) {
  const User& user = user_to_check(basic.user);
  const bool right = is_password(basic.password, user.bcrypt);
  if (!right || user.name != basic.user) return refuse(unknown());
  return Caller{.name = "user " + user.name, .admin = true};
}

/// For a name that nobody has, somebody else, always the same one: then it takes as long as for a
/// name that somebody has.
const User& Rules::user_to_check(std::string_view name) const {
  const User* found = &users_.at(hash_(name).front() % users_.size());
  for (const User& user : users_) {
    if (user.name == name) found = &user;
  }
  return *found;
}

/// Tokens and passwords never mean the same: no token holds a space.
Digest Rules::hash(const Presented& presented) const {
  if (const auto* bearer = std::get_if<Bearer>(&presented)) return hash_("bearer " + bearer->token);
  const auto& basic = std::get<Basic>(presented);
  return hash_("basic " + basic.user + ':' + basic.password);
}

}  // namespace exporter::access
