// Flags before environment before file before default.
#include <cstdio>
#include <fstream>

#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Precedence, IsFlagEnvironmentFileDefault) {
  const std::string file = kOne + "log: {level: error}\n";
  const Variables environment = {{"OPENCOST_EXPORTER_LOG_LEVEL", "warn"}};
  EXPECT_EQ(good(kOne).log.level, log::Level::info);
  EXPECT_EQ(good(file).log.level, log::Level::error);
  EXPECT_EQ(good(file, environment).log.level, log::Level::warn);
  EXPECT_EQ(good(file, environment, {{"log.level", "debug"}}).log.level, log::Level::debug);
}

TEST(Precedence, ReplacesAListAsAWhole) {
  const std::string file = kOne + "web: {listen_addresses: [\":1\", \":2\"]}\n";
  const Variables environment = {{"OPENCOST_EXPORTER_WEB_LISTEN_ADDRESSES", ":3, :4"}};
  EXPECT_THAT(good(kOne).web.listen_addresses, ElementsAre(":9754"));
  EXPECT_THAT(good(file).web.listen_addresses, ElementsAre(":1", ":2"));
  EXPECT_THAT(good(file, environment).web.listen_addresses, ElementsAre(":3", ":4"));
  EXPECT_THAT(good(file, environment, {{"web.listen_addresses", ":5"}}).web.listen_addresses,
              ElementsAre(":5"));
}

TEST(Environment, HasAVariableForEveryKeyOutsideLists) {
  const Config config = good(kOne, {{"OPENCOST_EXPORTER_CURRENCY_CODE", "EUR"},
                                    {"OPENCOST_EXPORTER_CURRENCY_RATE", "0.9"},
                                    {"OPENCOST_EXPORTER_CALENDAR_UTC_OFFSET", "+02:00"},
                                    {"OPENCOST_EXPORTER_POLL_CURRENT", "6m"},
                                    {"OPENCOST_EXPORTER_POLL_ASSETS", "16m"},
                                    {"OPENCOST_EXPORTER_POLL_TODAY", "31m"},
                                    {"OPENCOST_EXPORTER_POLL_SETTLE", "11m"},
                                    {"OPENCOST_EXPORTER_POLL_MAX_AGE", "17m"},
                                    {"OPENCOST_EXPORTER_POLL_RETRIES", "1"},
                                    {"OPENCOST_EXPORTER_POLL_MAX_ANSWER_BYTES", "1GiB"},
                                    {"OPENCOST_EXPORTER_LEDGER_PATH", "/l, m.db"},
                                    {"OPENCOST_EXPORTER_LEDGER_KEEP_DAYS", "100"},
                                    {"OPENCOST_EXPORTER_LEDGER_BACKFILL_DAYS", "99"},
                                    {"OPENCOST_EXPORTER_SHARED_NAMESPACES", "kube-system, m*"},
                                    {"OPENCOST_EXPORTER_SHARED_MONTHLY_AMOUNTS", "a=1.5, b c = 2"},
                                    {"OPENCOST_EXPORTER_SHARED_IDLE", "true"},
                                    {"OPENCOST_EXPORTER_SHARED_SPLIT", "weighted"},
                                    {"OPENCOST_EXPORTER_SHARED_OVER", "namespaces"},
                                    {"OPENCOST_EXPORTER_SHARED_WEIGHTS", "a=0,b=2"},
                                    {"OPENCOST_EXPORTER_SAVINGS_TARGET_CPU_UTILISATION", "0.5"},
                                    {"OPENCOST_EXPORTER_SAVINGS_TARGET_MEMORY_UTILISATION", "1"},
                                    {"OPENCOST_EXPORTER_SAVINGS_MINIMUM_CPU_CORES", "0.1"},
                                    {"OPENCOST_EXPORTER_SAVINGS_MINIMUM_MEMORY_BYTES", "64MiB"},
                                    {"OPENCOST_EXPORTER_SAVINGS_HEADROOM", "0"},
                                    {"OPENCOST_EXPORTER_SAVINGS_IDLE_BELOW", "0.1"},
                                    {"OPENCOST_EXPORTER_SAVINGS_IDLE_FOR", "2h"},
                                    {"OPENCOST_EXPORTER_SAVINGS_MINIMUM_OBSERVATION", "3h"},
                                    {"OPENCOST_EXPORTER_SAVINGS_MINIMUM_PER_MONTH", "5"},
                                    {"OPENCOST_EXPORTER_SAVINGS_HIGH_PER_MONTH", "50"},
                                    {"OPENCOST_EXPORTER_SAVINGS_MEDIUM_PER_MONTH", "20"},
                                    {"OPENCOST_EXPORTER_SAVINGS_HIGH_SHARE", "1"},
                                    {"OPENCOST_EXPORTER_SAVINGS_MEDIUM_SHARE", "0.5"},
                                    {"OPENCOST_EXPORTER_METRICS_LABELS", "team,app"},
                                    {"OPENCOST_EXPORTER_METRICS_MAX_SERIES", "5000"},
                                    {"OPENCOST_EXPORTER_METRICS_MAX_FAMILY_SERIES", "500"},
                                    {"OPENCOST_EXPORTER_METRICS_PODS", "false"},
                                    {"OPENCOST_EXPORTER_METRICS_WORKLOADS", "false"},
                                    {"OPENCOST_EXPORTER_WEB_LISTEN_ADDRESSES", "[::1]:1,:2"},
                                    {"OPENCOST_EXPORTER_WEB_TELEMETRY_PATH", "/m"},
                                    {"OPENCOST_EXPORTER_LOG_LEVEL", "warn"},
                                    {"OPENCOST_EXPORTER_LOG_FORMAT", "json"}});
  const Config same = good(kOne + R"(
currency: {code: EUR, rate: 0.9}
calendar: {utc_offset: +02:00}
ledger: {path: "/l, m.db", keep_days: 100, backfill_days: 99}
poll: {current: 6m, assets: 16m, today: 31m, settle: 11m, max_age: 17m, retries: 1, max_answer_bytes: 1GiB}
shared: {namespaces: [kube-system, m*], monthly_amounts: {a: 1.5, b c: 2}, idle: true, split: weighted, over: namespaces, weights: {a: 0, b: 2}}
savings:
  {target_cpu_utilisation: 0.5, target_memory_utilisation: 1, minimum_cpu_cores: 0.1, minimum_memory_bytes: 64MiB,
   headroom: 0, idle_below: 0.1, idle_for: 2h, minimum_observation: 3h, minimum_per_month: 5, high_per_month: 50,
   medium_per_month: 20, high_share: 1, medium_share: 0.5}
metrics: {pods: false, workloads: false, labels: [team, app], max_series: 5000, max_family_series: 500}
web: {listen_addresses: ["[::1]:1", ":2"], telemetry_path: /m}
log: {level: warn, format: json}
)");
  EXPECT_EQ(config, same);
  EXPECT_EQ(config.shared.weights.size(), 2u);
  EXPECT_EQ(config.savings.medium_share, 0.5);
  EXPECT_EQ(config.metrics.max_family_series, 500u);
}

TEST(Environment, ReplacesAMapAsAWhole) {
  const std::string file = kOne + "shared: {split: weighted, weights: {a: 1, b: 2}}\n";
  EXPECT_THAT(good(file, {{"OPENCOST_EXPORTER_SHARED_WEIGHTS", "b=3,c=4"}}).shared.weights,
              ElementsAre(testing::Pair("b", 3), testing::Pair("c", 4)));
}

TEST(Environment, IsWhereAFaultOfItsMapStands) {
  const auto check = [](const std::string& text, std::string_view message) {
    SCOPED_TRACE(text);
    EXPECT_THAT(faults(kOne + "shared: {monthly_amounts: {a: 1}}\n",
                       {{"OPENCOST_EXPORTER_SHARED_MONTHLY_AMOUNTS", text}}),
                ElementsAre("environment OPENCOST_EXPORTER_SHARED_MONTHLY_AMOUNTS: " +
                            std::string(message)));
  };
  check("support",
        "\"support\" is not a name and a value; write them as name=value, with commas between "
        "several");
  check("a=1,,b=2",
        "\"\" is not a name and a value; write them as name=value, with commas between several");
  check("{a: 1}",
        "\"{a: 1}\" is not a name and a value; write them as name=value, with commas between "
        "several");
  check("a=", "\"\" is not a number; write one such as 300");
  check("a=1=2", "\"1=2\" is not a number; write one such as 300");
  check("=1", "is empty; write a name or leave the key out");
  check("a=1,a=2", "\"a\" stands twice; leave one out");
  check("a=2e12",
        "is 2e+12 before currency.rate, which is more than anybody spends; write at most 1e+12");
}

TEST(Environment, NeedsNoFile) {
  const Config config =
      good("", {{"OPENCOST_URL", "http://opencost:9003/"}, {"OPENCOST_TIMEOUT", "90"}});
  ASSERT_EQ(config.clusters.size(), 1u);
  EXPECT_EQ(config.clusters[0].url, "http://opencost:9003");
  EXPECT_EQ(config.clusters[0].name, "opencost:9003");
  EXPECT_FALSE(config.clusters[0].named);
  EXPECT_EQ(config.clusters[0].http.timeout, std::chrono::seconds(90));
}

TEST(Environment, SpeaksOfTheOnlyCluster) {
  const Variables environment = {{"OPENCOST_URL", "http://other"}, {"OPENCOST_TIMEOUT", "3m"}};
  const Config config = good("clusters: [{url: \"http://a\", name: n, timeout: 1m}]", environment);
  ASSERT_EQ(config.clusters.size(), 1u);
  EXPECT_EQ(config.clusters[0].url, "http://other");
  EXPECT_EQ(config.clusters[0].name, "n");
  EXPECT_EQ(config.clusters[0].http.timeout, std::chrono::minutes(3));
  EXPECT_EQ(good("clusters: [{name: n}]", environment).clusters.at(0).url, "http://other");

  EXPECT_THAT(faults("clusters: [{url: \"http://a\"}, {url: \"http://b\"}]", environment),
              ElementsAre("environment OPENCOST_URL: the file has 2 clusters, so it is not clear "
                          "which one is meant; write clusters[].url there",
                          "environment OPENCOST_TIMEOUT: the file has 2 clusters, so it is not "
                          "clear which one is meant; write clusters[].timeout there"));
}

TEST(Environment, HasTheShortNamesPeopleUse) {
  EXPECT_EQ(good(kOne, {{"CACHE_TTL", "600"}}).max_age, std::chrono::seconds(600));
  EXPECT_EQ(good(kOne, {{"CACHE_TTL", "20m"}}).max_age, std::chrono::minutes(20));
  EXPECT_EQ(good(kOne, {{"LOG_LEVEL", "WARNING"}}).log.level, log::Level::warn);
  EXPECT_EQ(good(kOne, {{"DEBUG", "1"}, {"LOG_LEVEL", "error"}}).log.level, log::Level::debug);
  EXPECT_EQ(good(kOne, {{"DEBUG", "false"}, {"LOG_LEVEL", "error"}}).log.level, log::Level::error);

  const auto address = [](const Variables& environment) {
    return good(kOne, environment).web.listen_addresses;
  };
  EXPECT_THAT(address({{"PORT", "8080"}}), ElementsAre(":8080"));
  EXPECT_THAT(address({{"HOST", "127.0.0.1"}}), ElementsAre("127.0.0.1:9754"));
  EXPECT_THAT(address({{"HOST", "0.0.0.0"}, {"PORT", "80"}}), ElementsAre("0.0.0.0:80"));
  EXPECT_THAT(address({{"HOST", "::1"}, {"PORT", "80"}}), ElementsAre("[::1]:80"));
  EXPECT_THAT(address({{"HOST", "[::1]"}}), ElementsAre("[::1]:9754"));
}

TEST(Environment, PrefersTheLongName) {
  const Config config = good(kOne, {{"CACHE_TTL", "600"},
                                    {"OPENCOST_EXPORTER_POLL_MAX_AGE", "30m"},
                                    {"DEBUG", "true"},
                                    {"OPENCOST_EXPORTER_LOG_LEVEL", "error"},
                                    {"PORT", "1"},
                                    {"OPENCOST_EXPORTER_WEB_LISTEN_ADDRESSES", ":2"}});
  EXPECT_EQ(config.max_age, std::chrono::minutes(30));
  EXPECT_EQ(config.log.level, log::Level::error);
  EXPECT_THAT(config.web.listen_addresses, ElementsAre(":2"));
}

TEST(Environment, CountsAnEmptyVariableAsNotSet) {
  EXPECT_EQ(good(kOne, {{"OPENCOST_URL", ""},
                        {"CACHE_TTL", ""},
                        {"PORT", ""},
                        {"DEBUG", ""},
                        {"OPENCOST_EXPORTER_POLL_CURRENT", ""}}),
            good(kOne));
}

TEST(Environment, LeavesWhatKubernetesSetsAlone) {
  EXPECT_EQ(good(kOne, {{"OPENCOST_EXPORTER_PORT", "tcp://10.0.0.1:9754"},
                        {"OPENCOST_EXPORTER_SERVICE_HOST", "10.0.0.1"},
                        {"OPENCOST_PORT", "tcp://10.0.0.2:9003"}}),
            good(kOne));
}

TEST(BadEnvironment, NamesTheVariable) {
  const auto check = [](const Variables& environment, std::string_view message) {
    SCOPED_TRACE(environment.begin()->first);
    EXPECT_THAT(faults(kOne, environment), ElementsAre(message));
  };

  check({{"OPENCOST_URL", "opencost"}},
        "environment OPENCOST_URL: \"opencost\" does not begin with http:// or https://; write "
        "http://opencost.opencost:9003");
  check({{"OPENCOST_TIMEOUT", "soon"}},
        "environment OPENCOST_TIMEOUT: \"soon\" is not a duration; write it as 90s, 5m, 2m30s, 1h "
        "or 1d");
  check({{"OPENCOST_TIMEOUT", "0"}},
        "environment OPENCOST_TIMEOUT: \"0s\" is no time at all; write a longer one, such as 2m");
  check({{"CACHE_TTL", "60"}},
        "environment CACHE_TTL: 1m is shorter than poll.current, 5m; write 5m or more");
  check(
      {{"LOG_LEVEL", "trace"}},
      "environment LOG_LEVEL: \"trace\" is not one of debug, info, warn, error; write one of them");
  check({{"DEBUG", "app:*"}},
        "environment DEBUG: \"app:*\" is neither true nor false; write one of them");
  check({{"PORT", "tcp"}},
        "environment PORT: \":tcp\" has a port that is not a number from 0 to 65535; write :9754 "
        "or 127.0.0.1:9754");
  check({{"HOST", "a b"}},
        "environment HOST: \"a b:9754\" has a host that is neither a name nor an address; write "
        ":9754 or 127.0.0.1:9754");
  check({{"OPENCOST_EXPORTER_POLL_CURRENT", "1s"}},
        "environment OPENCOST_EXPORTER_POLL_CURRENT: \"1s\" is shorter than 1m; write 1m or more");
  check({{"OPENCOST_EXPORTER_POLL_CURRENT", "1h"}},
        "environment OPENCOST_EXPORTER_POLL_CURRENT: 1h is longer than poll.max_age, 15m by "
        "default; set poll.max_age to 1h or more");
  check({{"OPENCOST_EXPORTER_WEB_LISTEN_ADDRESSES", ":1,,:2"}},
        "environment OPENCOST_EXPORTER_WEB_LISTEN_ADDRESSES: \"\" has no port; write :9754 or "
        "127.0.0.1:9754");
  check({{"OPENCOST_EXPORTER_CALENDAR_UTC_OFFSET", "Europe/Berlin"}},
        "environment OPENCOST_EXPORTER_CALENDAR_UTC_OFFSET: \"Europe/Berlin\" is not an offset; "
        "write hours and minutes as +02:00 or -05:30");
  check({{"OPENCOST_EXPORTER_LEDGER_PATH", "/l\n.db"}},
        "environment OPENCOST_EXPORTER_LEDGER_PATH: holds a control character; write the path of a "
        "file");
  check({{"OPENCOST_EXPORTER_LEDGER_KEEP_DAYS", "61"}},
        "environment OPENCOST_EXPORTER_LEDGER_KEEP_DAYS: \"61\" is not a whole number from 62 to "
        "3660; write one");
  check(
      {{"OPENCOST_EXPORTER_LEDGER_BACKFILL_DAYS", "401"}},
      "environment OPENCOST_EXPORTER_LEDGER_BACKFILL_DAYS: 401 is more than ledger.keep_days, 400 "
      "by default; write 400 or less, or keep more");
  check({{"OPENCOST_EXPORTER_CURRENCY_CODE", "\xff\xff\xff"}},
        "environment OPENCOST_EXPORTER_CURRENCY_CODE: \"\\xff\\xff\\xff\" is not a currency code; "
        "write 3 to 10 letters, such as EUR");
}

TEST(BadFlag, NamesTheFlag) {
  const auto check = [](const std::map<std::string, std::string>& flags, std::string_view message) {
    EXPECT_THAT(faults(kOne, {}, flags), ElementsAre(message));
  };

  check({{"log.level", "loud"}},
        "flag --log.level: \"loud\" is not one of debug, info, warn, error; write one of them");
  check({{"log.format", ""}},
        "flag --log.format: \"\" is not one of logfmt, json; write one of them");
  check({{"web.telemetry_path", "x"}},
        "flag --web.telemetry-path: \"x\" does not begin with a slash; write /metrics");
  check({{"web.listen_addresses", ":1,x"}},
        "flag --web.listen-address: \"x\" has no port; write :9754 or 127.0.0.1:9754");
}

TEST(Secrets, AreInNoFault) {
  const std::string secret = "hunter2";
  for (const std::string url :
       {"http://user:hunter2@a", "http://hunter2@a", "http://user:hunter2@", "ftp://user:hunter2@a",
        "user:hunter2@a:9003", "http://user:hun/hunter2@a", "http://user:@hunter2@a:9003",
        "http://user:p?hunter2@a", "http://user:p#hunter2@a", "http://a?token=hunter2",
        "http://a:b?token=hunter2", "http://a/#hunter2", "http://us er:hunter2@a:99999"}) {
    SCOPED_TRACE(url);
    Faults all = faults("", {{"OPENCOST_URL", url}});
    for (std::string yaml : {R"(clusters: [{url: "URL"}])", R"(clusters: [{url: URL}])",
                             R"(clusters: ["URL"])", R"(clusters: [{"URL": 1}])",
                             R"(clusters: "URL")", R"(clusters: [{url: "http://a", auth: "URL"}])",
                             R"(clusters: [{url: "http://a", auth: {basic: {password: "URL"}}}])",
                             R"(clusters: [{url: "http://a", auth: {header_files: {"URL": /a}}}])",
                             R"(clusters: [{url: "http://a", name: "URL\n"}])",
                             R"(web: {listen_addresses: ["URL"]})"}) {
      yaml.replace(yaml.find("URL"), 3, url);
      const Faults more = faults(yaml);
      EXPECT_FALSE(more.empty()) << yaml;
      all.insert(all.end(), more.begin(), more.end());
    }
    ASSERT_GE(all.size(), 10u);
    for (const std::string& fault : all) EXPECT_EQ(fault.find(secret), std::string::npos) << fault;
  }
}

class Loaded : public testing::Test {
 protected:
  ~Loaded() override { std::remove(path_.c_str()); }

  Invocation given(const std::string& yaml) {
    std::ofstream(path_) << yaml;
    Invocation invocation;
    invocation.config_file = path_;
    return invocation;
  }

  const std::string path_ = testing::TempDir() + "load_test.yaml";
};

TEST_F(Loaded, ComesFromFileEnvironmentAndFlags) {
  Invocation invocation = given(kOne);
  invocation.flags["log.level"] = "debug";
  const auto config = load(invocation, variables({{"PORT", "0"}}));
  ASSERT_TRUE(config) << testing::PrintToString(config.error());
  EXPECT_EQ(config->clusters.at(0).url, "http://opencost:9003");
  EXPECT_EQ(config->log.level, log::Level::debug);
  EXPECT_THAT(config->web.listen_addresses, ElementsAre(":0"));
}

TEST_F(Loaded, NamesTheFileInFaults) {
  const auto config = load(given(kOne + "x: 1\n"), variables({}));
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error(),
              ElementsAre(path_ + ":2: x: is not a setting; known here are api, budgets, calendar, "
                                  "clusters, currency, ledger, log, metrics, policies, poll, "
                                  "savings, shared, tenants, web"));
}

TEST_F(Loaded, NeedsAFileThatCanBeRead) {
  Invocation invocation;
  invocation.config_file = "/nonexistent/c.yaml";
  EXPECT_THAT(
      load(invocation, variables({})).error(),
      ElementsAre(
          "/nonexistent/c.yaml: cannot be read: No such file or directory; check --config.file"));
  invocation.config_file = testing::TempDir();
  EXPECT_THAT(
      load(invocation, variables({})).error(),
      ElementsAre(testing::TempDir() + ": cannot be read: Is a directory; check --config.file"));
  invocation.config_file = "/dev/zero";
  EXPECT_THAT(load(invocation, variables({})).error(),
              ElementsAre("/dev/zero: is longer than 1 MiB; no configuration is"));
}

TEST_F(Loaded, NeedsAClusterUnlessThereIsOneAnyway) {
  const auto check = [](const Invocation& given) {
    const auto config = load(given, variables({}));
    return config ? Faults{} : config.error();
  };
  constexpr std::string_view kMissing =
      "clusters: is missing; write clusters: [{url: \"http://opencost.opencost:9003\"}] or set "
      "OPENCOST_URL";
  Invocation invocation;
  EXPECT_THAT(check(invocation), ElementsAre(kMissing));
  invocation.command = Command::check_config;
  EXPECT_THAT(check(invocation), ElementsAre(kMissing));
  invocation.command = Command::demo;
  EXPECT_THAT(check(invocation), IsEmpty());
  Invocation replay;
  replay.replay_directory = "/recordings";
  EXPECT_THAT(check(replay), IsEmpty());
}

TEST(ProcessEnvironment, TellsSetFromUnset) {
  const Environment environment = process_environment();
  EXPECT_TRUE(environment("PATH"));
  EXPECT_FALSE(environment("OPENCOST_EXPORTER_NO_SUCH_VARIABLE"));
}

}  // namespace
}  // namespace exporter::config
