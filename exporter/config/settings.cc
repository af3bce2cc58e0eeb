#include "exporter/config/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/values.h"

namespace exporter::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Beyond a day a poll serves nobody, and `today` ends with its day.
constexpr seconds kSlowest = hours(24);
// Ten years.
constexpr std::uint64_t kMostDays = 3660;
// This month and the one before it.
constexpr std::uint64_t kLeastKeptDays = 62;

// SQLite takes this word for a database that is gone with the process.
Result<void> set_ledger_path(Config& config, const Item& item) {
  if (item.text == ":memory:") {
    return fail("\":memory:\" is no file; leave the key out to keep days in memory only");
  }
  return assign(config.ledger.path, parse_file(item.text));
}

constexpr Setting<Config> kSourceSettings[] = {
    {.key = "currency.code",
     .type = "currency",
     .default_value = "USD",
     .meaning = "Code shown as the label `currency` and on the landing page.",
     .apply = [](Config& c, const Item& i) { return assign(c.currency, parse_currency(i.text)); },
     .print = [](const Config& c) { return one(c.currency); }},
    {.key = "currency.rate",
     .type = "number",
     .default_value = "1",
     .meaning = "Every amount OpenCost reports is multiplied with this before it is exported.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.metrics.currency_rate, parse_positive(i.text, "0.92"));
         },
     .print = [](const Config& c) { return one(print_number(c.metrics.currency_rate)); }},
    {.key = "calendar.utc_offset",
     .type = "offset",
     .default_value = "+00:00",
     .meaning = "How far ahead of UTC the clocks are that days go by: with +02:00 a day begins at "
                "22:00 UTC. The same all year, there is no daylight saving time; not together with "
                "the alignment hour.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.schedule.calendar.utc_offset, parse_offset(i.text));
         },
     .print = [](const Config& c) { return one(print_offset(c.schedule.calendar.utc_offset)); }},
    {.key = "poll.current",
     .type = "duration",
     .default_value = "5m",
     .meaning = "How often the costs of the last hour are asked for; 1m or more.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.schedule.current, parse_seconds(i.text, minutes(1), kSlowest));
         },
     .print = [](const Config& c) { return one(print_duration(c.schedule.current)); }},
    {.key = "poll.assets",
     .type = "duration",
     .default_value = "15m",
     .meaning = "How often the costs of nodes, disks and load balancers are asked for; 1m or more.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.schedule.assets, parse_seconds(i.text, minutes(1), kSlowest));
         },
     .print = [](const Config& c) { return one(print_duration(c.schedule.assets)); }},
    {.key = "poll.today",
     .type = "duration",
     .default_value = "30m",
     .meaning = "How often the costs since the day began are asked for; 5m or more.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.schedule.today, parse_seconds(i.text, minutes(5), kSlowest));
         },
     .print = [](const Config& c) { return one(print_duration(c.schedule.today)); }},
    {.key = "poll.settle",
     .type = "duration",
     .default_value = "10m",
     .meaning = "How long after its end a window is first asked for, so that late samples are in "
                "it; at most 1h.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.schedule.settle, parse_seconds(i.text, seconds(0), hours(1)));
         },
     .print = [](const Config& c) { return one(print_duration(c.schedule.settle)); }},
    {.key = "poll.max_age",
     .type = "duration",
     .default_value = "15m",
     .meaning =
         "How long the last good answer is shown when no newer one comes; at least poll.current.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.max_age, parse_seconds(i.text, seconds(1), hours(24 * 365)));
         },
     .print = [](const Config& c) { return one(print_duration(c.max_age)); }},
    {.key = "poll.retries",
     .type = "integer",
     .default_value = "3",
     .meaning = "How often a failed request is tried again, 0 to 10; one that timed out never is.",
     .apply = [](Config& c,
                 const Item& i) { return assign(c.retry.retries, parse_integer(i.text, 0, 10)); },
     .print = [](const Config& c) { return one(std::to_string(c.retry.retries)); }},
    {.key = "poll.max_answer_bytes",
     .type = "size",
     .default_value = "512MiB",
     .meaning = "An answer longer than this is refused while it arrives.",
     .apply = [](Config& c,
                 const Item& i) { return assign(c.max_answer_bytes, parse_size(i.text)); },
     .print = [](const Config& c) { return one(print_size(c.max_answer_bytes)); }},
    {.key = "ledger.path",
     .type = "file",
     .example = "/var/lib/opencost-exporter/ledger.db",
     .meaning = "SQLite file of the finished days, so that a restart need not ask for them again; "
                "its folder must exist. If left out, they are kept in memory only.",
     .apply = set_ledger_path,
     .print = [](const Config& c) { return one_unless_empty(c.ledger.path); }},
    {.key = "ledger.keep_days",
     .type = "integer",
     .default_value = "400",
     .meaning = "Days that ended longer ago are deleted; 62 to 3660.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.ledger.keep_days, parse_integer(i.text, kLeastKeptDays, kMostDays));
         },
     .print = [](const Config& c) { return one(std::to_string(c.ledger.keep_days)); }},
    {.key = "ledger.backfill_days",
     .type = "integer",
     .example = "90",
     .meaning = "Finished days to ask OpenCost for when they are not in the ledger, 0 to 3660 and "
                "at most ledger.keep_days; if left out, back to the first of last month.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.backfill_days, parse_integer(i.text, 0, kMostDays));
         },
     .print =
         [](const Config& c) {
           return c.backfill_days ? one(std::to_string(*c.backfill_days)) : std::vector<Item>{};
         }},
};

// Rows of one section follow each other across the parts as well.
std::vector<Setting<Config>> joined() {
  std::vector<Setting<Config>> rows;
  for (const auto part : {source_settings(), shared_settings(), savings_settings(),
                          metric_settings(), api_settings(), output_settings()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace

std::span<const Setting<Config>> source_settings() { return kSourceSettings; }

std::span<const Setting<Config>> settings() {
  static const std::vector<Setting<Config>> all = joined();
  return all;
}

std::span<const Setting<Config>> settings_of(const Section& section) {
  const std::string prefix = fmt::format("{}.", section.name);
  const auto within = [&](const Setting<Config>& row) { return row.key.starts_with(prefix); };
  const auto all = settings();
  const auto first = std::find_if(all.begin(), all.end(), within);
  const auto last = std::find_if_not(first, all.end(), within);
  return {first, last};
}

}  // namespace exporter::config
