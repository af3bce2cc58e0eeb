// JSON as Go's encoding/json writes it, byte for byte, appended to one string.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace exporter::demo {

/// `value` times 10^5, rounded half away from zero: the digits OpenCost prints for an allocation.
/// REQUIRES: the result fits.
std::int64_t hundred_thousandths(double value);
/// The same with six decimals, as assets are printed.
std::int64_t millionths(double value);

/// The shortest digits that read back as `value`; an exponent below 1e-6 and from 1e21 on.
/// NaN and infinities become `null`.
void append_number(std::string& out, double value);
/// append_number of `value` rounded to five decimals.
void append_rounded(std::string& out, double value);
/// Six decimals, always: Go's `%f`. NaN and infinities become `null`.
void append_fixed(std::string& out, double value);
/// Quoted and escaped; `<`, `>`, `&`, U+2028 and U+2029 as \u escapes, invalid UTF-8 as \ufffd.
void append_string(std::string& out, std::string_view text);
/// 2026-10-03T09:58:00Z, quoted.
void append_time(std::string& out, std::chrono::sys_seconds time);

}  // namespace exporter::demo
