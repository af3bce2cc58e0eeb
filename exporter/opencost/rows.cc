#include "exporter/opencost/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace exporter::opencost {

namespace {

// The key as it stands in the text.
std::string_view raw_key(const char* key) {
  const char* end = key;
  do {
    end += std::strcspn(end, "\"\\");
    if (*end == '\\') end += 2;
  } while (*end != '"');
  return {key, static_cast<std::size_t>(end - key)};
}

}  // namespace

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
  if (!configured_.empty() && !stated.empty() && stated != first_) {
    std::string& place = first_.empty() ? first_ : second_;
    if (place.empty()) place = stated;
  }
  return shown(stated);
}

std::string_view Clusters::shown(std::string_view stated) {
  return configured_.empty() ? stated : names_.store(configured_);
}

std::optional<Fault> Clusters::fault() const {
  if (second_.empty()) return std::nullopt;
  return Fault{
      Refusal::shape,
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

simdjson::error_code read_name(json::value& value, std::string_view what, std::string_view& name,
                               Names& names, const Limits& limits, Wrong& wrong) {
  std::string_view text;
  const simdjson::error_code error = value.get_string().get(text);
  if (error == simdjson::STRING_ERROR) return error;
  Wrong here;
  if (error != simdjson::SUCCESS) {
    here = RowFault{Rejection::malformed, fmt::format("its {} is not a string", what)};
  } else {
    here = check_name(text, what, limits);
  }
  if (!here) {
    name = names.store(text);
  } else if (!wrong) {
    wrong = std::move(here);
  }
  return simdjson::SUCCESS;
}

void read_time(json::value& value, RowTimes& times, std::optional<std::chrono::sys_seconds>& time,
               Wrong& wrong) {
  std::string_view text = trimmed(value.raw_json_token());
  if (text == "null") return;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
    time = times.read(text);
  }
  if (time || wrong) return;
  wrong = RowFault{Rejection::malformed, fmt::format("\"{}\" is not a time", excerpt(text))};
}

Number read_number(json::value& value, std::int64_t& micros, Wrong& wrong) {
  const std::string_view token = value.raw_json_token();
  const Number read = parse_micros(token, micros);
  if (read == Number::malformed && !wrong) {
    wrong = RowFault{Rejection::malformed,
                     fmt::format("\"{}\" stands where a number belongs", excerpt(trimmed(token)))};
  }
  if (read == Number::too_large) {
    using Limit = std::numeric_limits<std::int64_t>;
    micros = token.front() == '-' ? Limit::min() : Limit::max();
  }
  return read;
}

std::int64_t read_figure(json::value& value) {
  std::int64_t micros = 0;
  const Number read = parse_micros(value.raw_json_token(), micros);
  return read == Number::ok && micros >= 0 ? micros : kUnknown;
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

RowReader::RowReader(const Limits& limits, Rejected& rejected, Row row)
    : limits_(limits),
      rejected_(rejected),
      row_(std::move(row)),
      splitter_(limits, [this](const char* text, std::size_t length, std::size_t capacity) {
        return batch(text, length, capacity);
      }) {}

bool RowReader::batch(const char* text, std::size_t length, std::size_t capacity) {
  const simdjson::error_code error = read(simdjson::padded_string_view(text, length, capacity));
  if (error != simdjson::SUCCESS && !fault_) {
    fault_ = Fault{Refusal::parse, fmt::format("broken JSON near row {}: {}", rows_,
                                               simdjson::error_message(error))};
  }
  return !fault_;
}

simdjson::error_code RowReader::read(simdjson::padded_string_view text) {
  json::document document;
  json::object rows;
  SIMDJSON_TRY(parser_.iterate(text).get(document));
  SIMDJSON_TRY(document.get_object().get(rows));
  for (auto item : rows) {
    json::field field;
    SIMDJSON_TRY(std::move(item).get(field));
    if (rows_ == limits_.max_rows) {
      fault_ = Fault{Refusal::implausible, fmt::format("more than {} rows", limits_.max_rows)};
      return simdjson::SUCCESS;
    }
    ++rows_;
    const std::string_view key = raw_key(field.key().raw());
    json::object row;
    if (field.value().get_object().get(row) != simdjson::SUCCESS) {
      reject(rejected_, {Rejection::malformed, "it is not an object"}, key);
    } else {
      SIMDJSON_TRY(row_(key, row));
    }
  }
  // A value that is missing makes simdjson take brackets of its parents for it. The last bracket is
  // then looked for behind the batch, where there may well be one.
  const bool whole = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return whole ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

std::optional<Fault> RowReader::finish(bool list) {
  const bool whole = splitter_.finish();
  if (fault_) return fault_;
  if (!whole) {
    // What is no JSON at all has no brackets that could match or miss.
    auto text = check_beginning(splitter_.beginning());
    return text ? text : splitter_.fault();
  }
  return check_envelope(splitter_.envelope(), list, rows_);
}

}  // namespace exporter::opencost
