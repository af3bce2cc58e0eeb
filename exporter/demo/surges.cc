#include "exporter/demo/surges.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "exporter/demo/inventory.h"
#include "exporter/demo/window.h"

namespace exporter::demo {

namespace {

using std::chrono::sys_seconds;

constexpr int kMostPods = 1000;
// Each is kept for as long as the server runs: it stays in the past.
constexpr std::size_t kMostSurges = 100;
constexpr std::array<std::string_view, 4> kParameters = {"namespace", "pods", "from", "until"};
constexpr sys_seconds kLatest =
    std::chrono::sys_days(std::chrono::year(2100) / std::chrono::January / 1);

std::optional<int> read_pods(const std::string& text) {
  int pods = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pods);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && pods >= 1 && pods <= kMostPods ? std::optional(pods) : std::nullopt;
}

Result<sys_seconds> read_time(const Request& request, const std::string& name) {
  const std::string text = request.parameter(name);
  const auto time = parse_bound(text);
  if (time && *time >= kBorn && *time <= kLatest) return *time;
  return fail(fmt::format(
      "{} is {:?}; write a time from {} to {}, such as 2026-10-03T12:00:00Z or 1791028800", name,
      text, model::format_time(kBorn), model::format_time(kLatest)));
}

}  // namespace

Result<Surge> read_surge(const Request& request, const Cluster& cluster) {
  for (const auto& [name, value] : request.parameters) {
    if (std::find(kParameters.begin(), kParameters.end(), name) == kParameters.end()) {
      return fail(fmt::format("{:?} is not one of {}", name, fmt::join(kParameters, ", ")));
    }
  }
  Surge surge;
  surge.name_space = request.parameter("namespace");
  if (!cluster.inventory().has_namespace(surge.name_space)) {
    return fail(fmt::format("no namespace is called {:?}; write one of the cluster, such as {}",
                            surge.name_space, kBaseNamespaces[1].name));
  }
  const auto pods = read_pods(request.parameter("pods"));
  if (!pods) {
    return fail(fmt::format("pods is {:?}; write a whole number from 1 to {}",
                            request.parameter("pods"), kMostPods));
  }
  const auto from = read_time(request, "from");
  if (!from) return tl::unexpected(from.error());
  const Result<sys_seconds> until = request.parameters.contains("until")
                                        ? read_time(request, "until")
                                        : Result<sys_seconds>(kAlways.end);
  if (!until) return tl::unexpected(until.error());
  if (*from >= *until) return fail("from is not before until; write an earlier one");
  if (cluster.options().surges.size() >= kMostSurges) {
    return fail(fmt::format("there were {} surges already; start another demo", kMostSurges));
  }
  surge.pods = *pods;
  surge.window = {*from, *until};
  return surge;
}

void end_surges(std::vector<Surge>& surges, sys_seconds now) {
  for (Surge& surge : surges) {
    surge.window.end = std::min(surge.window.end, std::max(surge.window.start, now));
  }
}

std::string surge_list(const std::vector<Surge>& surges) {
  std::string text;
  for (const Surge& surge : surges) {
    const model::Window& window = surge.window;
    if (window.start >= window.end) continue;
    text += fmt::format("namespace={} pods={} from={}", surge.name_space, surge.pods,
                        model::format_time(window.start));
    if (window.end != kAlways.end) text += " until=" + model::format_time(window.end);
    text += '\n';
  }
  return text;
}

}  // namespace exporter::demo
