// The tables of configuration keys. Reading, printing, the environment's names,
// docs/configuration.md and the example file are made from them: a new setting is one row and a
// field in its room.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "exporter/config/config.h"

namespace exporter::config {

enum class Shape { scalar, list, map };

/// One value on its way in or out: a scalar, an item of a list, or an entry of a map.
struct Item {
  std::string text = {};
  std::string key = {};   // of a map's entry
  std::size_t index = 0;  // within its list or map; 0 begins those of Config anew
};

template <class Target>
struct Setting {
  std::string_view key = {};  // `poll.current`; in a list's table without `clusters[].`
  Shape shape = Shape::scalar;
  bool required = false;                // of a list's item: cannot be left out
  bool alternative = false;             // of a list's item: stands in place of other keys
  std::string_view type = {};           // as the documentation calls it
  std::string_view default_value = {};  // as in a file; empty: not set
  std::string_view example = {};        // for the example file, where there is no default
  std::string_view flag = {};           // empty: none
  std::string_view meaning = {};        // one sentence
  /// An error is the second half of a fault: what is wrong; what to do.
  Result<void> (*apply)(Target& target, const Item& item) = nullptr;
  /// Nothing when it is not set.
  std::vector<Item> (*print)(const Target& target) = nullptr;
};

/// In the order of kSections, the keys of one section together.
std::span<const Setting<Config>> settings();
std::span<const Setting<poll::Source>> cluster_settings();
std::span<const Setting<cost::TenantRule>> tenant_settings();
std::span<const Setting<cost::Policy>> policy_settings();
std::span<const Setting<cost::Budget>> budget_settings();
std::span<const Setting<access::Token>> token_settings();
std::span<const Setting<access::Subject>> subject_settings();

/// The parts of settings(): those up to the ledger, `shared`, `savings`, `metrics`, `api`, and
/// `web` to the end.
std::span<const Setting<Config>> source_settings();
std::span<const Setting<Config>> shared_settings();
std::span<const Setting<Config>> savings_settings();
std::span<const Setting<Config>> metric_settings();
std::span<const Setting<Config>> api_settings();
std::span<const Setting<Config>> output_settings();

/// Where in Config a list has its items.
template <class Target>
struct Items {
  std::vector<Target>& (*of)(Config& config);
  const std::vector<Target>& (*read)(const Config& config);
};
/// At the end of a path of members: `at<cost::Budget, &Config::budgets>`.
template <class Target, auto... members>
inline constexpr Items<Target> at = {
    [](Config& config) -> std::vector<Target>& { return (config.*....*members); },
    [](const Config& config) -> const std::vector<Target>& { return (config.*....*members); }};

/// A list of maps: a section of its own, or a key within one that has others. A further one is a
/// row in kLists and a table of what its items hold, the first required key of which, or else the
/// first, leads an item of the example file.
template <class Target>
struct List {
  std::string_view name;    // `budgets`, `api.tokens`
  std::string_view item;    // what each item is
  std::string_view sample;  // how an item begins
  Items<Target> items;
  std::span<const Setting<Target>> (*settings)();
  bool shown = false;             // one item of it stands in the example file without a #
  std::string_view meaning = {};  // of one within a section; else that says it
};
inline constexpr std::tuple kLists = {
    List<poll::Source>{.name = "clusters",
                       .item = "OpenCost",
                       .sample = "url: http://opencost.opencost:9003",
                       .items = at<poll::Source, &Config::clusters>,
                       .settings = cluster_settings,
                       .shown = true},
    List<cost::TenantRule>{.name = "tenants",
                           .item = "rule",
                           .sample = "name: payments",
                           .items = at<cost::TenantRule, &Config::tenants>,
                           .settings = tenant_settings},
    List<cost::Policy>{.name = "policies",
                       .item = "policy",
                       .sample = "name: weekend-dev",
                       .items = at<cost::Policy, &Config::policies>,
                       .settings = policy_settings},
    List<cost::Budget>{.name = "budgets",
                       .item = "budget",
                       .sample = "name: payments",
                       .items = at<cost::Budget, &Config::budgets>,
                       .settings = budget_settings},
    List<access::Token>{.name = "api.tokens",
                        .item = "token",
                        .sample = "name: grafana",
                        .items = at<access::Token, &Config::access, &access::Options::tokens>,
                        .settings = token_settings,
                        .meaning = "Bearer tokens that are let in, each by its digest; a new one "
                                   "is made with `openssl rand -hex 32`."},
    List<access::Subject>{
        .name = "api.kubernetes_subjects",
        .item = "user or group",
        .sample = "user: system:serviceaccount:payments:portal",
        .items = at<access::Subject, &Config::access, &access::Options::kubernetes,
                    &access::Kubernetes::subjects>,
        .settings = subject_settings,
        .meaning = "Whom Kubernetes says somebody is, to what they see; the first that matches "
                   "wins, and whom none matches is refused."},
};

/// Calls `visit` with every row of kLists.
template <class Visit>
void for_each_list(Visit visit) {
  std::apply([&](const auto&... lists) { (visit(lists), ...); }, kLists);
}
/// Calls `visit` with the list that a section is, or with those that stand in it.
template <class Visit>
void for_each_list_in(std::string_view section, Visit visit) {
  for_each_list([&](const auto& list) {
    if (list.name.substr(0, list.name.find('.')) == section) visit(list);
  });
}
/// The last word of a key path: `tokens` of `api.tokens`.
constexpr std::string_view last_word(std::string_view key) {
  return key.substr(key.rfind('.') + 1);
}

enum class Change { reload, restart };

struct Section {
  std::string_view name;
  std::string_view meaning;
  Change takes = Change::reload;  // what brings a change of it into force
};
/// In the order of the file.
inline constexpr std::array<Section, 14> kSections = {{
    {"clusters", "The OpenCosts to ask, one item each."},
    {"currency", "What amounts are called and multiplied with."},
    {"calendar", "Where the days begin that costs are added up over."},
    {"poll", "How often OpenCost is asked, and how long its answers are shown."},
    {"ledger", "Where finished days are kept, and how many.", Change::restart},
    {"tenants", "Whose cost is whose: rules, of which the first that matches wins."},
    {"shared", "Cost that serves everybody, and how it is split over those it serves."},
    {"savings", "When something counts as a saving, and how urgent it is."},
    {"policies", "What an automatic scale-down would do; nothing is ever scaled."},
    {"budgets", "Amounts a month, each with what counts towards it."},
    {"metrics", "Which families are exported, and how large they may become."},
    {"api", "The JSON API, and who may use it."},
    {"web", "Where Prometheus reaches the exporter.", Change::restart},
    {"log", "What is written to standard error."},
}};
/// The rows of settings() in a section; none for a list.
std::span<const Setting<Config>> settings_of(const Section& section);

/// The short variables besides OPENCOST_EXPORTER_..., weakest first.
struct ShortName {
  std::string_view name;
  std::string_view key;
  std::string_view meaning;
};
std::span<const ShortName> short_names();
/// `poll.max_age` -> `OPENCOST_EXPORTER_POLL_MAX_AGE`.
std::string environment_name(std::string_view key);

template <class Target, class Value>
Result<void> assign(Target& field, Result<Value> value) {
  if (!value) return tl::unexpected(value.error());
  field = static_cast<Target>(std::move(*value));
  return {};
}

inline std::vector<Item> one(std::string text) { return {{.text = std::move(text)}}; }
inline std::vector<Item> one_unless_empty(const std::string& text) {
  return text.empty() ? std::vector<Item>{} : one(text);
}

}  // namespace exporter::config
