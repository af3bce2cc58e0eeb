#include "exporter/opencost/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace exporter::opencost {

std::string_view Names::store(std::string_view name) {
  if (name.empty()) return {};
  std::uint64_t head = 0, tail = 0;
  const std::size_t part = std::min<std::size_t>(name.size(), 8);
  std::memcpy(&head, name.data(), part);
  std::memcpy(&tail, name.data() + name.size() - part, part);
  const std::uint64_t mixed =
      (head ^ (tail * 0x9e3779b97f4a7c15u) ^ name.size()) * 0xff51afd7ed558ccdu;
  std::string_view& recent = recent_[mixed >> 52];
  if (recent != name) recent = arena_.store(name);
  return recent;
}

std::string_view Clusters::name(std::string_view stated) {
  if (configured_.empty()) return names_.store(stated);
  if (!stated.empty() && stated != first_) {
    std::string& place = first_.empty() ? first_ : second_;
    if (place.empty()) place = stated;
  }
  return names_.store(configured_);
}

std::optional<Fault> Clusters::fault() const {
  if (second_.empty()) return std::nullopt;
  return Fault{Refusal::shape,
               fmt::format("it speaks of the clusters \"{}\" and \"{}\", but the configuration names "
                           "this source \"{}\"; remove its `name`",
                           excerpt(first_), excerpt(second_), configured_)};
}

std::optional<std::chrono::sys_seconds> RowTimes::read(std::string_view text) {
  if (text == last_text_) return last_;
  const auto time = model::parse_time(text);
  last_text_ = text;
  last_ = time ? std::optional(*time) : std::nullopt;
  return last_;
}

std::optional<RowFault> check_life(const Life& life, const model::Window& window, bool costs) {
  if (life.start && life.end && *life.start > *life.end && costs) {
    return RowFault{Rejection::negative_minutes,
                    fmt::format("it ends at {}, before it starts at {}",
                                model::format_time(*life.end), model::format_time(*life.start))};
  }
  if (life.micro_minutes && *life.micro_minutes <= 0 && costs) {
    return RowFault{Rejection::negative_minutes,
                    fmt::format("it costs something in {} minutes",
                                static_cast<double>(*life.micro_minutes) / 1e6)};
  }
  const auto outside = [&](std::chrono::sys_seconds time) {
    return time < window.start - kResolution || time > window.end + kResolution;
  };
  for (const auto& time : {life.start, life.end}) {
    if (time && outside(*time)) {
      return RowFault{
          Rejection::outside_window,
          fmt::format("{} is outside the window {} to {}", model::format_time(*time),
                      model::format_time(window.start), model::format_time(window.end))};
    }
  }
  return std::nullopt;
}

std::optional<RowFault> check_amount(double largest, const model::Window& window,
                                     const Limits& limits) {
  const double per_hour = largest / 1e6 / window.hours();
  if (per_hour <= limits.max_cost_per_hour) return std::nullopt;
  return RowFault{Rejection::absurd_cost, fmt::format("it costs {:g} an hour, more than {:g}",
                                                      per_hour, limits.max_cost_per_hour)};
}

std::optional<RowFault> check_name(std::string_view name, std::string_view what,
                                   const Limits& limits) {
  if (name.size() > limits.max_name_bytes) {
    return RowFault{Rejection::invalid_text, fmt::format("its {} is {} bytes long, more than {}",
                                                         what, name.size(), limits.max_name_bytes)};
  }
  for (char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return RowFault{Rejection::invalid_text,
                      fmt::format("its {} \"{}\" holds a control character", what, excerpt(name))};
    }
  }
  return std::nullopt;
}

std::string_view raw_text(json::value& value) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  if (token.size() < 2 || token.front() != '"' || token.back() != '"') return {};
  return token.substr(1, token.size() - 2);
}

std::string_view raw_key(const json::field& field) {
  const char* const key = field.key().raw();
  std::size_t length = 0;
  while (key[length] != '"') length += key[length] == '\\' ? 2 : 1;
  return {key, length};
}

std::uint64_t Rejected::total() const {
  std::uint64_t sum = 0;
  for (std::uint64_t count : counts) sum += count;
  return sum;
}

void reject(Rejected& rejected, const RowFault& fault, std::string_view key) {
  if (rejected.counts[static_cast<std::size_t>(fault.reason)]++ > 0) return;
  rejected.examples.push_back({fault.reason, excerpt(key, 200), fault.detail});
}

std::string excerpt(std::string_view text, std::size_t limit) {
  const std::string_view shown = text.substr(0, limit);
  std::string out;
  for (char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  if (shown.size() < text.size()) out += "...";
  return out;
}

}  // namespace exporter::opencost
