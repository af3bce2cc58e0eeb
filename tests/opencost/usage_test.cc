// What a pod's row says of what it was charged for, asked for and used. Whatever is wrong with
// that, the row keeps its money.
#include <gtest/gtest.h>

#include <random>

#include "tests/opencost/answers.h"
#include "tests/opencost/oracle.h"

namespace exporter::opencost {
namespace {

const std::string kNoGpus = R"({"isGPUShared":null,"gpuUsageAverage":null,"gpuRequestAverage":0})";

/// The only row of an answer, all of whose money must be there.
model::Allocation only_row(const Members& members, const Asking& asking = {}) {
  SCOPED_TRACE(members.text());
  const auto result = decode(answer(keyed(members)), asking);
  EXPECT_TRUE(result.has_value()) << describe(result);
  if (!result || result->table->rows.size() != 1) return {};
  EXPECT_EQ(unsound(*result, asking.query), "");
  EXPECT_EQ(result->rejected.total(), 0u) << describe(result->rejected);
  EXPECT_EQ(result->table->rows[0].costs.total(), Cost{1'000'000});
  model::Allocation row = result->table->rows[0];
  // Its names die with the table.
  row.cluster = row.name_space = row.pod = row.controller_kind = row.controller = row.node = {};
  return row;
}

std::string cpu(const Members& members) { return describe(only_row(members).cpu); }
std::string memory(const Members& members) { return describe(only_row(members).memory); }
std::string gpu(const Members& members) { return describe(only_row(members).gpu); }

TEST(Usage, IsAveragesTimesTheSpan) {
  const auto whole = only_row(row());
  EXPECT_EQ(whole.hours, 1);
  EXPECT_EQ(describe(whole.cpu), "0.25/0.25/0.125");
  EXPECT_EQ(describe(whole.memory), "3.44065e+06/2.09715e+06/3.44065e+06");
  EXPECT_EQ(describe(whole.gpu), "0/0/?");
  const auto half = only_row(row().set("minutes", "30").set("end", "\"2026-10-03T10:30:00Z\""));
  EXPECT_EQ(half.hours, 0.5);
  EXPECT_EQ(describe(half.cpu), "0.25/0.125/0.0625") << "hours of use are of the whole row as is";
  EXPECT_EQ(describe(half.memory), "3.44065e+06/1.04858e+06/1.72033e+06");
}

TEST(Usage, OfWholeDaysIsNotRead) {
  for (const Query query : {Query::today, Query::day}) {
    Asking asking;
    asking.query = query;
    auto members = row();
    members.set("gpuHours", "2").set("gpuUsageAverage", "1").set("gpuRequestAverage", "1");
    EXPECT_TRUE(plain(only_row(members, asking)));
    EXPECT_TRUE(plain(only_row(row().set("cpuCoreUsageAverage", "[{\"x\":[]}]"), asking)));
  }
}

// Idle capacity, volumes without a pod and load balancers ask for nothing and use nothing.
TEST(Usage, OfWhatIsNoPodIsNotRead) {
  const auto result = decode(
      answer(keyed("__idle__", row()) + "," +
             keyed("u", row().set("properties", properties("__unmounted__", "__unmounted__"))) +
             "," + keyed("v", row().set("properties", properties("shop", "shop-unmounted-pvcs"))) +
             "," + keyed(row())));
  ASSERT_TRUE(result.has_value()) << describe(result);
  ASSERT_EQ(result->table->rows.size(), 4u);
  for (const auto& row : result->table->rows) {
    EXPECT_EQ(plain(row), row.pod != "web-1") << describe(row);
  }
}

TEST(Usage, IsNotKnownWhereItIsMissing) {
  EXPECT_EQ(cpu(row().drop("cpuCoreUsageAverage")), "0.25/0.25/?");
  EXPECT_EQ(cpu(row().set("cpuCoreUsageAverage", "null")), "0.25/0.25/?");
  EXPECT_EQ(memory(row().drop("ramByteUsageAverage")), "3.44065e+06/2.09715e+06/?");
  EXPECT_EQ(memory(row().set("ramByteUsageAverage", "null")), "3.44065e+06/2.09715e+06/?");
  EXPECT_EQ(cpu(row().drop("ramByteUsageAverage")), "0.25/0.25/0.125") << "CPU has its own";
  EXPECT_EQ(memory(row().drop("cpuCoreUsageAverage")), "3.44065e+06/2.09715e+06/3.44065e+06");
  EXPECT_EQ(cpu(row().drop("cpuCoreRequestAverage")), "0.25/0/0.125");
  EXPECT_EQ(cpu(row().set("cpuCoreRequestAverage", "null")), "0.25/0/0.125");
  EXPECT_EQ(memory(row().drop("ramByteRequestAverage")), "3.44065e+06/0/3.44065e+06");
  EXPECT_EQ(cpu(row().drop("cpuCoreHours")), "0/0.25/0.125");
  EXPECT_EQ(cpu(row().set("cpuCoreHours", "null")), "0/0.25/0.125");
}

TEST(Usage, NoMemoryMeansNoMetrics) {
  for (std::string_view none : {"0", "0.0", "-0.000000", "0e5", "1e-9"}) {
    const auto made = only_row(row().set("ramByteUsageAverage", none));
    EXPECT_EQ(describe(made.memory), "3.44065e+06/2.09715e+06/?") << none;
    EXPECT_EQ(describe(made.cpu), "0.25/0.25/?") << none;
  }
  EXPECT_EQ(cpu(row().set("cpuCoreUsageAverage", "0")), "0.25/0.25/0") << "it sleeps";
  EXPECT_EQ(cpu(row().set("cpuCoreUsageAverage", "-0.000000")), "0.25/0.25/0");
}

TEST(Usage, ThatCannotBeIsNotKnown) {
  for (std::string_view bad :
       {"-0.00001",  "-5",       "-1e30", "1e400", "1e30",         "9.3e12",  "99999999999999",
        "\"0.125\"", "\"\"",     "true",  "{}",    R"({"a":[1]})", "[0.125]", "[]",
        "NaN",       "Infinity", "01",    "1.",    "+1",           "nul",     "0x1"}) {
    EXPECT_EQ(cpu(row().set("cpuCoreUsageAverage", bad)), "0.25/0.25/?") << bad;
    EXPECT_EQ(cpu(row().set("cpuCoreRequestAverage", bad)), "0.25/0/0.125") << bad;
    EXPECT_EQ(memory(row().set("ramByteUsageAverage", bad)), "3.44065e+06/2.09715e+06/?") << bad;
    EXPECT_EQ(memory(row().set("ramByteRequestAverage", bad)), "3.44065e+06/0/3.44065e+06") << bad;
    const std::string gpus =
        fmt::format(R"({{"gpuUsageAverage":{0},"gpuRequestAverage":{0}}})", bad);
    EXPECT_EQ(gpu(row().set("gpuHours", "2").set("gpuAllocation", gpus)), "2/2/?") << bad;
  }
}

// A core is a core; bytes are counted in another order of magnitude.
TEST(Usage, HasItsBounds) {
  EXPECT_EQ(cpu(row().set("cpuCoreUsageAverage", "1000000")), "0.25/0.25/1e+06");
  EXPECT_EQ(cpu(row().set("cpuCoreUsageAverage", "1000000.00001")), "0.25/0.25/?");
  EXPECT_EQ(cpu(row().set("cpuCoreRequestAverage", "1000000.00001")), "0.25/0/0.125");
  EXPECT_EQ(cpu(row().set("cpuCoreHours", "1000000")), "1e+06/0.25/0.125");
  EXPECT_EQ(cpu(row().set("cpuCoreHours", "1000000.00001")), "0/0.25/0.125");
  const auto using_bytes = [](std::string_view bytes) {
    return memory(row()
                      .set("ramByteHours", bytes)
                      .set("ramByteRequestAverage", bytes)
                      .set("ramByteUsageAverage", bytes));
  };
  EXPECT_EQ(using_bytes("68719476736"), "6.87195e+10/6.87195e+10/6.87195e+10");
  EXPECT_EQ(using_bytes("8999999999999.99999"), "9e+12/9e+12/9e+12");
  EXPECT_EQ(using_bytes("9000000000001"), "0/0/?") << "beyond the millionths";
  EXPECT_EQ(using_bytes("1e13"), "0/0/?");
  EXPECT_EQ(using_bytes("1e16"), "0/0/?");
  EXPECT_EQ(using_bytes("0.00001"), "1e-05/1e-05/1e-05");
}

TEST(Usage, OfGpus) {
  const auto with = [](std::string_view hours, std::string_view allocation) {
    return gpu(row().set("gpuHours", hours).set("gpuAllocation", allocation));
  };
  EXPECT_EQ(with("2", R"({"gpuUsageAverage":0.5,"gpuRequestAverage":2})"), "2/2/0.5");
  EXPECT_EQ(with("2", R"({"gpuRequestAverage":2,"gpuUsageAverage":0.5})"), "2/2/0.5");
  EXPECT_EQ(with("2", R"({"gpuDevice":"nvidia0","gpuModel":"a}\"","gpuUUID":"g","isGPUShared":)"
                      R"(false,"gpuUsageAverage":0.5,"gpuRequestAverage":2,"gpuMore":[{}]})"),
            "2/2/0.5");
  EXPECT_EQ(with("2", R"({"gpuUsageAverage":0,"gpuRequestAverage":2})"), "2/2/0") << "it idles";
  EXPECT_EQ(with("2", R"({"gpuUsageAverage":null,"gpuRequestAverage":2})"), "2/2/?");
  EXPECT_EQ(with("2", R"({"gpuRequestAverage":2})"), "2/2/?");
  EXPECT_EQ(with("2", R"({"gpuUsageAverage":0.5,"gpuRequestAverage":null})"), "2/2/0.5");
  EXPECT_EQ(with("2", R"({"gpuUsageAverage":0.5,"gpuRequestAverage":0})"), "2/2/0.5");
  for (std::string_view none : {"null", "{}", "[]", "5", "\"x\"", "false", R"([{"a":1}])"}) {
    EXPECT_EQ(with("2", none), "2/2/?") << none;
    EXPECT_EQ(with("0", none), "0/0/?") << none;
  }
  EXPECT_EQ(gpu(row().set("gpuHours", "2").drop("gpuAllocation")), "2/2/?");
  EXPECT_EQ(gpu(row().drop("gpuHours")), "0/0/?");
  EXPECT_EQ(gpu(row().set("gpuHours", "1000000.00001")), "0/0/?");
}

// Before 1.113 they stood beside the others, and 0 where there were no metrics.
TEST(Usage, OfGpusInOldVersions) {
  const auto with = [](std::string_view request, std::string_view usage) {
    auto members = row().drop("gpuAllocation").set("gpuHours", "2");
    if (!request.empty()) members.set("gpuRequestAverage", request);
    if (!usage.empty()) members.set("gpuUsageAverage", usage);
    return members;
  };
  EXPECT_EQ(gpu(with("2", "0.5")), "2/2/0.5");
  EXPECT_EQ(gpu(with("2", "0")), "2/2/?");
  EXPECT_EQ(gpu(with("2", "")), "2/2/?");
  EXPECT_EQ(gpu(with("2", "null")), "2/2/?");
  EXPECT_EQ(gpu(with("2", "-1")), "2/2/?");
  EXPECT_EQ(gpu(with("2", "2000000")), "2/2/?");
  EXPECT_EQ(gpu(with("", "0.5")), "2/2/0.5");
  EXPECT_EQ(gpu(with("0", "0.5")), "2/2/0.5");
  EXPECT_EQ(gpu(with("1", "0.5")), "2/1/0.5");
  EXPECT_EQ(gpu(with("\"2\"", "\"1\"")), "2/2/?");
  const auto both = [&](std::string_view allocation) {
    return gpu(with("1", "0.25").set("gpuAllocation", allocation));
  };
  EXPECT_EQ(both(R"({"gpuUsageAverage":0.5,"gpuRequestAverage":2})"), "2/2/0.5");
  EXPECT_EQ(both(R"({"gpuUsageAverage":0,"gpuRequestAverage":2})"), "2/2/0");
  EXPECT_EQ(both(R"({"gpuUsageAverage":null,"gpuRequestAverage":null})"), "2/1/0.25");
  EXPECT_EQ(both("null"), "2/1/0.25");
}

TEST(Usage, NeedsASpan) {
  const auto spanning = [](std::string_view minutes) { return row().set("minutes", minutes); };
  EXPECT_EQ(only_row(row().drop("minutes")).hours, 1) << "from its start to its end";
  EXPECT_EQ(describe(only_row(row().drop("minutes")).cpu), "0.25/0.25/0.125");
  const auto timeless = only_row(row().drop("minutes").drop("end"));
  EXPECT_EQ(timeless.hours, 0);
  EXPECT_EQ(describe(timeless.cpu), "0.25/0/?");
  EXPECT_EQ(describe(timeless.memory), "3.44065e+06/0/?");
  EXPECT_EQ(only_row(spanning("70")).hours, static_cast<float>(70.0 / 60));
  for (std::string_view minutes : {"70.00001", "1440", "1e12", "1e400"}) {
    const auto endless = only_row(spanning(minutes));
    EXPECT_EQ(endless.hours, 0) << minutes;
    EXPECT_EQ(describe(endless.cpu), "0.25/0/?") << minutes;
  }
}

TEST(Usage, MembersInAnyOrder) {
  auto members = row().set("gpuHours", "2").set("gpuAllocation", kNoGpus);
  const std::string expected = everything(decode(answer(keyed(members))));
  std::mt19937 random(20261003);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(members.list().begin(), members.list().end(), random);
    EXPECT_EQ(everything(decode(answer(keyed(members)))), expected) << members.text();
  }
}

// Whatever stands there, in whatever pieces it comes: no money is lost and nothing absurd is read.
TEST(Usage, OfAnyValuesCutAnywhere) {
  std::mt19937 random(11);
  const std::string_view members[] = {"cpuCoreRequestAverage", "cpuCoreUsageAverage",
                                      "ramByteRequestAverage", "ramByteUsageAverage",
                                      "gpuRequestAverage",     "gpuUsageAverage",
                                      "gpuAllocation"};
  constexpr std::string_view kUsing = R"({"gpuUsageAverage":1,"x":[2]})";
  const std::string_view values[] = {"0",  "null",  "-1",    "0.5",  "1e7", "\"x\"", "[{}]",
                                     "{}", "1e400", "1e-20", "true", "64",  kUsing};
  for (int round = 0; round < 200; ++round) {
    std::string rows;
    for (int i = 0; i < 5; ++i) {
      auto members_of = row(fmt::format("web-{}", i)).set("gpuHours", i % 2 == 0 ? "0" : "1");
      for (int n = 0; n < 4; ++n) {
        members_of.set(members[random() % std::size(members)],
                       values[random() % std::size(values)]);
      }
      rows += (i > 0 ? "," : "") + keyed(pod_key(fmt::format("web-{}", i)), members_of);
    }
    const auto whole = decode(answer(rows));
    ASSERT_TRUE(whole.has_value()) << describe(whole);
    ASSERT_EQ(whole->table->rows.size(), 5u) << rows;
    EXPECT_EQ(unsound(*whole, Query::current), "") << rows;
    for (const auto& row : whole->table->rows) EXPECT_EQ(row.costs.total(), Cost{1'000'000});
    Asking pieces;
    pieces.chunk = 1 + random() % 200;
    EXPECT_EQ(everything(decode(answer(rows), pieces)), everything(whole)) << rows;
  }
}

}  // namespace
}  // namespace exporter::opencost
