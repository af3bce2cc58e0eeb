// The parameters `window` and `step`, read as OpenCost reads them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "exporter/model/model.h"
#include "exporter/result.h"

namespace exporter::demo {

/// today, yesterday, week, lastweek, month, lastmonth, 90m, 24h, 7d, 2w, two times joined by a
/// comma. The error is OpenCost's own: `illegal window: X`.
Result<model::Window> parse_window(std::string_view text, std::chrono::sys_seconds now);

/// RFC 3339 with a `Z`, or seconds since 1970.
std::optional<std::chrono::sys_seconds> parse_bound(std::string_view text);

/// A number of minutes, hours, days or weeks.
Result<std::chrono::seconds> parse_step(std::string_view text);

/// `window` in pieces of `step`; the last one may reach past its end, as OpenCost lets it.
/// REQUIRES: step > 0.
std::vector<model::Window> split(model::Window window, std::chrono::seconds step);

}  // namespace exporter::demo
