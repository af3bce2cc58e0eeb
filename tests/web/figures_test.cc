#include <gtest/gtest.h>

#include "exporter/web/landing.h"
#include "tests/web/samples.h"

namespace exporter::web {
namespace {

TEST(Amount, HasThousandsAndMoreDecimalsWhereItIsSmall) {
  const auto check = [](double value, std::string_view text) { EXPECT_EQ(amount(value), text); };
  check(0, "0.00");
  check(-0.0, "0.00");
  check(0.0000001, "0.00");
  check(-0.0000001, "0.00");
  check(0.000001, "0.000001");
  check(0.0042, "0.004200");
  check(0.01, "0.0100");
  check(0.99, "0.9900");
  check(0.99996, "1.0000");
  check(1, "1.00");
  check(999.994, "999.99");
  check(999.996, "1,000.00");
  check(1234.5, "1,234.50");
  check(999999.999, "1,000,000.00");
  check(1234567.891, "1,234,567.89");
  check(-0.5, "-0.5000");
  check(-999.5, "-999.50");
  check(-1234.5, "-1,234.50");
  check(-123456.5, "-123,456.50");
}

TEST(Count, HasThousands) {
  const auto check = [](std::uint64_t value, std::string_view text) {
    EXPECT_EQ(count(value), text);
  };
  check(0, "0");
  check(999, "999");
  check(1000, "1,000");
  check(123456, "123,456");
  check(1234567, "1,234,567");
}

TEST(Age, IsInTheLargestUnitThatSaysEnough) {
  using namespace std::chrono;
  const auto check = [](milliseconds passed, std::string_view text) {
    EXPECT_EQ(age(samples::kNow - passed, samples::kNow), text);
  };
  check(-hours(1), "just now");
  check(seconds(0), "just now");
  check(milliseconds(1999), "just now");
  check(seconds(2), "2 s ago");
  check(milliseconds(59'999), "59 s ago");
  check(seconds(60), "1 min ago");
  check(seconds(3599), "59 min ago");
  check(hours(1), "1 h ago");
  check(minutes(47 * 60 + 59), "47 h ago");
  check(hours(48), "2 days ago");
  check(hours(24 * 400), "400 days ago");
}

TEST(Window, NamesTheDayOnceWhereOneIsEnough) {
  const auto check = [](std::string_view start, std::string_view end, std::string_view text) {
    EXPECT_EQ(window_text({*model::parse_time(start), *model::parse_time(end)}), text);
  };
  check("2026-03-10T08:45:00Z", "2026-03-10T09:45:00Z", "2026-03-10 08:45\u201309:45 UTC");
  check("2026-03-09T23:30:00Z", "2026-03-10T00:30:00Z",
        "2026-03-09 23:30 \u2013 2026-03-10 00:30 UTC");
}

TEST(Percent, StaysBetweenNothingAndAll) {
  EXPECT_EQ(percent(1, 4), 25);
  EXPECT_EQ(percent(-1, 4), 0);
  EXPECT_EQ(percent(5, 4), 100);
  EXPECT_EQ(percent(1, 0), 0);
  EXPECT_EQ(percent(-1, -2), 0);
  EXPECT_EQ(percent_text(0), "0\u00a0%");
  EXPECT_EQ(percent_text(0.4), "<1\u00a0%");
  EXPECT_EQ(percent_text(1), "1\u00a0%");
  EXPECT_EQ(percent_text(99.4), "99\u00a0%");
}

TEST(Escape, LeavesNothingThatMeansSomethingInHtml) {
  EXPECT_EQ(escape("plain text"), "plain text");
  EXPECT_EQ(escape("<a href=\"x\" class='y'>&amp;</a>"),
            "&lt;a href=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
}

}  // namespace
}  // namespace exporter::web
