// Numbers into millionths, against arithmetic on their digits.
#include "exporter/opencost/scalars.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

namespace exporter::opencost {
namespace {

std::string read(std::string_view token) {
  std::int64_t micros = 12345;
  switch (parse_micros(token, micros)) {
    case Number::ok:
      return fmt::format("{}", micros);
    case Number::null:
      return "null";
    case Number::too_large:
      return "too large";
    case Number::malformed:
      return "malformed";
  }
  return "";
}

// The same by shifting the decimal point in the text. REQUIRES: at most 12 digits before the point
// once the exponent is applied.
std::string shifted(bool negative, std::string digits, int point) {
  // Value: 0.digits x 10^point. In millionths the point stands six further.
  point += 6;
  if (point < 0) return "0";
  const auto whole = static_cast<std::size_t>(point);
  if (digits.size() <= whole) digits.append(whole + 1 - digits.size(), '0');
  std::int64_t value = 0;
  for (std::size_t i = 0; i < whole; ++i) value = value * 10 + (digits[i] - '0');
  if (digits[whole] >= '5') ++value;
  return fmt::format("{}", negative ? -value : value);
}

TEST(ParseMicros, Rows) {
  const auto row = [](std::string_view token, std::string_view expected) {
    EXPECT_EQ(read(token), expected) << token;
  };
  row("0", "0");
  row("9", "9000000");
  row("-1", "-1000000");
  row("10", "10000000");
  row("0.5", "500000");
  row("-0.000001", "-1");
  row("-0.000000", "0");
  row("-0", "0");
  row("1.000000", "1000000");
  row("0.0000004", "0");
  row("0.0000005", "1");
  row("-0.0000005", "-1");
  row("-0.0000004999", "0");
  row("0.99999949", "999999");
  row("0.9999995", "1000000");
  row("123456789012.123456", "123456789012123456");
  row("999999999999.9999995", "1000000000000000000");
  row("1000000000000", "1000000000000000000");
  row("1234567890123.5", "1234567890123500000");
  row("9000000000000", "9000000000000000000");
  row("1e2", "100000000");
  row("1E2", "100000000");
  row("1e+2", "100000000");
  row("1e-2", "10000");
  row("1.5e-6", "2");
  row("2.5e-6", "3");
  row("4.9e-7", "0");
  row("5e-7", "1");
  row("-5e-7", "-1");
  row("0e5", "0");
  row("0e999999", "0");
  row("-0.0e-999999", "0");
  row("1e-400", "0");
  row("-1e-999999999999", "0");
  row("0." + std::string(400, '0') + "1", "0");
  row("0." + std::string(400, '0') + "1e0", "0");
  row("0." + std::string(400, '0') + "1e401", "1000000");
  row("1" + std::string(400, '0') + "e-400", "1000000");
  row("1.5 ", "1500000");
  row("1.5\n\t ", "1500000");
  row("7 ", "7000000");
  row("null", "null");
  row("null ", "null");
}

TEST(ParseMicros, TooLarge) {
  for (std::string_view token :
       {"9000000000000.1", "9000000000001", "1e13", "-1e13", "1e400", "-1e400", "1e999999999999",
        "3848061831850666504", "-99999999999999999999999999999", "1.7976931348623157e308"}) {
    EXPECT_EQ(read(token), "too large") << token;
  }
  EXPECT_EQ(read("1" + std::string(400, '0')), "too large");
  EXPECT_EQ(read("1" + std::string(400, '0') + ".5"), "too large");
  EXPECT_EQ(read("1" + std::string(400, '0') + "e-1"), "too large");
}

TEST(ParseMicros, Malformed) {
  for (std::string_view token : {"",
                                 " ",
                                 "-",
                                 "+1",
                                 "--1",
                                 "01",
                                 "-01",
                                 "00",
                                 "00.5",
                                 "1.",
                                 "-1.",
                                 ".5",
                                 "-.5",
                                 "1..5",
                                 "1.5.5",
                                 "1e",
                                 "1e+",
                                 "1e-",
                                 "1e5.5",
                                 "1ee5",
                                 "e5",
                                 ".",
                                 "1,5",
                                 "1_0",
                                 "0x1",
                                 "1f",
                                 "NaN",
                                 "nan",
                                 "Infinity",
                                 "-Infinity",
                                 "inf",
                                 "nul",
                                 "nulll",
                                 "Null",
                                 "true",
                                 "false",
                                 "\"1\"",
                                 "\"\"",
                                 "[",
                                 "{",
                                 "1 2",
                                 "- 1",
                                 " 1",
                                 "1000000000000.",
                                 "12345678901234x",
                                 "1.0000000x",
                                 "1.5\x01",
                                 "1\v",
                                 "1\f",
                                 "null\x01"}) {
    EXPECT_EQ(read(token), "malformed") << token;
  }
  EXPECT_EQ(read(std::string_view("1\0", 2)), "malformed");
}

TEST(ParseMicros, RandomDecimals) {
  std::mt19937_64 random(20261003);
  for (int round = 0; round < 200'000; ++round) {
    const bool negative = random() % 3 == 0;
    const std::string whole = fmt::format("{}", random() % (std::uint64_t{1} << (random() % 40)));
    std::string decimals;
    for (std::uint64_t i = random() % 15; i > 0; --i) {
      decimals += static_cast<char>('0' + random() % 10);
    }
    const std::string token =
        fmt::format("{}{}{}{}", negative ? "-" : "", whole, decimals.empty() ? "" : ".", decimals);
    ASSERT_EQ(read(token), shifted(negative, whole + decimals, static_cast<int>(whole.size())))
        << token;
  }
}

TEST(ParseMicros, RandomExponents) {
  std::mt19937_64 random(42);
  for (int round = 0; round < 100'000; ++round) {
    const bool negative = random() % 2 == 0;
    const std::string first(1, static_cast<char>('1' + random() % 9));
    std::string decimals;
    for (std::uint64_t i = random() % 20; i > 0; --i) {
      decimals += static_cast<char>('0' + random() % 10);
    }
    const int exponent = static_cast<int>(random() % 32) - 20;
    const std::string token = fmt::format("{}{}{}{}e{:+03}", negative ? "-" : "", first,
                                          decimals.empty() ? "" : ".", decimals, exponent);
    ASSERT_EQ(read(token), shifted(negative, first + decimals, exponent + 1)) << token;
  }
}

TEST(ParseMicros, HalvesAreRoundedAwayFromZero) {
  for (int micros = 0; micros < 2000; ++micros) {
    for (std::string_view tail : {"5", "50", "5000000000000000000000", "50000000000000000000001"}) {
      EXPECT_EQ(read(fmt::format("0.{:06}{}", micros, tail)), fmt::format("{}", micros + 1));
      EXPECT_EQ(read(fmt::format("-0.{:06}{}", micros, tail)), fmt::format("{}", -micros - 1));
    }
    EXPECT_EQ(read(fmt::format("0.{:06}49999999999999999999999", micros)),
              fmt::format("{}", micros));
  }
}

TEST(ParseMicros, AsPrintedByTheNearestDouble) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> amounts(-1e6, 1e6);
  for (int round = 0; round < 50'000; ++round) {
    const double amount = amounts(random);
    const auto expected =
        static_cast<std::int64_t>(std::llround(static_cast<long double>(amount) * 1e6L));
    EXPECT_EQ(read(fmt::format("{:.6f}", amount)), fmt::format("{}", expected)) << amount;
  }
}

}  // namespace
}  // namespace exporter::opencost
