#include <algorithm>

#include "exporter/poll/poll.h"

namespace exporter::poll {
namespace {

// How long a series may outlive its time when nothing else happens.
constexpr std::chrono::seconds kLook{10};

void keep_house(const Clock& clock, History& history, Publisher& publisher,
                const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const SteadyTime now = clock.steady();
    history.tend(clock.now());
    const SteadyTime next = publisher.next_expiry();
    if (next <= now) {
      publisher.expire();
      continue;
    }
    clock.sleep_until(std::min(next, now + kLook), stop);
  }
}

}  // namespace

Fleet::Fleet(const Clock& clock, History& history, Publisher& publisher, Collections& collections,
             log::Log log, MakeTransport make_transport)
    : clock_(clock),
      history_(history),
      publisher_(publisher),
      collections_(collections),
      log_(std::move(log)),
      make_transport_(std::move(make_transport)),
      house_([this](const std::stop_token& stop) {
        keep_house(clock_, history_, publisher_, stop);
      }) {}

Fleet::~Fleet() { adopt({}, schedule_, retry_); }

void Fleet::adopt(const std::vector<Source>& sources, const Schedule& schedule,
                  const http::RetryPolicy& retry) {
  const bool same_rules = schedule == schedule_ && retry == retry_;
  schedule_ = schedule;
  retry_ = retry;
  std::vector<Member> kept;
  std::vector<std::string> stopped;
  for (Member& member : members_) {
    const bool stays =
        same_rules && std::find(sources.begin(), sources.end(), member.source) != sources.end();
    if (stays) {
      kept.push_back(std::move(member));
    } else {
      member.thread.request_stop();
      stopped.push_back(member.source.name);
    }
  }
  members_ = std::move(kept);  // joins those that were stopped
  // What waits for a source that stays is done by its next poller.
  for (const std::string& name : stopped) {
    const bool stays = std::any_of(sources.begin(), sources.end(),
                                   [&](const Source& source) { return source.name == name; });
    if (!stays) collections_.leave(name);
  }
  for (const Source& source : sources) {
    const bool runs = std::any_of(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.source == source; });
    if (runs) continue;
    auto poller =
        std::make_shared<Poller>(source, schedule, retry, clock_, make_transport_(source), history_,
                                 publisher_, collections_, log_, std::random_device()());
    collections_.attend(source.name, [poller] { poller->wake(); });
    members_.push_back(
        {source, std::jthread([poller](const std::stop_token& stop) { poller->run(stop); })});
  }
}

}  // namespace exporter::poll
