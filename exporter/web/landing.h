// The parts of the landing page. Inside web/ only; pure.
#pragma once

#include <string>
#include <string_view>

#include "exporter/web/web.h"

namespace exporter::web {

/// Foreign text made safe for HTML, attribute values included.
std::string escape(std::string_view text);

/// 1,234.50 from 1 upwards, four decimals below 1, six below a hundredth.
std::string amount(double value);
/// 1,234
std::string count(std::uint64_t value);
/// `12 s ago`, `3 min ago`, `5 h ago`, `2 days ago`; `just now` also for what lies ahead.
std::string age(SystemTime then, SystemTime now);
/// `2026-01-02 03:05-04:05 UTC`
std::string window_text(const model::Window& window);
/// 0 to 100; 0 where there is no whole.
double percent(double part, double whole);
/// `24 %`, `<1 %`
std::string percent_text(double percent);

/// How a query stands: answered; failing, with the last good answer still shown; nothing to show
/// any more or at all; not asked to the end yet.
enum class Freshness { ok, failing, stale, waiting };
Freshness freshness(const poll::QueryStatus& status);

/// One card per cluster of source `index`, and one for its queries.
std::string source_section(const poll::Publication& publication, std::size_t index, SystemTime now);

/// The style sheet.
extern const std::string_view kStyle;

}  // namespace exporter::web
