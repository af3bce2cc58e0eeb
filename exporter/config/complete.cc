#include <fmt/format.h>

#include <map>
#include <set>

#include "exporter/config/addresses.h"
#include "exporter/config/amounts.h"
#include "exporter/config/loading.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

template <class Target>
void check_required(Loading& loading, const List<Target>& list) {
  const std::size_t count = list.items.read(loading.config).size();
  for (std::size_t i = 0; i < count; ++i) {
    for (const Setting<Target>& setting : list.settings()) {
      const std::string path = fmt::format("{}[{}].{}", list.name, i, setting.key);
      if (!setting.required || loading.was_found(path) || loading.was_refused(path)) continue;
      loading.fault(path, fmt::format("is missing; write {}", setting.example));
    }
  }
}

void check_auth(Loading& loading, const std::string& base, const http::Auth& auth) {
  const bool bearer = loading.was_found(base + ".bearer_token_file");
  const bool username = loading.was_found(base + ".basic.username");
  const bool password = loading.was_found(base + ".basic.password_file");
  if (username && !password) {
    loading.fault(base + ".basic.username", "stands without password_file; write both or neither");
  }
  if (password && !username) {
    loading.fault(base + ".basic.password_file", "stands without username; write both or neither");
  }
  if (bearer && (username || password)) {
    loading.fault(base + ".basic", "stands beside bearer_token_file; write one of the two");
  }
  for (const auto& [name, file] : auth.header_files) {
    if (lower(name) == "authorization" && (bearer || username || password)) {
      loading.fault(base + ".header_files",
                    "sets Authorization beside bearer_token_file or basic; write one of them");
    }
  }
}

void check_tls(Loading& loading, const std::string& base, const poll::Source& source) {
  const bool certificate = loading.was_found(base + ".cert_file");
  const bool key = loading.was_found(base + ".key_file");
  if (certificate && !key) {
    loading.fault(base + ".cert_file", "stands without key_file; write both or neither");
  }
  if (key && !certificate) {
    loading.fault(base + ".key_file", "stands without cert_file; write both or neither");
  }
  if (source.url.starts_with("http://") && source.http.tls != http::Tls{}) {
    loading.fault(base,
                  "has no meaning for a URL that begins with http://; write https:// there or "
                  "remove tls");
  }
}

// OpenCost's collector adds up UTC days, and no others can be made of what it keeps.
void check_calendar(Loading& loading, std::size_t index) {
  const auto offset = loading.config.schedule.calendar.utc_offset;
  if (loading.config.clusters[index].alignment != opencost::Alignment::hour || offset.count() == 0)
    return;
  loading.fault(fmt::format("clusters[{}].alignment", index),
                fmt::format("hour goes with UTC days only, and calendar.utc_offset is {}; write "
                            "rolling here or +00:00 there",
                            print_offset(offset)));
}

void complete_cluster(Loading& loading, std::size_t index) {
  poll::Source& source = loading.config.clusters[index];
  const std::string base = fmt::format("clusters[{}]", index);
  source.http.max_answer_bytes = loading.config.max_answer_bytes;
  if (!source.named && !source.url.empty()) source.name = authority(source.url);
  check_auth(loading, base + ".auth", source.http.auth);
  check_tls(loading, base + ".tls", source);
  check_calendar(loading, index);
}

void check_names(Loading& loading) {
  std::map<std::string_view, std::size_t> seen;
  const auto& clusters = loading.config.clusters;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    const poll::Source& source = clusters[i];
    if (source.name.empty()) continue;
    const auto [first, fresh] = seen.emplace(source.name, i);
    if (fresh) continue;
    const bool named = source.named && clusters[first->second].named;
    loading.fault(fmt::format("clusters[{}].{}", i, source.named ? "name" : "url"),
                  named ? fmt::format("{} is the name of clusters[{}] as well; give each its own",
                                      in_quotes(source.name), first->second)
                        : fmt::format("{} stands for clusters[{}] as well; give both a name",
                                      in_quotes(source.name), first->second));
  }
}

void check_ages(Loading& loading) {
  const Config& config = loading.config;
  if (config.max_age >= config.schedule.current || loading.was_refused("poll.max_age") ||
      loading.was_refused("poll.current")) {
    return;
  }
  const std::string age = print_duration(config.max_age);
  const std::string current = print_duration(config.schedule.current);
  if (loading.was_found("poll.max_age")) {
    loading.fault("poll.max_age",
                  fmt::format("{} is shorter than poll.current, {}; write {} or more", age, current,
                              current));
  } else {
    loading.fault(
        "poll.current",
        fmt::format("{} is longer than poll.max_age, {} by default; set poll.max_age to {} "
                    "or more",
                    current, age, current));
  }
}

void check_days(Loading& loading) {
  const std::optional<int> asked = loading.config.backfill_days;
  const int kept = loading.config.ledger.keep_days;
  if (!asked || *asked <= kept || loading.was_refused("ledger.keep_days")) return;
  loading.fault(
      "ledger.backfill_days",
      fmt::format("{} is more than ledger.keep_days, {}{}; write {} or less, or keep more", *asked,
                  kept, loading.was_found("ledger.keep_days") ? "" : " by default", kept));
}

/// Once each, and sorted, so that one question always reads the same.
void ask_for_labels(Config& config) {
  std::set<std::string> names(config.metric_labels.begin(), config.metric_labels.end());
  const auto add = [&](const cost::LabelPatterns& patterns) {
    for (const auto& [name, pattern] : patterns) names.insert(name);
  };
  for (const cost::TenantRule& rule : config.tenants) add(rule.labels);
  for (const cost::Policy& policy : config.policies) {
    add(policy.labels);
    add(policy.exclude_labels);
  }
  for (const cost::Budget& budget : config.budgets) add(budget.labels);
  config.schedule.labels.assign(names.begin(), names.end());
}

}  // namespace

void complete(Loading& loading, Clusters clusters) {
  for_each_list([&](const auto& list) { check_required(loading, list); });
  for (std::size_t i = 0; i < loading.config.clusters.size(); ++i) complete_cluster(loading, i);
  check_names(loading);
  check_ages(loading);
  check_days(loading);
  complete_tenants(loading);
  complete_shared(loading);
  complete_savings(loading);
  complete_policies(loading);
  complete_budgets(loading);
  complete_metrics(loading);
  complete_api(loading);
  ask_for_labels(loading.config);
  divide_by_rate(loading);
  if (clusters == Clusters::required && loading.config.clusters.empty() &&
      !loading.was_refused("clusters")) {
    loading.fault("clusters",
                  fmt::format("{}; write clusters: [{{url: \"http://opencost.opencost:9003\"}}] or "
                              "set OPENCOST_URL",
                              loading.was_found("clusters") ? "is empty" : "is missing"));
  }
}

}  // namespace exporter::config
