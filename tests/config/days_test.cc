// Where days begin, and which of them are kept.
#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;

Config with(const std::string& lines) { return good(kOne + lines); }

void bad(const std::string& lines, std::string_view message) {
  SCOPED_TRACE(lines);
  EXPECT_THAT(faults(kOne + lines), ElementsAre(message));
}

TEST(Offset, IsReadInHoursAndMinutes) {
  const auto check = [](const std::string& text, minutes expected) {
    SCOPED_TRACE(text);
    EXPECT_EQ(with("calendar: {utc_offset: " + text + "}").schedule.calendar.utc_offset, expected);
  };

  check("+00:00", minutes(0));
  check("-00:00", minutes(0));
  check("+02:00", minutes(120));
  check("\"+05:45\"", minutes(345));
  check("-03:30", minutes(-210));
  check("-00:05", minutes(-5));
  check("+14:00", minutes(840));
  check("-12:00", minutes(-720));
  EXPECT_EQ(good(kOne).schedule.calendar, model::Calendar{});
}

TEST(Offset, IsNothingElse) {
  for (const std::string text :
       {"",        "0",      "2",      "+2",     "+2:00",  "02:00",  "+0200",        "+02:0",
        "+02:000", "+02-00", "+02:60", "+02:-5", "+02:5x", "+-2:00", "++2:00",       " +02:00",
        "+02:00 ", "+ 2:00", "Z",      "UTC",    "2h",     "+99:99", "Europe/Berlin"}) {
    bad("calendar: {utc_offset: \"" + text + "\"}",
        "c.yaml:2: calendar.utc_offset: \"" + text +
            "\" is not an offset; write hours and minutes as +02:00 or -05:30");
  }
}

TEST(Offset, IsOnTheGridAndOnEarth) {
  const auto check = [](const std::string& text, const std::string& message) {
    bad("calendar: {utc_offset: " + text + "}",
        "c.yaml:2: calendar.utc_offset: \"" + text + "\" " + message);
  };

  check("+00:01", "is not a multiple of 5 minutes; write one such as +00:00");
  check("-05:33", "is not a multiple of 5 minutes; write one such as -05:30");
  check("+14:05", "is farther from UTC than any zone; write one from -12:00 to +14:00");
  check("-12:05", "is farther from UTC than any zone; write one from -12:00 to +14:00");
  check("+99:00", "is farther from UTC than any zone; write one from -12:00 to +14:00");
}

TEST(Offset, DoesNotGoWithWholeHoursOfTheCollector) {
  const std::string offset = "calendar: {utc_offset: +02:00}\n";
  EXPECT_THAT(faults("clusters:\n"
                     "  - {url: \"http://a\", alignment: hour}\n"
                     "  - {url: \"http://b\", alignment: rolling}\n"
                     "  - url: http://c\n"
                     "    alignment: hour\n" +
                     offset),
              ElementsAre("c.yaml:2: clusters[0].alignment: hour goes with UTC days only, and "
                          "calendar.utc_offset is +02:00; write rolling here or +00:00 there",
                          "c.yaml:5: clusters[2].alignment: hour goes with UTC days only, and "
                          "calendar.utc_offset is +02:00; write rolling here or +00:00 there"));
  EXPECT_THAT(faults("clusters: [{url: \"http://a\", alignment: hour}]\n",
                     {{"OPENCOST_EXPORTER_CALENDAR_UTC_OFFSET", "-01:00"}}),
              ElementsAre("c.yaml:1: clusters[0].alignment: hour goes with UTC days only, and "
                          "calendar.utc_offset is -01:00; write rolling here or +00:00 there"));
  good("clusters: [{url: \"http://a\", alignment: hour}]\ncalendar: {utc_offset: +00:00}\n");
  good("clusters: [{url: \"http://a\", alignment: hour}]\n" + offset,
       {{"OPENCOST_EXPORTER_CALENDAR_UTC_OFFSET", "+00:00"}});
}

TEST(Ledger, IsInMemoryUnlessAFileIsNamed) {
  EXPECT_EQ(good(kOne).ledger, ledger::Options{});
  EXPECT_EQ(good(kOne).ledger.keep_days, 400);
  EXPECT_EQ(good(kOne).backfill_days, std::nullopt);

  const Config config = with("ledger: {path: data/ledger.db, keep_days: 62, backfill_days: 62}\n");
  EXPECT_EQ(config.ledger.path, "data/ledger.db");
  EXPECT_EQ(config.ledger.keep_days, 62);
  EXPECT_EQ(config.backfill_days, 62);
  EXPECT_EQ(with("ledger: {backfill_days: 0}").backfill_days, 0);
  EXPECT_EQ(with("ledger: {keep_days: 3660, backfill_days: 3660}").backfill_days, 3660);
}

TEST(Ledger, TakesItsValuesFromTheStrongestSource) {
  const std::string file = kOne + "ledger: {path: /file.db, keep_days: 90}\n";
  const Variables environment = {{"OPENCOST_EXPORTER_LEDGER_PATH", "/environment.db"},
                                 {"OPENCOST_EXPORTER_LEDGER_KEEP_DAYS", "80"}};
  EXPECT_EQ(good(file).ledger, (ledger::Options{.path = "/file.db", .keep_days = 90}));
  EXPECT_EQ(good(file, environment).ledger,
            (ledger::Options{.path = "/environment.db", .keep_days = 80}));
  EXPECT_EQ(good(file, {{"OPENCOST_EXPORTER_LEDGER_PATH", ""}}).ledger.path, "/file.db");
}

TEST(BadLedger, HasNoFileAndNoDays) {
  bad("ledger: {path: \"\"}",
      "c.yaml:2: ledger.path: is empty; write the path of a file or leave the key out");
  bad("ledger: {path: \":memory:\"}",
      "c.yaml:2: ledger.path: \":memory:\" is no file; leave the key out to keep days in memory "
      "only");
  bad("ledger: {path: [/a.db]}", "c.yaml:2: ledger.path: is a list; write one value");
  bad("ledger: {path: }", "c.yaml:2: ledger.path: has no value; write one or remove the key");
  bad("ledger: {file: /a.db}",
      "c.yaml:2: ledger.file: is not a setting; known here are backfill_days, keep_days, path");
  bad("ledger: {keep_day: 100}",
      "c.yaml:2: ledger.keep_day: is not a setting; did you mean keep_days?");
  bad("ledger: /a.db",
      "c.yaml:2: ledger: is a value; write a map with backfill_days, keep_days, path");
  bad("ledgers: {path: /a.db}", "c.yaml:2: ledgers: is not a setting; did you mean ledger?");
  for (const std::string days :
       {"61", "0", "-1", "3661", "400d", "1e3", "", "99999999999999999999"}) {
    bad("ledger: {keep_days: \"" + days + "\"}",
        "c.yaml:2: ledger.keep_days: \"" + days +
            "\" is not a whole number from 62 to 3660; write one");
  }
  for (const std::string days : {"-1", "3661", "62.5", "all", ""}) {
    bad("ledger: {backfill_days: \"" + days + "\"}",
        "c.yaml:2: ledger.backfill_days: \"" + days +
            "\" is not a whole number from 0 to 3660; write one");
  }
}

TEST(BadLedger, KeepsLessThanItAsksFor) {
  bad("ledger:\n  keep_days: 62\n  backfill_days: 63\n",
      "c.yaml:4: ledger.backfill_days: 63 is more than ledger.keep_days, 62; write 62 or less, or "
      "keep more");
  bad("ledger:\n  backfill_days: 401\n",
      "c.yaml:3: ledger.backfill_days: 401 is more than ledger.keep_days, 400 by default; write "
      "400 or less, or keep more");
  // One fault, not a second one that follows from it.
  bad("ledger:\n  keep_days: 4000\n  backfill_days: 1000\n",
      "c.yaml:3: ledger.keep_days: \"4000\" is not a whole number from 62 to 3660; write one");
  EXPECT_THAT(faults(kOne + "ledger: {backfill_days: 90}\n",
                     {{"OPENCOST_EXPORTER_LEDGER_KEEP_DAYS", "70"}}),
              ElementsAre("c.yaml:2: ledger.backfill_days: 90 is more than ledger.keep_days, 70; "
                          "write 70 or less, or keep more"));
}

}  // namespace
}  // namespace exporter::config
