#include "exporter/greeting.h"

#include <fmt/format.h>

#include <algorithm>

namespace exporter {
namespace {

// There is no `today` to wait for just after midnight, and the figures are those of `current`.
bool has_figures(const poll::SourceStatus& source) {
  return source.queries[static_cast<std::size_t>(opencost::Query::current)].shown;
}

void line(std::string& out, std::string_view name, Cost cost, double hours,
          std::string_view currency) {
  const CostRate rate = mean_rate(cost, hours);
  out += fmt::format("  {:<28} {:>10.4f} {}/h {:>12.2f} {}/month\n", name, rate.per_hour, currency,
                     rate.per_hour * kHoursPerMonth, currency);
}

// An address a browser can open: a server that listens everywhere is here as well.
std::string reachable(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  const std::string_view host = address.substr(0, colon);
  if (host != "[::]" && host != "0.0.0.0") return std::string(address);
  return "localhost" + std::string(address.substr(colon));
}

}  // namespace

std::string where_to_look(const std::vector<std::string>& addresses, const config::Config& config,
                          bool tls, std::string_view opencost_url) {
  const std::string base = (tls ? "https://" : "http://") + reachable(addresses.front());
  std::string out = fmt::format("A fake cluster answers as OpenCost does at {}\n", opencost_url);
  const auto add = [&](std::string_view name, std::string_view path) {
    out += fmt::format("  {:<12}  {}{}\n", name, base, path);
  };
  add("metrics", config.web.telemetry_path);
  add("landing page", "/");
  add("readiness", "/-/ready");
  if (config.api.enabled) add("API", config.api.docs ? "/api/v1/docs" : "/api/v1/costs/current");
  return out + "Stop it with Ctrl-C.\n";
}

std::optional<std::string> first_figures(const poll::Publication* publication) {
  if (publication == nullptr || publication->sources.empty() ||
      !std::all_of(publication->sources.begin(), publication->sources.end(), has_figures)) {
    return std::nullopt;
  }
  const cost::Breakdown& current = *publication->report.sources.front().current;
  const double hours = current.window.hours();
  std::vector<cost::NamespaceCost> namespaces = current.namespaces;
  std::sort(namespaces.begin(), namespaces.end(),
            [](const auto& a, const auto& b) { return a.costs.total() > b.costs.total(); });
  std::string out =
      fmt::format("\nFirst figures, window {} to {}:\n", model::format_time(current.window.start),
                  model::format_time(current.window.end));
  for (const cost::NamespaceCost& row : namespaces) {
    line(out, row.name_space, row.costs.total(), hours, publication->currency);
  }
  for (const cost::ClusterCost& row : current.idle) {
    line(out, "(idle)", row.costs.total(), hours, publication->currency);
  }
  for (const cost::ClusterCost& row : current.unmounted) {
    line(out, "(unmounted)", row.costs.total(), hours, publication->currency);
  }
  for (const cost::ClusterCost& row : current.clusters) {
    line(out, fmt::format("cluster {}", row.cluster), row.costs.total(), hours,
         publication->currency);
  }
  out += fmt::format("{} series at generation {}\n", publication->page->series,
                     publication->generation);
  return out;
}

}  // namespace exporter
