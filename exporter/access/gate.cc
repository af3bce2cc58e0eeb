#include <utility>

#include "exporter/access/access.h"
#include "exporter/access/authorization.h"
#include "exporter/access/network.h"
#include "exporter/access/refusals.h"
#include "exporter/access/rules.h"

namespace exporter::access {
namespace {

constexpr double kAttemptsPerSecond = 1;
constexpr double kAttemptsAtOnce = 20;

}  // namespace

struct Gate::State {
  State(const Clock& its_clock, Reviewer its_reviewer)
      : clock(its_clock),
        reviewer(std::move(its_reviewer)),
        attempts(clock, kAttemptsPerSecond, kAttemptsAtOnce),
        rules(make_rules({}, {})) {}

  std::shared_ptr<Rules> make_rules(Options options, std::vector<User> users) {
    return std::make_shared<Rules>(clock, reviewer, std::move(options), std::move(users));
  }
  std::shared_ptr<Rules> current() const {
    const std::lock_guard lock(mutex);
    return rules;
  }
  std::optional<Outcome> known(Rules& under, Area area, const Credentials& credentials);
  Outcome admit(Rules& under, Area area, const Credentials& credentials, Outcome who);
  Outcome refuse(const Credentials& credentials, Refused refused);

  const Clock& clock;
  const Reviewer reviewer;
  Limiter attempts;  // failed ones, by network; adopt() does not forget them
  mutable std::mutex mutex;
  std::shared_ptr<Rules> rules;  // guarded by mutex
};

std::optional<Outcome> Gate::State::known(Rules& under, Area area, const Credentials& credentials) {
  if (under.lets_anybody_in(area)) {
    return admit(under, area, credentials,
                 Caller{.name = "anonymous", .admin = area != Area::open});
  }
  const auto presented = parse_authorization(credentials.authorization);
  if (!presented) return refuse(credentials, presented.error());
  if (auto who = under.recognise(*presented))
    return admit(under, area, credentials, *std::move(who));
  if (const auto wait = attempts.look(network_of(credentials.address))) {
    return tl::unexpected<Refused>(too_many_attempts(*wait));
  }
  return std::nullopt;
}

/// What somebody may do who is known, or what is said to somebody who is not.
Outcome Gate::State::admit(Rules& under, Area area, const Credentials& credentials, Outcome who) {
  if (!who) return refuse(credentials, std::move(who).error());
  if (area == Area::pages && !who->admin) return tl::unexpected<Refused>(forbidden(*who));
  if (area != Area::api) return who;
  if (const auto wait = under.requests().take(who->name)) {
    return tl::unexpected<Refused>(too_many_requests(*who, *wait));
  }
  return who;
}

Outcome Gate::State::refuse(const Credentials& credentials, Refused refused) {
  const bool failed = refused.refusal != Refusal::absent && refused.refusal != Refusal::unavailable;
  if (failed) {
    if (const auto wait = attempts.take(network_of(credentials.address))) {
      refused = too_many_attempts(*wait);
    }
  }
  return tl::unexpected<Refused>(std::move(refused));
}

Gate::Gate(const Clock& clock, Reviewer reviewer)
    : state_(std::make_unique<State>(clock, std::move(reviewer))) {}
Gate::~Gate() = default;

void Gate::adopt(Options options, std::vector<User> users) {
  auto rules = state_->make_rules(std::move(options), std::move(users));
  const std::lock_guard lock(state_->mutex);
  state_->rules.swap(rules);
}

std::optional<Outcome> Gate::known(Area area, const Credentials& credentials) {
  const auto rules = state_->current();
  return state_->known(*rules, area, credentials);
}

Outcome Gate::look_up(Area area, const Credentials& credentials, const std::stop_token& stop) {
  const auto rules = state_->current();
  if (auto outcome = state_->known(*rules, area, credentials)) return *std::move(outcome);
  const auto presented = parse_authorization(credentials.authorization);
  return state_->admit(*rules, area, credentials, rules->find_out(*presented, stop));
}

}  // namespace exporter::access
