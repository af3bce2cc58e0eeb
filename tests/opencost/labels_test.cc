// Labels that were asked for. Whatever is wrong with one, the row keeps its money.
#include <gtest/gtest.h>

#include <random>

#include "tests/opencost/answers.h"

namespace exporter::opencost {
namespace {

Asking wanting(std::vector<std::string> labels) {
  Asking asking;
  asking.labels = std::move(labels);
  return asking;
}

std::string written(const model::LabelSet& set) {
  std::string out;
  for (const auto& [name, value] : set) out += fmt::format("{}={};", name, value);
  return out.empty() ? "-" : out;
}

/// The labels of each row, one behind the other.
std::string labels_of(const Result<AllocationAnswer, Fault>& result) {
  if (!result) return describe(result.error());
  std::string out;
  for (const auto& row : result->table->rows) {
    out += (out.empty() ? "" : " ") + written(result->table->label_sets.at(row.label_set));
  }
  return out;
}

std::string with_labels(std::string_view pod, std::string_view json) {
  return fmt::format(R"({{"cluster":"prod","namespace":"shop","pod":"{}","labels":{}}})", pod,
                     json);
}

std::string labelled(std::string_view pod, std::string_view json) {
  return keyed(pod_key(pod), row(pod).set("properties", with_labels(pod, json)));
}

/// What the only row of an answer has of the labels `app` and `team`; its money must be there.
std::string read(std::string_view json) {
  const auto result = decode(answer(labelled("web-1", json)), wanting({"app", "team"}));
  if (!result) return describe(result.error());
  EXPECT_EQ(result->table->rows.size(), 1u) << json;
  EXPECT_EQ(result->table->rows.at(0).costs.total(), Cost{1'000'000}) << json;
  EXPECT_EQ(result->rejected.total(), 0u) << json;
  EXPECT_EQ(result->table->rejected_total, 0) << json;
  return labels_of(result);
}

TEST(Labels, AreReadWhereTheyAreWanted) {
  EXPECT_EQ(read(R"({"app":"web","team":"shop"})"), "app=web;team=shop;");
  EXPECT_EQ(read(R"({"team":"shop","app":"web"})"), "app=web;team=shop;");
  EXPECT_EQ(read(R"({"app":"web"})"), "app=web;");
  EXPECT_EQ(read(R"({"z":"1","team":"shop","a":"2"})"), "team=shop;");
}

TEST(Labels, AreNotReadWhereTheyAreNot) {
  EXPECT_EQ(read("{}"), "-");
  EXPECT_EQ(read("{ }"), "-");
  EXPECT_EQ(read(R"({"App":"web","TEAM":"shop"})"), "-");
  EXPECT_EQ(read(R"({"ap":"1","apps":"2","app ":"3"," app":"4","":"5"})"), "-");
  EXPECT_EQ(read(R"({"other":{"app":"web"}})"), "-");
  const std::string text = answer(labelled("web-1", R"({"app":"web"})"));
  EXPECT_EQ(labels_of(decode(text)), "-");
  const auto unasked = decode(text);
  EXPECT_EQ(unasked->table->label_sets.size(), 1u);
}

// The names are OpenCost's, in which nothing else is left.
TEST(Labels, NamesAreComparedAsTheyStand) {
  const auto one = [](std::string_view name) {
    return decode(answer(labelled("web-1", fmt::format(R"({{"{}":"web"}})", name))),
                  wanting({"app_kubernetes_io_name"}));
  };
  EXPECT_EQ(labels_of(one("app_kubernetes_io_name")), "app_kubernetes_io_name=web;");
  EXPECT_EQ(labels_of(one("app.kubernetes.io/name")), "-");
  EXPECT_EQ(labels_of(one("app_kubernetes_io_nam")), "-");
  EXPECT_EQ(labels_of(one("app_kubernetes_io_name_")), "-");
  EXPECT_EQ(labels_of(one("\\u0061pp_kubernetes_io_name")), "app_kubernetes_io_name=web;");
}

TEST(Labels, ValuesThatAreNoStringsAreNone) {
  for (std::string_view value : {"null", "5", "-1.5e3", "true", "false", "[]", R"(["web"])", "{}",
                                 R"({"app":"web"})", R"([{"app":"web"},[1,2]])", R"("")"}) {
    EXPECT_EQ(read(fmt::format(R"({{"app":{},"team":"shop"}})", value)), "team=shop;") << value;
    EXPECT_EQ(read(fmt::format(R"({{"team":"shop","app":{}}})", value)), "team=shop;") << value;
    EXPECT_EQ(read(fmt::format(R"({{"app":{}}})", value)), "-") << value;
  }
}

TEST(Labels, WhatIsNoObjectHasNone) {
  for (std::string_view json :
       {"null", "5", "true", R"("app")", "[]", R"([{"app":"web"}])", R"(["app","web"])"}) {
    EXPECT_EQ(read(json), "-") << json;
  }
}

TEST(Labels, ValuesThatAreNoGoodAreNone) {
  const std::string longest(1024, 'v');
  EXPECT_EQ(read(fmt::format(R"({{"app":"{}"}})", longest)), "app=" + longest + ";");
  EXPECT_EQ(read(fmt::format(R"({{"app":"{}v","team":"shop"}})", longest)), "team=shop;");
  for (std::string_view bad : {"a\\nb", "\\u0000", "a\\u0007", "\\t", "a\x7f", "\\u001f", "\\r"}) {
    EXPECT_EQ(read(fmt::format(R"({{"app":"{}","team":"shop"}})", bad)), "team=shop;") << bad;
  }
  Asking asking = wanting({"app"});
  asking.limits.max_name_bytes = 10;
  EXPECT_EQ(labels_of(decode(answer(labelled("web-1", R"({"app":"0123456789"})")), asking)),
            "app=0123456789;");
  EXPECT_EQ(labels_of(decode(answer(labelled("web-1", R"({"app":"0123456789a"})")), asking)), "-");
}

TEST(Labels, EscapesAreUndone) {
  EXPECT_EQ(read(R"({"app":"a\u003cb\u0026","team":"\ud83d\ude00\/\"\\"})"),
            "app=a<b&;team=\xf0\x9f\x98\x80/\"\\;");
  EXPECT_EQ(read(R"({"\u0061pp":"web"})"), "app=web;");
  EXPECT_EQ(read(R"({"te\u0061m":"}]{[","app":":,\""})"), "app=:,\";team=}]{[;");
}

TEST(Labels, ALabelTwiceIsThereOnce) {
  EXPECT_EQ(read(R"({"app":"b","app":"a"})"), "app=a;");
  EXPECT_EQ(read(R"({"app":"a","app":"b"})"), "app=a;");
  EXPECT_EQ(read(R"({"app":"a","app":"a","team":"t","app":"a"})"), "app=a;team=t;");
  EXPECT_EQ(read(R"({"app":"","app":"b"})"), "app=b;");
  EXPECT_EQ(read(R"({"app":5,"\u0061pp":"b"})"), "app=b;");
}

// OpenCost never does.
TEST(Labels, TheLastOfTwoObjectsCounts) {
  const auto twice = [](std::string_view first, std::string_view second) {
    return labels_of(decode(
        answer(keyed(
            "k", row().set("properties", fmt::format(R"({{"namespace":"n","pod":"p","labels":{},)"
                                                     R"("labels":{}}})",
                                                     first, second)))),
        wanting({"app"})));
  };
  EXPECT_EQ(twice(R"({"app":"a"})", R"({"app":"b"})"), "app=b;");
  EXPECT_EQ(twice(R"({"app":"a"})", "{}"), "-");
}

TEST(Labels, OfTheNamespaceAreNotThePods) {
  const auto result = decode(
      answer(keyed("k", row().set("properties", R"({"namespace":"n","pod":"p","namespaceLabels":)"
                                                R"({"app":"x"},"annotations":{"app":"y"}})"))),
      wanting({"app"}));
  EXPECT_EQ(labels_of(result), "-");
}

TEST(Labels, BrokenJsonInThemRefusesTheAnswer) {
  for (std::string_view json :
       {R"({"app"})", R"({"app":})", R"({"app":"web",})", R"({"app":"web" "team":"x"})", "{1:2}",
        R"({"app":"\q"})", R"({"app":"\ud800"})", R"({"\q":"web"})", R"({,"app":"web"})"}) {
    const auto result = decode(answer(labelled("web-1", json)), wanting({"app"}));
    ASSERT_FALSE(result.has_value()) << json;
    EXPECT_EQ(result.error().refusal, Refusal::parse) << json << describe(result);
  }
}

TEST(Labels, ARejectedRowIsRejectedForItsOwnFault) {
  const auto result = decode(
      answer(
          keyed("k",
                row().set("totalCost", "null").set("properties", with_labels("a", "{\"app\":5}"))) +
          "," + labelled("web-1", R"({"app":"web"})")),
      wanting({"app"}));
  ASSERT_TRUE(result.has_value()) << describe(result);
  EXPECT_EQ(describe(result->rejected), "null_cost x1 k: one of its costs is null");
  EXPECT_EQ(labels_of(result), "app=web;");
}

TEST(Labels, RowsShareTheirSets) {
  std::string rows;
  for (int i = 0; i < 300; ++i) {
    if (i > 0) rows += ',';
    const std::string pod = fmt::format("web-{:03}", i);
    rows += labelled(pod, i % 3 == 0   ? R"({"app":"a","x":"1"})"
                          : i % 3 == 1 ? R"({"x":"2","team":"t","app":"a"})"
                                       : R"({"app":null})");
  }
  const auto result = decode(answer(rows), wanting({"app", "team"}));
  ASSERT_TRUE(result.has_value()) << describe(result);
  const model::AllocationTable& table = *result->table;
  ASSERT_EQ(table.label_sets.size(), 3u);
  EXPECT_EQ(written(table.label_sets[0]), "-");
  EXPECT_EQ(written(table.label_sets[1]), "app=a;");
  EXPECT_EQ(written(table.label_sets[2]), "app=a;team=t;");
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    EXPECT_EQ(table.rows[i].label_set, i % 3 == 0 ? 1u : i % 3 == 1 ? 2u : 0u);
  }
}

TEST(Labels, IdleAndWhatHasNoPropertiesHasNone) {
  const auto result = decode(answer(labelled("web-1", R"({"app":"web"})") + "," +
                                    keyed("prod/shop/web-2", row("web-2").drop("properties")) +
                                    "," + keyed("__idle__", row().drop("properties"))),
                             wanting({"app"}));
  ASSERT_TRUE(result.has_value()) << describe(result);
  EXPECT_EQ(labels_of(result), "- app=web; -");
}

TEST(Labels, MakeNoDifferenceToTheRows) {
  std::mt19937 random(7);
  const std::string_view pieces[] = {R"("app":"web")", R"("app":null)",    R"("team":"a]b}c")",
                                     R"("team":[1])",  R"("x":{"y":"z"})", R"("app":"\n")"};
  for (int round = 0; round < 200; ++round) {
    std::string rows;
    for (int i = 0; i < 5; ++i) {
      std::string labels;
      for (std::uint64_t n = random() % 5; n > 0; --n) {
        labels += (labels.empty() ? "" : ",") + std::string(pieces[random() % std::size(pieces)]);
      }
      rows += (i > 0 ? "," : "") + labelled(fmt::format("web-{}", i), "{" + labels + "}");
    }
    const std::string text = answer(rows);
    const auto plain = decode(text), with = decode(text, wanting({"app", "team"}));
    ASSERT_TRUE(with.has_value()) << describe(with) << text;
    EXPECT_EQ(describe(with), describe(plain));
    for (const auto& entry : with->table->rows) {
      ASSERT_LT(entry.label_set, with->table->label_sets.size());
    }
    for (const auto& set : with->table->label_sets) {
      EXPECT_TRUE(std::is_sorted(set.begin(), set.end()));
    }
  }
}

TEST(Labels, ComeInPiecesCutAnywhere) {
  const std::string text =
      answer(labelled("a", R"({"app":"w\u00e9\"b","x":[{"app":"y"}],"team":"}]"})") + " ,\n" +
             labelled("b", R"({ "team" : null , "app" : "web" })"));
  const std::string whole = labels_of(decode(text, wanting({"app", "team"})));
  EXPECT_EQ(whole, "app=w\xc3\xa9\"b;team=}]; app=web;");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    AllocationDecoder decoder({Query::current, asked_window(), {"app", "team"}}, "", {});
    EXPECT_TRUE(decoder.feed(text.substr(0, cut)));
    EXPECT_TRUE(decoder.feed(text.substr(cut)));
    EXPECT_EQ(labels_of(decoder.finish()), whole) << cut;
  }
  for (const std::size_t chunk : {1u, 2u, 63u, 64u, 65u}) {
    Asking asking = wanting({"app", "team"});
    asking.chunk = chunk;
    EXPECT_EQ(labels_of(decode(text, asking)), whole) << chunk;
  }
}

// Names are kept in the table's own text, not in the buffer that was read.
TEST(Labels, OutliveTheAnswer) {
  std::string rows;
  for (int i = 0; i < 2000; ++i) {
    const std::string pod = fmt::format("web-{:04}", i);
    rows += (i > 0 ? "," : "") + labelled(pod, fmt::format(R"({{"app":"app-{:04}"}})", i));
  }
  std::shared_ptr<const model::AllocationTable> table;
  {
    const auto result = decode(answer(rows), wanting({"app"}));
    ASSERT_TRUE(result.has_value()) << describe(result);
    table = result->table;
  }
  ASSERT_EQ(table->rows.size(), 2000u);
  for (std::size_t i = 0; i < table->rows.size(); ++i) {
    ASSERT_EQ(written(table->label_sets.at(table->rows[i].label_set)),
              fmt::format("app=app-{:04};", i));
  }
}

/// What the only row of an answer has of the label `team` and the annotations `cost` and `team`.
std::string annotated(std::string_view properties,
                      const Asking& asking = wanting({"annotation:cost", "annotation:team",
                                                      "team"})) {
  const std::string json = fmt::format(R"({{"namespace":"n","pod":"p",{}}})", properties);
  const auto result = decode(answer(keyed(row().set("properties", json))), asking);
  if (!result) return describe(result);
  EXPECT_EQ(result->table->rows.at(0).costs.total(), Cost{1'000'000}) << json;
  return labels_of(result);
}

TEST(Annotations, AreReadUnderTheirWholeName) {
  const std::string_view both = "annotation:cost=4711;annotation:team=a;team=l;";
  const std::string_view labels = R"("labels":{"team":"l","cost":"x"})";
  const std::string_view annotations = R"("annotations":{"team":"a","cost":"4711"})";
  EXPECT_EQ(annotated(fmt::format("{},{}", labels, annotations)), both);
  EXPECT_EQ(annotated(fmt::format("{},{}", annotations, labels)), both);
  EXPECT_EQ(annotated(labels), "team=l;");
  EXPECT_EQ(annotated(annotations), "annotation:cost=4711;annotation:team=a;");
  EXPECT_EQ(annotated(annotations, wanting({"team"})), "-");
  EXPECT_EQ(annotated(labels, wanting({"annotation:team"})), "-");
  EXPECT_EQ(annotated(fmt::format("{},{}", labels, annotations), wanting({"annotation:team"})),
            "annotation:team=a;");
}

TEST(Annotations, AreNotTakenForOthers) {
  EXPECT_EQ(annotated(R"("labels":{"annotation:team":"x","annotation:cost":"y"})"), "-");
  EXPECT_EQ(annotated(R"("annotations":{"annotation:team":"x","annotation:":"y"})"), "-");
  EXPECT_EQ(annotated(R"("annotations":{"tea":"1","teams":"2","":"3","Team":"4"})"), "-");
  EXPECT_EQ(annotated(R"("namespaceAnnotations":{"team":"x"})"), "-");
  EXPECT_EQ(annotated(R"("annotations":{"team":"a"},"namespaceAnnotations":{"team":"x"})"),
            "annotation:team=a;");
}

TEST(Annotations, NeverCostARowItsMoney) {
  for (std::string_view none :
       {"null", "5", "[]", R"([{"team":"a"}])", R"("team")", "{}", R"({"team":5})",
        R"({"team":null})", R"({"team":""})", R"({"team":{"team":"a"}})", R"({"team":"a\n"})"}) {
    EXPECT_EQ(annotated(fmt::format(R"("labels":{{"team":"l"}},"annotations":{})", none)),
              "team=l;")
        << none;
    EXPECT_EQ(annotated(fmt::format(R"("annotations":{},"labels":{{"team":"l"}})", none)),
              "team=l;")
        << none;
  }
  EXPECT_EQ(annotated(R"("annotations":{"team":"b","te\u0061m":"a"})"), "annotation:team=a;");
  EXPECT_EQ(annotated(R"("annotations":{"team":"a"},"annotations":{"cost":"1"})"),
            "annotation:cost=1;")
      << "the last of two objects counts";
}

TEST(Annotations, AreOfTheirOwnRow) {
  const auto result = decode(
      answer(keyed("a", row().set("properties", R"({"namespace":"n","pod":"a","labels":)"
                                                R"({"team":"l"},"annotations":{"team":"a"}})")) +
             "," +
             keyed("b", row().set("properties",
                                  R"({"namespace":"n","pod":"b","labels":{"team":"l"}})")) +
             "," + keyed("c", row().set("properties", R"({"namespace":"n","pod":"c"})"))),
      wanting({"annotation:team", "team"}));
  EXPECT_EQ(labels_of(result), "annotation:team=a;team=l; team=l; -");
}

}  // namespace
}  // namespace exporter::opencost
