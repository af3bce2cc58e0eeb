#include "exporter/demo/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace exporter::demo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Json, PrintsTheShortestDigitsAsGoDoes) {
  const auto check = [](double value, std::string_view expected) {
    std::string out;
    append_number(out, value);
    EXPECT_EQ(out, expected);
  };
  check(std::nan(""), "null");
  check(kInfinity, "null");
  check(-kInfinity, "null");
  check(0, "0");
  check(-0.0, "-0");
  check(1, "1");
  check(-2.45, "-2.45");
  check(0.1, "0.1");
  check(0.1 + 0.2, "0.30000000000000004");
  check(1.0 / 3, "0.3333333333333333");
  check(0.000001, "0.000001");
  check(0.00001, "0.00001");
  check(9.999999e-7, "9.999999e-7");
  check(1e-7, "1e-7");
  check(1.5e-9, "1.5e-9");
  check(1e-10, "1e-10");
  check(-1e-10, "-1e-10");
  check(5e-324, "5e-324");
  check(123456789, "123456789");
  check(404109929.4019597, "404109929.4019597");
  check(1e15, "1000000000000000");
  check(1234567890123456.5, "1234567890123456.5");
  check(-1234567890123456.5, "-1234567890123456.5");
  check(9007199254740992, "9007199254740992");
  check(1e20, "100000000000000000000");
  check(123456789012345680000.0, "123456789012345680000");
  check(-123456789012345680000.0, "-123456789012345680000");
  check(999999999999999900000.0, "999999999999999900000");
  check(1e21, "1e+21");
  check(-1.97e25, "-1.97e+25");
  check(std::numeric_limits<double>::max(), "1.7976931348623157e+308");
}

TEST(Json, RoundsToFiveDecimals) {
  const auto check = [](double value, std::string_view expected) {
    std::string out;
    append_rounded(out, value);
    EXPECT_EQ(out, expected);
  };
  check(std::nan(""), "null");
  check(kInfinity, "null");
  check(0, "0");
  check(0.000004, "0");
  check(-0.000004, "-0");
  check(0.000005, "0.00001");
  check(0.00001, "0.00001");
  check(-0.00001, "-0.00001");
  check(0.1, "0.1");
  check(0.12, "0.12");
  check(1.000004, "1");
  check(1.23456789, "1.23457");
  check(-186.571, "-186.571");
  check(60, "60");
  check(655553416.651224, "655553416.65122");
  check(73400320, "73400320");
  check(9999999999.999999, "10000000000");
  check(12345678901.5, "12345678901.5");
  check(1e17, "100000000000000000");
  check(2e25, "2e+25");
}

TEST(Json, PrintsAssetsWithSixDecimals) {
  const auto check = [](double value, std::string_view expected) {
    std::string out;
    append_fixed(out, value);
    EXPECT_EQ(out, expected);
  };
  check(std::nan(""), "null");
  check(0, "0.000000");
  check(-0.0, "-0.000000");
  check(-1e-9, "-0.000000");
  check(3970, "3970.000000");
  check(0.466114, "0.466114");
  check(0.4661145001, "0.466115");
  check(-1.5, "-1.500000");
  check(2072743936, "2072743936.000000");
  check(3848061831850.666504, "3848061831850.666504");
}

TEST(Json, EscapesTextAsGoDoes) {
  const auto check = [](std::string_view text, std::string_view expected) {
    std::string out;
    append_string(out, text);
    EXPECT_EQ(out, expected);
  };
  check("", R"("")");
  check("plain-text_1.2/3", R"("plain-text_1.2/3")");
  check("a\"b\\c", R"("a\"b\\c")");
  check("\b\f\n\r\t", R"("\b\f\n\r\t")");
  check(std::string_view("\0\x1f\x7f", 3), "\"\\u0000\\u001f\x7f\"");
  check("<a&b>", R"("\u003ca\u0026b\u003e")");
  check(
      "\xc3\xbcnic\xc3\xb8"
      "de \xf0\x9f\x98\x80",
      "\"\xc3\xbcnic\xc3\xb8"
      "de \xf0\x9f\x98\x80\"");
  check("\xe2\x80\xa8\xe2\x80\xa9", R"("\u2028\u2029")");
  check("\xff", R"("\ufffd")");
  check("a\xc3", R"("a\ufffd")");
  check("\xc0\x80", R"("\ufffd\ufffd")");
  check("\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")");
  check("\xf4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")");
}

TEST(Json, PrintsTimes) {
  std::string out;
  append_time(out, std::chrono::sys_days(std::chrono::year(2026) / 10 / 3) +
                       std::chrono::seconds(9 * 3600 + 58 * 60 + 7));
  EXPECT_EQ(out, R"("2026-10-03T09:58:07Z")");
}

}  // namespace
}  // namespace exporter::demo
