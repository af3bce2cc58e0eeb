// The same bill in the shapes of many versions, and what each amount turns into.
#include <gtest/gtest.h>

#include <random>

#include "tests/opencost/answers.h"

namespace exporter::opencost {
namespace {

const std::string kOne =
    "workload prod|shop|web-1|deployment|web|n1 500000 250000 125000 60000 30000 20000 10000 5000 "
    "=1000000\nskipped 0 clamped 0 rejected_total 0.000000";

TEST(Shapes, AmountsBecomeMillionths) { EXPECT_EQ(describe(decode(answer(keyed(row())))), kOne); }

TEST(Shapes, MembersInAnyOrder) {
  auto members = row();
  std::reverse(members.list().begin(), members.list().end());
  EXPECT_EQ(describe(decode(answer(keyed(members)))), kOne);
  std::mt19937 random(20261003);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(members.list().begin(), members.list().end(), random);
    EXPECT_EQ(describe(decode(answer(keyed(members)))), kOne) << members.text();
  }
}

TEST(Shapes, EnvelopesInAnyOrder) {
  const std::string set = fmt::format("[{{{}}}]", keyed(row()));
  for (std::string_view envelope :
       {R"({{"code":200,"data":{}}})", R"({{"data":{},"code":200}})",
        R"({{"code":200,"status":"success","data":{}}})",
        R"({{"meta":{{"data":[{{"a":{{}}}}]}},"data":{},"warning":"a","code":200}})",
        R"({{"x":["data"],"y":{{"data":1}},"data":{},"code":200,"z":[[{{}}]]}})",
        R"({{"message":"\"data\":[{{","data":{},"code":200}})",
        R"({{"code":2e2,"code2":500,"data":{}}})"}) {
    SCOPED_TRACE(std::string(envelope));
    const std::string text = fmt::format(fmt::runtime(envelope), set);
    if (envelope.find("2e2") != std::string_view::npos) {
      EXPECT_EQ(describe(decode(text)), "shape: the envelope's `code` is not a whole number");
    } else {
      EXPECT_EQ(describe(decode(text)), kOne);
    }
  }
}

TEST(Shapes, UnknownMembersAreIgnored) {
  auto members = row();
  members.set("costPerTotalCost", "0.5")
      .set("cpuCostBaseline", "\"x\"")
      .set("inferenceCost", R"({"a":[1,{"totalCost":7}],"b":"}]"})")
      .set("totalCostX", "9")
      .set("cpuCos", "9")
      .set("", "9")
      .set(std::string(300, 'u'), "null")
      .set("CPUCOST", "9")
      .set("cpuCost\\u0000", "9");
  EXPECT_EQ(describe(decode(answer(keyed(members)))), kOne);
}

// Which members each version leaves out or adds; see the history of the API.
TEST(Shapes, Versions) {
  const auto v1_109 = row()
                          .drop("rawAllocationOnly")
                          .drop("lbAllocations")
                          .set("pvs", "{}")
                          .set("gpuRequestAverage", "0")
                          .set("gpuUsageAverage", "0")
                          .set("proportionalAssetResourceCosts", "{}");
  const auto v1_112 = row().set("cpuCostIdle", "0").set("ramCostIdle", "0").set("gpuCostIdle", "0");
  const auto v1_121 =
      row()
          .set("gpuAllocation",
               R"({"isGPUShared":null,"gpuUsageAverage":null,"gpuRequestAverage":0})")
          .set("networkNatGatewayEgressCost", "0.01")
          .set("cpuCoreLimitAverage", "2")
          .set("pvs", R"({"cluster=prod:name=pvc-1":{"byteHours":1.5e9,"cost":0.06}})");
  for (const auto& members : {v1_109, v1_112, v1_121}) {
    EXPECT_EQ(describe(decode(answer(keyed(members)))), kOne) << members.text();
  }
}

TEST(Shapes, AbsentMembersAreZeroExceptTheTotal) {
  Members least;
  least.set("totalCost", "1");
  EXPECT_EQ(describe(decode(answer(keyed("c/n/p", least)))),
            "workload c|n|p||| 0 0 0 0 0 0 0 0 =1000000\n"
            "skipped 0 clamped 0 rejected_total 0.000000");
}

TEST(Shapes, PrettyPrintedIsTheSame) {
  std::string pretty;
  bool in_string = false;
  const std::string compact = answer(keyed(row()));
  for (std::size_t i = 0; i < compact.size(); ++i) {
    if (compact[i] == '"' && compact[i - 1] != '\\') in_string = !in_string;
    const bool sign =
        !in_string && std::string_view("{}[],:").find(compact[i]) != std::string::npos;
    if (sign) pretty += " \r\n\t";
    pretty += compact[i];
    if (sign) pretty += "\n    ";
  }
  EXPECT_EQ(describe(decode("\n\n" + pretty)), kOne);
}

TEST(Shapes, WhiteSpaceBeforeTheSetOfAnyLength) {
  for (std::size_t spaces : {1u, 54u, 62u, 63u, 64u, 65u, 200u, 5000u}) {
    const std::string gap(spaces, ' ');
    const std::string text =
        fmt::format("{{\"code\":200,\"data\"{0}:{0}[{0}{{{1}}}]}}", gap, keyed(row()));
    for (std::size_t chunk : {std::string::npos, std::size_t{1}, std::size_t{64}}) {
      Asking asking;
      asking.chunk = chunk;
      EXPECT_EQ(describe(decode(text, asking)), kOne) << spaces << " spaces, chunks of " << chunk;
    }
  }
}

TEST(Shapes, NumbersAsOpenCostPrintsThem) {
  const auto micros = [](std::string_view json) {
    const auto result = decode(answer(keyed(row().set("cpuCost", json))));
    return result ? result->table->rows[0].costs[model::Resource::cpu].micros : -1;
  };
  EXPECT_EQ(micros("-0.000000"), 0);
  EXPECT_EQ(micros("-0"), 0);
  EXPECT_EQ(micros("0"), 0);
  EXPECT_EQ(micros("7"), 7'000'000);
  EXPECT_EQ(micros("1e-05"), 10);
  EXPECT_EQ(micros("1.5E+2"), 150'000'000);
  EXPECT_EQ(micros("1e-400"), 0);
  EXPECT_EQ(micros("0.0000005"), 1);
  EXPECT_EQ(micros("0.00000049"), 0);
  EXPECT_EQ(micros("-0.0001"), 0) << "rounding below zero is zero";
  EXPECT_EQ(micros("999999.999999"), 999'999'999'999);
}

TEST(Shapes, AdjustmentsAreAddedAndMayBeNegative) {
  const auto result = decode(answer(keyed(row()
                                              .set("cpuCostAdjustment", "-0.1")
                                              .set("ramCostAdjustment", "0.01")
                                              .set("gpuCostAdjustment", "-1")
                                              .set("pvCostAdjustment", "0.001")
                                              .set("networkCostAdjustment", "-0.03")
                                              .set("loadBalancerCostAdjustment", "0.1"))));
  ASSERT_TRUE(result.has_value());
  const auto& costs = result->table->rows[0].costs;
  EXPECT_EQ(describe(result->table->rows[0]),
            "workload prod|shop|web-1|deployment|web|n1 400000 260000 -875000 61000 0 120000 10000 "
            "5000 =1000000");
  EXPECT_EQ(costs.total().micros, -19'000);
}

TEST(Shapes, PodsThatHaveJustBeenBorn) {
  auto unborn = row("new").set("minutes", "0");
  for (auto& [name, value] : unborn.list()) {
    if (name.ends_with("Cost")) value = "0";
  }
  for (std::string_view minutes : {"0", "-0.000000", "-3"}) {
    unborn.set("minutes", minutes);
    EXPECT_EQ(describe(decode(answer(keyed("k", unborn) + "," + keyed(row())))),
              kOne.substr(0, kOne.find('\n')) + "\nskipped 1 clamped 0 rejected_total 0.000000");
  }
  unborn.set("minutes", "0.000001");
  EXPECT_EQ(decode(answer(keyed("k", unborn)))->table->rows.size(), 1u);
}

TEST(Shapes, IdleBelowZeroIsSetToZero) {
  const auto idle = [](std::string_view cpu, std::string_view ram) {
    return describe(decode(answer(keyed(row()) + "," +
                                  keyed("__idle__", Members()
                                                        .set("properties", R"({"cluster":"prod"})")
                                                        .set("minutes", "60")
                                                        .set("cpuCost", cpu)
                                                        .set("ramCost", ram)
                                                        .set("totalCost", "-186.571")))));
  };
  const auto rest = kOne.substr(0, kOne.find('\n'));
  EXPECT_EQ(idle("-190.5", "4"), "idle prod||||| 0 4000000 0 0 0 0 0 0 =-186571000\n" + rest +
                                     "\nskipped 0 clamped 1 rejected_total 0.000000");
  EXPECT_EQ(idle("-0.0001", "4"), "idle prod||||| 0 4000000 0 0 0 0 0 0 =-186571000\n" + rest +
                                      "\nskipped 0 clamped 0 rejected_total 0.000000");
}

}  // namespace
}  // namespace exporter::opencost
