#include "exporter/access/access.h"

namespace exporter::access {

struct Gate::State {
  Reviewer reviewer;
};

Gate::Gate(const Clock&, Reviewer reviewer)
    : state_(std::make_unique<State>(State{std::move(reviewer)})) {}
Gate::~Gate() = default;

void Gate::adopt(Options, std::vector<User>) {}

std::optional<Outcome> Gate::known(Area, const Credentials&) {
  return Caller{.name = "anonymous", .admin = true};
}

Outcome Gate::look_up(Area, const Credentials&, const std::stop_token&) {
  return Caller{.name = "anonymous", .admin = true};
}

Reviewer kubernetes_reviewer() {
  return [](const Kubernetes&, std::string_view, const std::stop_token&) -> Result<Review> {
    return fail("not built yet");
  };
}

}  // namespace exporter::access
