#include "exporter/api/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include "exporter/api/query.h"
#include "exporter/api/text.h"

namespace exporter::api {
namespace {

constexpr std::size_t kMostPatterns = 64;

constexpr std::array kCommon = {
    Parameter{"limit", "integer", "", "",
              "How many rows a page has: 1 to 1000, and 100 when nobody says; as CSV up to 100000, "
              "and so many when nobody says.",
              "50"},
    Parameter{"offset", "integer", "0", "", "How many rows come before the page.", "0"},
    Parameter{
        "sort", "columns", "", "",
        "Columns separated by commas, with `-` in front for descending order. Null comes last "
        "either way; rows that are equal are in the order of their names.",
        ""},
    Parameter{"snapshot", "snapshot", "", "",
              "The `snapshot` of an earlier page: the answer is of the same figures, or 410 once "
              "they are gone.",
              "1795363200123"},
};

std::optional<std::uint64_t> whole(std::string_view text, std::uint64_t low, std::uint64_t high) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < low || value > high) return std::nullopt;
  return value;
}

bool is_date(std::string_view text) {
  const auto date = model::parse_date(text);
  if (!date) return false;
  const int year{std::chrono::year_month_day(*date).year()};
  return year >= kFirstYear && year <= kLastYear;
}

// A label as OpenCost names it, or an annotation, which stands behind model::kAnnotation.
bool is_label(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./-:").find(c) != std::string_view::npos;
  });
}

bool is_choice(const Parameter& parameter, std::string_view value) {
  const Choices choices = choices_of(parameter);
  if (std::find(choices.words.begin(), choices.words.end(), value) != choices.words.end()) {
    return true;
  }
  return !choices.prefix.empty() && value.starts_with(choices.prefix) &&
         is_label(value.substr(choices.prefix.size()));
}

bool is_legal(const Parameter& parameter, std::string_view value) {
  if (parameter.type == "choice") return is_choice(parameter, value);
  if (parameter.type == "date") return is_date(value);
  if (parameter.type == "integer") return whole(value, 0, kLargest).has_value();
  return !value.empty();
}

std::string range(std::uint64_t low, std::uint64_t high) {
  return fmt::format("a whole number from {} to {}", low, high);
}

std::string legal_values(const Parameter& parameter) {
  if (parameter.type == "choice") return fmt::format("one of {}", parameter.choices);
  if (parameter.type == "date") {
    return fmt::format("a date from {}-01-01 to {}-12-31, such as {}", kFirstYear, kLastYear,
                       parameter.example);
  }
  if (parameter.type == "integer") return range(0, kLargest);
  return fmt::format("text, such as {}", parameter.example);
}

const Column* column_of(const RowsRoute& route, std::string_view name) {
  const auto at = std::find_if(route.columns.begin(), route.columns.end(),
                               [&](const Column& column) { return column.name == name; });
  return at == route.columns.end() ? nullptr : &*at;
}

std::string names_of(std::span<const Column> columns) {
  std::string out;
  for (const Column& column : columns) {
    out += fmt::format("{}{}", out.empty() ? "" : ", ", column.name);
  }
  return out;
}

std::optional<std::vector<SortKey>> read_sort(std::string_view text, const RowsRoute& route) {
  std::vector<SortKey> keys;
  if (text.empty() || text.ends_with(',')) return std::nullopt;
  while (!text.empty()) {
    std::string_view name = next_part(text, ',');
    const bool descending = name.starts_with('-');
    if (descending) name.remove_prefix(1);
    const Column* const column = column_of(route, name);
    const bool again = std::any_of(keys.begin(), keys.end(),
                                   [&](const SortKey& key) { return key.column == name; });
    if (column == nullptr || again) return std::nullopt;
    keys.push_back({column->name, descending});
  }
  return keys;
}

std::optional<std::vector<std::string>> read_patterns(std::string_view text) {
  std::vector<std::string> patterns;
  if (text.empty() || text.ends_with(',')) return std::nullopt;
  while (!text.empty()) {
    const std::string_view pattern = next_part(text, ',');
    const auto stars = std::count(pattern.begin(), pattern.end(), '*');
    if (pattern.empty() || stars > static_cast<std::ptrdiff_t>(kMostStars)) return std::nullopt;
    patterns.emplace_back(pattern);
  }
  return patterns;
}

/// Takes one parameter after the other.
class Reader {
 public:
  Reader(const RowsRoute& route, Media media, Faults& faults)
      : route_(route), page_(page_size(media)), faults_(faults) {
    asked_.limit = page_.usual;
  }

  void take(const std::string& name, const std::string& value) {
    const int times = ++seen_[name];
    if (name != "offset" && name != "snapshot") asked_.same.emplace_back(name, value);
    const Column* const column = column_of(route_, name);
    const bool plain = has_parameter(route_, name);
    if (!plain && (column == nullptr || column->kind != Kind::text)) {
      if (times == 1) unknown_.push_back(quoted(name));
    } else if (!plain) {
      filter(*column, value);
    } else if (times > 1) {
      if (times == 2) faults_.add(fmt::format("Parameter {} is given more than once.", name));
    } else if (!common(name, value)) {
      own(name, value);
    }
  }

  Asked finish() {
    for (const Parameter& parameter : route_.parameters) {
      if (seen_.count(std::string(parameter.name)) > 0) continue;
      if (parameter.required) {
        faults_.add(fmt::format("Parameter {} is missing: it must be {}.", parameter.name,
                                legal_values(parameter)));
      }
      asked_.parameters.set(std::string(parameter.name), std::string(parameter.default_value));
    }
    for (const std::string& name : unknown_)
      faults_.add(fmt::format("Parameter {} is unknown.", name));
    if (!unknown_.empty()) faults_.add(fmt::format("There are {}.", all_names()));
    return std::move(asked_);
  }

 private:
  bool common(std::string_view name, const std::string& value) {
    if (name == "limit") {
      const auto limit = whole(value, 1, page_.most);
      if (!limit) faults_.illegal(name, value, range(1, page_.most));
      asked_.limit = static_cast<std::size_t>(limit.value_or(1));
    } else if (name == "offset") {
      const auto offset = whole(value, 0, kLargest);
      if (!offset) faults_.illegal(name, value, range(0, kLargest));
      asked_.offset = offset.value_or(0);
    } else if (name == "snapshot") {
      const auto snapshot = whole(value, 0, kLargest);
      if (!snapshot) faults_.illegal(name, value, "the snapshot of an earlier answer, a number");
      asked_.snapshot = fmt::to_string(snapshot.value_or(0));
    } else if (name == "sort") {
      const auto keys = read_sort(value, route_);
      if (!keys) {
        faults_.illegal(name, value,
                        fmt::format("columns separated by commas, each once, with - in front for "
                                    "descending order, out of {}",
                                    names_of(route_.columns)));
      }
      asked_.sort = keys.value_or(std::vector<SortKey>());
    } else {
      return false;
    }
    return true;
  }

  void own(const std::string& name, const std::string& value) {
    const auto& parameter = *std::find_if(route_.parameters.begin(), route_.parameters.end(),
                                          [&](const Parameter& one) { return one.name == name; });
    if (!is_legal(parameter, value)) faults_.illegal(name, value, legal_values(parameter));
    asked_.parameters.set(name, value);
  }

  void filter(const Column& column, std::string_view value) {
    const auto patterns = read_patterns(value);
    if (!patterns) {
      return faults_.illegal(
          column.name, value,
          fmt::format("patterns separated by commas, none of them empty or with more than {} *",
                      kMostStars));
    }
    auto at = std::find_if(asked_.filters.begin(), asked_.filters.end(),
                           [&](const Filter& one) { return one.column == column.name; });
    if (at == asked_.filters.end()) at = asked_.filters.insert(at, {column.name});
    at->patterns.insert(at->patterns.end(), patterns->begin(), patterns->end());
    if (at->patterns.size() > kMostPatterns &&
        at->patterns.size() - patterns->size() <= kMostPatterns) {
      faults_.add(
          fmt::format("Parameter {} has more than {} patterns.", column.name, kMostPatterns));
    }
  }

  std::string all_names() const {
    std::string out;
    const auto add = [&](std::string_view name) {
      out += fmt::format("{}{}", out.empty() ? "" : ", ", name);
    };
    for (const Parameter& parameter : route_.parameters) add(parameter.name);
    for (const Parameter& parameter : kCommon) add(parameter.name);
    for (const Column* column : filters_of(route_)) add(column->name);
    return out;
  }

  const RowsRoute& route_;
  PageSize page_;
  Faults& faults_;
  Asked asked_;
  std::map<std::string, int> seen_;
  std::vector<std::string> unknown_;  // quoted
};

}  // namespace

const std::string& Parameters::of(std::string_view name) const {
  static const std::string nothing;
  const auto at = std::find_if(values_.begin(), values_.end(),
                               [&](const auto& value) { return value.first == name; });
  return at == values_.end() ? nothing : at->second;
}

void Parameters::set(std::string name, std::string value) {
  values_.emplace_back(std::move(name), std::move(value));
}

Answer<Asked> read(std::string_view query, const RowsRoute& route, Media media) {
  Faults faults;
  const Pairs pairs = split(query, faults);
  if (pairs.empty() && faults.any()) return tl::unexpected(faults.problem());
  Reader reader(route, media, faults);
  for (const auto& [name, value] : pairs) reader.take(name, value);
  Asked asked = reader.finish();
  if (faults.any()) return tl::unexpected(faults.problem());
  return asked;
}

Answer<void> read_none(std::string_view query) {
  Faults faults;
  for (const auto& [name, value] : split(query, faults)) {
    faults.add(fmt::format("Parameter {} is unknown: this route has none.", quoted(name)));
  }
  if (faults.any()) return tl::unexpected(faults.problem());
  return {};
}

std::span<const Parameter> common_parameters() { return kCommon; }

bool has_parameter(const RowsRoute& route, std::string_view name) {
  const auto is = [&](const Parameter& parameter) { return parameter.name == name; };
  return std::any_of(route.parameters.begin(), route.parameters.end(), is) ||
         std::any_of(kCommon.begin(), kCommon.end(), is);
}

std::vector<const Column*> filters_of(const RowsRoute& route) {
  std::vector<const Column*> out;
  for (const Column& column : route.columns) {
    if (column.kind == Kind::text && !has_parameter(route, column.name)) out.push_back(&column);
  }
  return out;
}

std::vector<SortKey> sort_of(const RowsRoute& route) {
  return read_sort(route.sort, route).value_or(std::vector<SortKey>());
}

Choices choices_of(const Parameter& parameter) {
  Choices out;
  std::string_view rest = parameter.choices;
  while (!rest.empty()) {
    const std::string_view word = next_word(rest);
    if (word.ends_with(":NAME")) {
      out.prefix = word.substr(0, word.size() - std::string_view("NAME").size());
    } else {
      out.words.push_back(word);
    }
  }
  return out;
}

}  // namespace exporter::api
