#include "exporter/api/parameters.h"

#include <gmock/gmock.h>

#include "exporter/api/text.h"
#include "tests/api/made_up.h"

namespace exporter::api {
namespace {

using samples::kMadeUpRoute;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::string fault(std::string_view query, Media media = Media::json) {
  const auto asked = read(query, kMadeUpRoute, media);
  if (asked) return "none";
  EXPECT_EQ(asked.error().code, "bad_parameter");
  return asked.error().detail;
}

std::string sort_fault(std::string_view value) {
  return "Parameter sort is \"" + std::string(value) +
         "\": it must be columns separated by commas, each once, with - in front for descending "
         "order, out of cluster, pod, total_cost, idle_cost, ratio, pods, spot, seen, day.";
}

std::string filter_fault(std::string_view value) {
  return "Parameter pod is \"" + std::string(value) +
         "\": it must be patterns separated by commas, none of them empty or with more than 8 *.";
}

TEST(Parameters, HaveDefaults) {
  const auto asked = read("", kMadeUpRoute, Media::json);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->limit, 100u);
  EXPECT_EQ(asked->offset, 0u);
  EXPECT_EQ(asked->snapshot, "");
  EXPECT_THAT(asked->sort, IsEmpty());
  EXPECT_THAT(asked->filters, IsEmpty());
  EXPECT_EQ(asked->parameters.of("aggregate"), "pod");
  EXPECT_EQ(asked->parameters.of("from"), "");
  EXPECT_EQ(read("", kMadeUpRoute, Media::csv)->limit, 100'000u);
}

TEST(Parameters, AreReadAndDecoded) {
  const auto asked = read(
      "aggregate=label:app.io/na-me_1&from=2026-02-28&request=12&who=ada+l%C3%B6w&limit=1000&"
      "offset=9007199254740991&sort=-total_cost,cluster&snapshot=007&pod=a*,b&cluster=x&p%6Fd=c,%"
      "2A&",
      kMadeUpRoute, Media::json);
  ASSERT_TRUE(asked) << asked.error().detail;
  EXPECT_EQ(asked->parameters.of("aggregate"), "label:app.io/na-me_1");
  EXPECT_EQ(asked->parameters.of("from"), "2026-02-28");
  EXPECT_EQ(asked->parameters.of("request"), "12");
  EXPECT_EQ(asked->parameters.of("who"), "ada l\xc3\xb6w");
  EXPECT_EQ(asked->limit, 1000u);
  EXPECT_EQ(asked->offset, 9007199254740991u);
  EXPECT_EQ(asked->snapshot, "7");
  ASSERT_EQ(asked->sort.size(), 2u);
  EXPECT_EQ(asked->sort[0].column, "total_cost");
  EXPECT_TRUE(asked->sort[0].descending);
  EXPECT_FALSE(asked->sort[1].descending);
  ASSERT_EQ(asked->filters.size(), 2u);
  EXPECT_EQ(asked->filters[0].column, "pod");
  EXPECT_THAT(asked->filters[0].patterns, ElementsAre("a*", "b", "c", "*"));
  EXPECT_THAT(asked->filters[1].patterns, ElementsAre("x"));
}

TEST(Parameters, OfTheNextPageAreAllButWhereItIs) {
  const auto asked = read("offset=5&pod=a&snapshot=7&limit=2&pod=b", kMadeUpRoute, Media::json);
  EXPECT_THAT(asked->same, ElementsAre(Pair("pod", "a"), Pair("limit", "2"), Pair("pod", "b")));
}

TEST(Parameters, ThatAreNumbers) {
  const auto check = [](std::string_view name, std::string_view value, std::string_view range) {
    const std::string text(value);
    EXPECT_EQ(fault(std::string(name) + '=' + text),
              "Parameter " + std::string(name) + " is \"" + text +
                  "\": it must be a whole number from " + std::string(range) + '.');
  };
  for (const std::string_view value :
       {"", "0", "1001", "-1", "ten", "1.0", "1e2", "0x10", "999999999999999999999", "١"}) {
    check("limit", value, "1 to 1000");
  }
  for (const std::string_view value : {"", "-1", "x", "9007199254740992", "1,2"}) {
    check("offset", value, "0 to 9007199254740991");
    check("request", value, "0 to 9007199254740991");
  }
  EXPECT_EQ(fault("limit=%2B5"),
            "Parameter limit is \"+5\": it must be a whole number from 1 to 1000.");
  EXPECT_EQ(fault("limit=5+"),
            "Parameter limit is \"5 \": it must be a whole number from 1 to 1000.");
  EXPECT_EQ(fault("limit=100000", Media::csv), "none");
  EXPECT_EQ(fault("limit=100001", Media::csv),
            "Parameter limit is \"100001\": it must be a whole number from 1 to 100000.");
  EXPECT_EQ(
      fault("snapshot=abc"),
      "Parameter snapshot is \"abc\": it must be the snapshot of an earlier answer, a number.");
}

TEST(Parameters, ThatAreChoices) {
  for (const std::string_view value :
       {"", "pods", "Pod", "pod ", "label", "label:", "label:a b", "label:a*", "label:NAME,pod"}) {
    EXPECT_EQ(fault("aggregate=" + percent_encoded(value)),
              "Parameter aggregate is \"" + std::string(value) +
                  "\": it must be one of cluster, pod, label:NAME.");
  }
  EXPECT_EQ(fault("aggregate=label:annotation:cost_center"), "none");
}

TEST(Parameters, ThatAreDates) {
  for (const std::string_view value :
       {"", "today", "2026-13-01", "2026-02-30", "2026-1-1", "01.02.2026", "9999-12-31",
        "1999-12-31", "2200-01-01", "2026-01-01T00:00:00Z"}) {
    EXPECT_EQ(fault("from=" + std::string(value)),
              "Parameter from is \"" + std::string(value) +
                  "\": it must be a date from 2000-01-01 to 2199-12-31, such as 2026-10-01.");
  }
}

TEST(Parameters, ThatSort) {
  for (const std::string_view value :
       {"", "nosuch", "cluster,", ",cluster", "--cluster", "cluster,-cluster", "-", "Cluster"}) {
    EXPECT_EQ(fault("sort=" + std::string(value)), sort_fault(value));
  }
}

TEST(Parameters, ThatFilter) {
  for (const std::string_view value : {"", ",", "a,", ",a", "a,,b", "*********"}) {
    EXPECT_EQ(fault("pod=" + std::string(value)), filter_fault(value));
  }
  EXPECT_EQ(fault("pod=********"), "none");
  std::string many = "pod=a";
  for (int i = 0; i < 63; ++i) many += ",a";
  EXPECT_EQ(fault(many), "none");
  EXPECT_EQ(fault(many + "&pod=b&pod=c"), "Parameter pod has more than 64 patterns.");
}

TEST(Parameters, ThatAreUnknownTwiceOrMissing) {
  constexpr std::string_view kAll =
      " There are aggregate, from, request, who, limit, offset, sort, snapshot, cluster, pod.";
  EXPECT_EQ(fault("nosuch=1"), "Parameter \"nosuch\" is unknown." + std::string(kAll));
  EXPECT_EQ(fault("total_cost=1"), "Parameter \"total_cost\" is unknown." + std::string(kAll));
  EXPECT_EQ(fault("=5&Limit=5&=6"),
            "Parameter \"\" is unknown. Parameter \"Limit\" is unknown." + std::string(kAll));
  EXPECT_EQ(fault("limit=5&limit=5&limit=6"), "Parameter limit is given more than once.");
  EXPECT_EQ(fault("from=2026-01-01&from=2026-01-01"), "Parameter from is given more than once.");
  constexpr Parameter kRequired[] = {{"label", "text", "", "", "Which.", "team", true}};
  const RowsRoute route{kRequired, {}, nullptr, ""};
  EXPECT_EQ(read("", route, Media::json).error().detail,
            "Parameter label is missing: it must be text, such as team.");
  EXPECT_EQ(read("label", route, Media::json).error().detail,
            "Parameter label is \"\": it must be text, such as team.");
}

TEST(Parameters, ThatCannotBeRead) {
  for (const std::string_view query : {"%", "limit=%zz", "limit=5%0", "%4", "who=%+1", "who=%-1"}) {
    EXPECT_EQ(fault(query),
              "\"" + std::string(query) +
                  "\" is not percent-encoded: a % must be followed by two hexadecimal digits.");
  }
  for (const std::string_view query : {"limit=%ff", "%c3=1", "who=%ed%a0%80", "who=%c0%80"}) {
    EXPECT_EQ(fault(query), "\"" + std::string(query) + "\" is not UTF-8.");
  }
  for (const std::string_view query : {"limit=5%00", "who=%0A", "%7f=1"}) {
    EXPECT_EQ(fault(query), "\"" + std::string(query) + "\" holds control characters.");
  }
  EXPECT_EQ(fault("sort=" + std::string(300, 'x')),
            "Parameter \"sort\" is 300 bytes long: at most 256 are allowed.");
  std::string many;
  for (int i = 0; i < 65; ++i) many += "&pod=a";
  EXPECT_EQ(fault(many), "The request has 65 parameters: at most 64 are allowed.");
}

TEST(Parameters, AreToldAllThatIsWrongAtOnce) {
  EXPECT_EQ(fault("limit=0&offset=x&a=%zz"),
            "\"a=%zz\" is not percent-encoded: a % must be followed by two hexadecimal digits. "
            "Parameter limit is \"0\": it must be a whole number from 1 to 1000. "
            "Parameter offset is \"x\": it must be a whole number from 0 to 9007199254740991.");
}

TEST(Parameters, OfARouteWithoutAny) {
  EXPECT_TRUE(read_none(""));
  EXPECT_TRUE(read_none("&"));
  EXPECT_EQ(read_none("a=1").error().detail, "Parameter \"a\" is unknown: this route has none.");
}

TEST(Parameters, ThatAreLongAreCutInMessages) {
  EXPECT_THAT(fault("aggregate=" + std::string(200, 'x')),
              testing::StartsWith("Parameter aggregate is \"" + std::string(64, 'x') + "...\": "));
}

}  // namespace
}  // namespace exporter::api
