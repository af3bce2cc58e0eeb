#include "exporter/poll/watchlist.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace exporter::poll {
namespace {

constexpr std::string_view kWatch = "workloads";
constexpr std::string_view kMatches = "policies";

// What the ledger holds beyond `notes` is out of date.
std::optional<ledger::Failure> write_all(ledger::Ledger& ledger, const std::string& source,
                                         std::string_view topic, ledger::Notes notes) {
  const auto held = ledger.remembered(source, topic);
  if (!held) return held.error();
  for (const auto& [key, text] : *held) notes.try_emplace(key);
  return ledger.remember(source, topic, notes);
}

}  // namespace

Watchlist::Watchlist(ledger::Ledger& ledger, metrics::SelfMetrics& self, log::Log log)
    : ledger_(ledger), self_(self), log_(std::move(log)) {}

void Watchlist::adopt(const std::vector<std::string>& sources, std::vector<cost::Policy> policies,
                      double idle_below) {
  policies_ = std::move(policies);
  idle_below_ = idle_below;
  std::map<std::string, Kept> kept;
  for (const std::string& source : sources) {
    const auto old = kept_.find(source);
    Kept& place = kept[source];
    if (old == kept_.end()) {
      restore(source, place);
    } else {
      place = std::move(old->second);
    }
  }
  kept_ = std::move(kept);
}

Watchlist::Statuses Watchlist::take(const std::string& source,
                                    const std::shared_ptr<const cost::Breakdown>& current) {
  Kept& kept = kept_.at(source);
  kept.watch.take(*current, idle_below_);
  Statuses statuses;
  for (const cost::Policy& policy : policies_) {
    statuses.push_back(std::make_shared<const cost::PolicyStatus>(
        cost::apply(policy, current, kept.watch, kept.matches)));
  }
  kept.matches.forget(policies_, current->window.end);
  write(source, kept);
  return statuses;
}

void Watchlist::restore(const std::string& source, Kept& kept) {
  std::size_t unread = 0;
  const auto read = [&](std::string_view topic, auto& what) {
    const auto notes = ledger_.remembered(source, topic);
    if (!notes) return failed(notes.error());
    unread += what.restore(*notes);
  };
  read(kWatch, kept.watch);
  read(kMatches, kept.matches);
  if (unread == 0) return;
  log_({log::Level::warn,
        "what the ledger remembers of some workloads makes no sense, these are seen anew",
        {{"cluster", source}, {"workloads", fmt::format("{}", unread)}}});
}

void Watchlist::write(const std::string& source, Kept& kept) {
  const auto put = [&](std::string_view topic, auto& what) {
    ledger::Notes notes = what.changes(kept.behind);
    return kept.behind ? write_all(ledger_, source, topic, std::move(notes))
                       : ledger_.remember(source, topic, notes);
  };
  auto failure = put(kWatch, kept.watch);
  const auto more = put(kMatches, kept.matches);
  if (!failure) failure = more;
  kept.behind = failure.has_value();
  if (failure) return failed(*failure);
  trouble_.clear();
}

void Watchlist::failed(const ledger::Failure& failure) {
  self_.ledger_failed(std::string(to_string(failure.trouble)));
  if (std::exchange(trouble_, failure.detail) == failure.detail) return;
  log_({log::Level::error,
        "what is seen of workloads is not kept over a restart",
        {{"reason", std::string(to_string(failure.trouble))}, {"error", failure.detail}}});
}

}  // namespace exporter::poll
