// Texts to values and back. An error is the second half of a fault: what is wrong with the text,
// and after a semicolon what to write instead.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "exporter/result.h"

namespace exporter::config {

/// `90s`, `5m`, `2m30s`, `1h`, `1d`, `500ms`: whole numbers, units from long to short, at most a
/// year.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The same, longest units first: `1m30s`.
std::string print_duration(std::chrono::milliseconds duration);

/// A duration of whole seconds within the bounds, both included.
Result<std::chrono::seconds> parse_seconds(std::string_view text, std::chrono::seconds least,
                                           std::chrono::seconds most);

/// `+02:00`, `-05:30`: what clocks show beyond UTC, as far as zones go, on marks of 5 minutes.
Result<std::chrono::seconds> parse_offset(std::string_view text);
std::string print_offset(std::chrono::seconds offset);

/// `1024`, `64KiB`, `512MiB`, `1GiB`, `10MB`: bytes.
Result<std::uint64_t> parse_size(std::string_view text);
std::string print_size(std::uint64_t bytes);

Result<bool> parse_boolean(std::string_view text);
std::string print_boolean(bool value);
Result<std::uint64_t> parse_integer(std::string_view text, std::uint64_t least, std::uint64_t most);
/// Finite and above zero; `example` is what a fault says to write.
Result<double> parse_positive(std::string_view text, std::string_view example);
/// From `least` to `most`, each of which may be left out itself.
struct Range {
  double least = 0;
  double most = std::numeric_limits<double>::max();
  bool above_least = false;
  bool below_most = false;
};
Result<double> parse_number(std::string_view text, const Range& range, std::string_view example);
std::string print_number(double number);

/// Three to ten letters, in capitals.
Result<std::string> parse_currency(std::string_view text);
/// The name of a cluster: a label value people read.
Result<std::string> parse_name(std::string_view text);
/// A file's path. Whether the file is there is seen when it is read.
Result<std::string> parse_file(std::string_view text);
Result<std::string> parse_header_name(std::string_view text);
Result<std::string> parse_username(std::string_view text);

}  // namespace exporter::config
