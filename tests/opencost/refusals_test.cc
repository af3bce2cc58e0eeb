// Whole answers that are refused, each wrong in one way.
#include <gtest/gtest.h>

#include "tests/opencost/answers.h"

namespace exporter::opencost {
namespace {

constexpr std::string_view kStructure =
    "The JSON document has an improper structure: missing or superfluous commas, braces, missing "
    "keys, etc.";
const std::string kNotOneDocument =
    fmt::format("parse: the answer is not one JSON document: {}", kStructure);

// `row` is how many rows had begun.
std::string broken_near(int row) {
  return fmt::format("parse: broken JSON near row {}: {}", row, kStructure);
}

void refused(std::string_view text, std::string_view why, const Asking& asking = {}) {
  SCOPED_TRACE(std::string(text.substr(0, 300)));
  EXPECT_EQ(describe(decode(text, asking)), why);
}

TEST(Refusals, WhatIsNotJson) {
  const std::string begins = "parse: the answer is not a JSON object but begins with ";
  refused("", "parse: the answer is empty");
  refused(" \r\n\t ", "parse: the answer is empty");
  refused("Invalid 'window' parameter: illegal window: x\n",
          begins + R"("Invalid 'window' parameter: illegal window: x\x0a")");
  refused("404 page not found\n", begins + R"("404 page not found\x0a")");
  refused("<html><body>Sign in</body></html>", begins + R"("<html><body>Sign in</body></html>")");
  refused("<script>if (a[0]) { b(); }</script>",
          begins + R"("<script>if (a[0]) { b(); }</script>")");
  refused(
      "upstream connect error or disconnect/reset before headers. reset reason: connection "
      "failure, transport failure reason",
      begins +
          "\"upstream connect error or disconnect/reset before headers. reset reason: "
          "connect...\"");
  refused("[]", begins + "\"[]\"");
  refused("[{}]", begins + "\"[{}]\"");
  refused("[{\"code\":200,\"data\":[{}]}]", begins + R"("[{"code":200,"data":[{}]}]")");
  refused("null", begins + "\"null\"");
  refused("200", begins + "\"200\"");
  refused("\"{}\"", begins + "\"\"{}\"\"");
  refused("\xef\xbb\xbf{\"code\":200,\"data\":[{}]}",
          begins + R"("\xef\xbb\xbf{"code":200,"data":[{}]}")");
  refused(std::string_view("\0{}", 3), begins + R"("\x00{}")");
  refused("\x1f\x8b\x08", begins + R"("\x1f\x8b\x08")");
}

TEST(Refusals, TextBeforeTheDocument) {
  // OpenCost up to 1.120 goes on after its own error.
  refused(
      "Invalid 'window' parameter: illegal window: x\n"
      R"-({"code":500,"data":null,"message":"illegal window: [nil, nil)"})-",
      "parse: the answer is not a JSON object but begins with \"Invalid 'window' parameter: "
      "illegal window: x\\x0a{\"code\":500,\"data\":null,\"message\":...\"");
  refused("Error getting assets: error for [a, b): timeout\n",
          "parse: the answer is not a JSON object but begins with \"Error getting assets: error "
          "for [a, b): timeout\\x0a\"");
  refused("it's 5\" wide } and ] more",
          "parse: the answer is not a JSON object but begins with \"it's 5\" wide } and ] more\"");
}

TEST(Refusals, SomethingBehindTheDocument) {
  refused(good_answer() + good_answer(), kNotOneDocument);
  refused(good_answer() + "{\"code\":500,\"data\":null,\"message\":\"late\"}", kNotOneDocument);
  refused(good_answer() + "x", kNotOneDocument);
  refused(good_answer() + "null", kNotOneDocument);
  refused(good_answer() + ",", kNotOneDocument);
  refused(good_answer() + "}", "parse: `}` at byte 2210 closes nothing");
  refused(good_answer() + std::string(1, '\0'), kNotOneDocument);
}

TEST(Refusals, Envelopes) {
  refused("{}", "shape: the envelope has no `code`");
  refused(R"({"data":[{}]})", "shape: the envelope has no `code`");
  refused(R"({"code":"200","data":[{}]})", "shape: the envelope's `code` is not a whole number");
  refused(R"({"code":200.5,"data":[{}]})", "shape: the envelope's `code` is not a whole number");
  refused(R"({"code":null,"data":[{}]})", "shape: the envelope's `code` is not a whole number");
  refused(R"({"code":200})", "shape: the envelope has no `data`");
  refused(R"({"code":200,"Data":[{}]})", "shape: the envelope has no `data`");
  refused(R"({"code":500,"data":null,"message":"invalid filter: \u003cx\n"})",
          R"(envelope: the envelope says code 500: invalid filter: <x\x0a)");
  refused(R"({"code":500,"message":"Internal Server Error"})",
          "envelope: the envelope says code 500: Internal Server Error");
  refused(R"-({"code":500,"status":"","data":null,"message":"Error: error computing [a, b)"})-",
          "envelope: the envelope says code 500: Error: error computing [a, b)");
  refused(R"({"code":400,"status":"error","data":[{}]})",
          "envelope: the envelope says code 400: no message");
  refused(R"({"code":-1,"message":7})", "envelope: the envelope says code -1: no message");
  refused(fmt::format(R"({{"code":500,"data":[{{{}}}]}})", keyed(row())),
          "envelope: the envelope says code 500: no message");
  refused(fmt::format(R"({{"code":500,"message":"{}"}})", std::string(400, 'm')),
          "envelope: the envelope says code 500: " + std::string(300, 'm') + "...");
}

TEST(Refusals, MembersOfTheEnvelopeTwice) {
  const std::string set = fmt::format("[{{{}}}]", keyed(row()));
  refused(fmt::format(R"({{"code":200,"data":{},"data":{}}})", set, set),
          "shape: the envelope has `data` twice");
  refused(fmt::format(R"({{"code":200,"data":{},"d\u0061ta":[{{}}]}})", set),
          "shape: the envelope has `data` twice");
  refused(fmt::format(R"({{"code":200,"data":{},"code":500}})", set),
          "shape: the envelope has `code` twice");
  refused(fmt::format(R"({{"code":200,"code":200,"data":{}}})", set),
          "shape: the envelope has `code` twice");
}

TEST(Refusals, DataThatIsNoListOfOneSet) {
  const auto data = [](std::string_view json) {
    return fmt::format(R"({{"code":200,"data":{}}})", json);
  };
  refused(data("null"), "empty: `data` is null");
  refused(data("\"rows\""), "shape: `data` is a string where a list of sets was expected");
  refused(data("7"), "shape: `data` is a number where a list of sets was expected");
  refused(data("true"), "shape: `data` is a boolean where a list of sets was expected");
  refused(data("{}"), "shape: `data` is an object where a list of sets was expected");
  refused(data("{" + keyed(row()) + "}"),
          "shape: `data` is an object where a list of sets was expected");
  refused(data(R"({"step":3600000000000,"sets":[{"allocations":{}}]})"),
          "shape: `data` is an object where a list of sets was expected");
  refused(data("[]"), "empty: `data` is an empty list");
  refused(data("[null]"), "empty: `data` is [null]: no rows in the window");
  refused(data("[{}]"), "empty: `data` is [{}]: no rows in the window");
  refused(data("[{ }]"), "empty: `data` is [{}]: no rows in the window");
  refused(data("[[]]"), "shape: `data` holds a list where a set was expected");
  refused(data("[[{" + keyed(row()) + "}]]"),
          "shape: `data` holds a list where a set was expected");
  refused(data("[5]"), "shape: `data` holds a number where a set was expected");
  refused(data("[\"a\"]"), "shape: `data` holds a string where a set was expected");
  refused(data("[{},{}]"), "shape: `data` holds 2 sets where one window was asked for");
  refused(data("[{" + keyed(row()) + "},{" + keyed(row()) + "}]"),
          "shape: `data` holds 2 sets where one window was asked for");
  refused(data("[{" + keyed(row()) + "},null]"),
          "shape: `data` holds 2 sets where one window was asked for");
}

TEST(Refusals, CommasAndColons) {
  const std::string one = keyed(row());
  refused(answer(one + ","), broken_near(1));
  refused(answer("," + one), broken_near(0));
  refused(answer(one + ",," + one), broken_near(1));
  refused(answer(one + " " + one), broken_near(1));
  refused(answer(one + ":" + one), broken_near(1));
  refused(answer(one + " x"), broken_near(1));
  refused(answer("x " + one), broken_near(0));
  refused(answer(one + ",5"), broken_near(1));
  refused(answer(one + ",\"a\""), broken_near(1));
  refused(answer(one + ",\"a\":"), broken_near(2));
  refused(answer(row().text()), broken_near(0));
  refused(answer("\"a\" " + row().text()), broken_near(0));
  refused(answer("\"a\"::" + row().text()), broken_near(1));
  refused(answer("\"a\":,\"b\":" + row().text()), broken_near(1));
  refused(answer(R"("a":{"minutes":1,})"), broken_near(1));
  refused(answer(R"("a":{,"minutes":1})"), broken_near(1));
  refused(answer(R"("a":{"minutes":1 "totalCost":1})"), broken_near(1));
  refused(answer(R"("a":{"minutes":1 2})"), broken_near(1));
  refused(answer(R"("a":{"minutes" 1})"), broken_near(1));
  refused(answer(R"("a":{"minutes":})"), broken_near(1));
  refused(answer(R"("a":{"name":,"minutes":1})"), broken_near(1));
  refused(answer(R"("a":{"name":"x":"y"})"), broken_near(1));
  refused(answer(R"("a":{"name"})"), broken_near(1));
  refused(answer(R"("a":{minutes:1})"), broken_near(1));
  refused(answer(R"("a":{'minutes':1})"), broken_near(1));
  refused(answer(R"("a":{1:1})"), broken_near(1));
  refused(answer(R"("a":{"properties":{"pod":"a","namespace"}})"), broken_near(1));
  refused(answer(R"("a":{"properties":{"pod":"a",}})"), broken_near(1));
  refused(R"({"code":200,"data":[{},]})", kNotOneDocument);
  refused(R"({"code":200,"data":[{}],})", kNotOneDocument);
  refused(R"({"code":200 "data":[{}]})", kNotOneDocument);
  refused(R"({"code":200,"data":[{} {}]})", kNotOneDocument);
}

TEST(Refusals, Brackets) {
  refused(R"({"code":200,"data":[{}})", "parse: `}` at byte 22 closes nothing");
  refused(R"({"code":200,"data":[{]]})", "parse: `]` at byte 21 closes nothing");
  refused(answer(R"("a":{"pvs":{]})"), "parse: `]` at byte 33 closes nothing");
  refused(answer(R"("a":{"pvs":[}})"), "parse: `}` at byte 33 closes nothing");
  refused("}", "parse: the answer is not a JSON object but begins with \"}\"");
  refused(R"({"code":200,"data":[{"a":{}}]}])", "parse: `]` at byte 30 closes nothing");
  refused(R"({"code":200,"data":[{"a":{}}])", "parse: the answer is cut off after 29 bytes");
  refused(R"({"code":200,"data":[{"a":{}})", "parse: the answer is cut off after 28 bytes");
  refused(R"({"code":200,"data":[{"a":{"name":"x}}]})",
          "parse: the answer is cut off after 39 bytes");
  refused(R"({"code":200,"data":[{"a":{"name":"x\"}}]})",
          "parse: the answer is cut off after 41 bytes");
}

TEST(Refusals, Strings) {
  const std::string utf8 = "parse: broken JSON near row 0: The input is not valid UTF-8";
  const std::string control =
      "parse: broken JSON near row 0: Within strings, some characters must be escaped, we found "
      "unescaped characters";
  refused(answer(keyed("prod/shop/\xff", row())), utf8);
  refused(answer(keyed(row().set("name", "\"\xc3\x28\""))), utf8);
  refused(answer(keyed(row().set("unknown", "\"\xed\xa0\x80\""))), utf8);
  refused(answer(keyed(row().set("properties", properties("shop", "\xc0\xaf")))), utf8);
  refused(answer(keyed(row().set("properties", properties("shop", "cut \xe2\x82")))), utf8);
  refused(answer(keyed(row().set("name", "\"two\nlines\""))), control);
  refused(answer(keyed(row().set("name", std::string("\"a\0b\"", 5)))), control);
  // In a member that is read; what is skipped is only followed to its closing quote.
  for (std::string_view pod : {"\\q", "\\ud800", "\\ud83dx", "\\u12", "\\u12g4"}) {
    refused(answer(keyed(row().set("properties", properties("shop", pod)))),
            "parse: broken JSON near row 1: Problem while parsing a string");
    EXPECT_TRUE(decode(answer(keyed(row().set("name", fmt::format("\"{}\"", pod))))).has_value());
  }
  refused("{\"code\":200,\"message\":\"\xff\",\"data\":[{" + keyed(row()) + "}]}",
          "parse: the answer is not one JSON document: The input is not valid UTF-8");
}

}  // namespace
}  // namespace exporter::opencost
