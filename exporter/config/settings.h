// The table of configuration keys. Reading, printing, the environment's names,
// docs/configuration.md and the example file are made from it: a new setting is one row here and a
// field in its room.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/config.h"

namespace exporter::config {

enum class Shape { scalar, list, map };

/// One value on its way in or out: a scalar, an item of a list, or an entry of a map.
struct Item {
  std::string text = {};
  std::string key = {};   // of a map's entry
  std::size_t index = 0;  // of a list's item; 0 begins the list anew
};

template <class Target>
struct Setting {
  std::string_view key = {};  // `poll.current`; for a cluster without `clusters[].`
  Shape shape = Shape::scalar;
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

std::span<const Setting<Config>> settings();
std::span<const Setting<poll::Source>> cluster_settings();

/// A reload takes every key but those of this section.
inline constexpr std::string_view kFixedSection = "web";

struct Section {
  std::string_view name;
  std::string_view meaning;
};
/// In the order of the file. `clusters` stands first.
inline constexpr std::array<Section, 6> kSections = {{
    {"clusters", "The OpenCosts to ask, one item each."},
    {"currency", "What amounts are called and multiplied with."},
    {"poll", "How often OpenCost is asked, and how long its answers are shown."},
    {"metrics", "Which of the larger families are exported."},
    {"web", "Where Prometheus reaches the exporter."},
    {"log", "What is written to standard error."},
}};

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
