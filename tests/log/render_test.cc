#include <gmock/gmock.h>

#include <utility>

#include "exporter/log/log.h"

namespace exporter::log {
namespace {

constexpr std::string_view kTime = "2026-01-02T03:04:05.678Z";

std::string value(Format format, std::string text) {
  const std::string line = render({Level::info, "m", {{"k", std::move(text)}}}, format, kTime);
  const std::string head = format == Format::json
                               ? R"({"ts":"2026-01-02T03:04:05.678Z","level":"info","msg":"m","k":)"
                               : R"(ts=2026-01-02T03:04:05.678Z level=info msg="m" k=)";
  EXPECT_THAT(line, testing::StartsWith(head));
  std::string rest = line.substr(head.size());
  if (format == Format::json) {
    EXPECT_THAT(rest, testing::EndsWith("}"));
    rest.pop_back();
  }
  return rest;
}

TEST(Logfmt, QuotesAndEscapesWhatWouldBreakTheLine) {
  const auto check = [](std::string text, std::string_view expected) {
    SCOPED_TRACE(testing::PrintToString(text));
    EXPECT_EQ(value(Format::logfmt, std::move(text)), expected);
  };

  check("", R"("")");
  check("plain", "plain");
  check("http://opencost:9003/model", "http://opencost:9003/model");
  check("two words", R"("two words")");
  check("a=b", R"("a=b")");
  check("say \"no\"", R"("say \"no\"")");
  check("C:\\temp", R"("C:\\temp")");
  check("one\ntwo", R"("one\ntwo")");
  check("cr\r", R"("cr\r")");
  check("tab\there", R"("tab\there")");
  check(std::string("nul\0end", 7), R"("nul\u0000end")");
  check("\x1b[31mred", R"("\u001b[31mred")");
  check("\x7f", R"("\u007f")");
  check(
      "\xC2\x9b"
      "31m",
      R"("\u009b31m")");
  check(
      "line\xE2\x80\xA8"
      "separator",
      R"("line\u2028separator")");
  check("zürich", R"("zürich")");
  check("日本", R"("日本")");
  check("\xF0\x9F\x90\xB3", "\"\xF0\x9F\x90\xB3\"");
}

TEST(Logfmt, ReplacesWhatIsNotUtf8) {
  const auto check = [](const std::string& text, std::string_view expected) {
    SCOPED_TRACE(testing::PrintToString(text));
    EXPECT_EQ(value(Format::logfmt, text), expected);
    EXPECT_EQ(value(Format::json, text), expected);
  };

  check("\xff", "\"\uFFFD\"");
  check("a\x80z", "\"a\uFFFDz\"");
  check("cut \xE2\x82", "\"cut \uFFFD\uFFFD\"");
  check("overlong \xC0\xAF", "\"overlong \uFFFD\uFFFD\"");
  check("overlong \xE0\x80\xAF", "\"overlong \uFFFD\uFFFD\uFFFD\"");
  check("surrogate \xED\xA0\x80", "\"surrogate \uFFFD\uFFFD\uFFFD\"");
  check("beyond \xF4\x90\x80\x80", "\"beyond \uFFFD\uFFFD\uFFFD\uFFFD\"");
  check("\xF5", "\"\uFFFD\"");
}

TEST(Json, EscapesEveryValue) {
  const auto check = [](std::string text, std::string_view expected) {
    SCOPED_TRACE(testing::PrintToString(text));
    EXPECT_EQ(value(Format::json, std::move(text)), expected);
  };

  check("", R"("")");
  check("plain", R"("plain")");
  check("12", R"("12")");
  check("say \"no\"", R"("say \"no\"")");
  check("back\\slash", R"("back\\slash")");
  check("one\ntwo", R"("one\ntwo")");
  check(std::string("\0", 1), R"("\u0000")");
  check("\x1b", R"("\u001b")");
  check("\b", R"("\u0008")");
  check("zürich", R"("zürich")");
}

TEST(Render, PutsFieldsAfterTheMessageInTheirOrder) {
  const Event event{Level::warn, "poll failed", {{"cluster", "prod"}, {"attempt", "2"}}};
  EXPECT_EQ(render(event, Format::logfmt, kTime),
            R"(ts=2026-01-02T03:04:05.678Z level=warn msg="poll failed" cluster=prod attempt=2)");
  EXPECT_EQ(render(event, Format::json, kTime),
            R"({"ts":"2026-01-02T03:04:05.678Z","level":"warn","msg":"poll failed",)"
            R"("cluster":"prod","attempt":"2"})");
}

TEST(Render, HandlesAMessageAlone) {
  EXPECT_EQ(render({Level::error, "", {}}, Format::logfmt, kTime),
            R"(ts=2026-01-02T03:04:05.678Z level=error msg="")");
  EXPECT_EQ(render({Level::debug, "a\nb", {}}, Format::logfmt, kTime),
            R"(ts=2026-01-02T03:04:05.678Z level=debug msg="a\nb")");
  EXPECT_EQ(render({Level::error, "", {}}, Format::json, kTime),
            R"({"ts":"2026-01-02T03:04:05.678Z","level":"error","msg":""})");
}

TEST(Render, KeepsKeysUniqueAndReadable) {
  const Event event{
      Level::info, "m", {{"msg", "1"}, {"a b", "2"}, {"a=b", "3"}, {"", "4"}, {"k\"", "5"}}};
  EXPECT_EQ(render(event, Format::logfmt, kTime),
            R"(ts=2026-01-02T03:04:05.678Z level=info msg="m" msg_=1 a_b=2 a_b_=3 _=4 k_=5)");
  EXPECT_EQ(render(event, Format::json, kTime),
            R"({"ts":"2026-01-02T03:04:05.678Z","level":"info","msg":"m",)"
            R"("msg_":"1","a b":"2","a=b":"3","_":"4","k\"":"5"})");
}

}  // namespace
}  // namespace exporter::log
