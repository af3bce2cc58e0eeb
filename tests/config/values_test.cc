// Values in the forms they may be written in, and the configuration they become.
#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

TEST(Duration, IsReadInWholeUnitsFromLongToShort) {
  const auto check = [](const std::string& text, milliseconds expected) {
    SCOPED_TRACE(text);
    const Config config = good("clusters: [{url: \"http://a\", timeout: " + text + "}]");
    ASSERT_EQ(config.clusters.size(), 1u);
    EXPECT_EQ(config.clusters[0].http.timeout, expected);
  };

  check("1ms", milliseconds(1));
  check("500ms", milliseconds(500));
  check("90s", milliseconds(90'000));
  check("5m", milliseconds(300'000));
  check("2m30s", milliseconds(150'000));
  check("1h", milliseconds(3'600'000));
  check("1h0m5s", milliseconds(3'605'000));
  check("1d", milliseconds(86'400'000));
  check("1d2h3m4s5ms", milliseconds(93'784'005));
  check("365d", milliseconds(365LL * 86'400'000));
  check("007s", milliseconds(7'000));
  check("\"5m\"", milliseconds(300'000));
}

TEST(Duration, IsNothingElse) {
  const auto check = [](const std::string& text) {
    SCOPED_TRACE(text);
    EXPECT_THAT(faults("clusters: [{url: \"http://a\", timeout: \"" + text + "\"}]"),
                ElementsAre("c.yaml:1: clusters[0].timeout: \"" + text +
                            "\" is not a duration; write it as 90s, 5m, 2m30s, 1h or 1d"));
  };

  for (const char* text : {"",
                           "5",
                           "m",
                           "-5m",
                           "+5m",
                           "5 m",
                           " 5m",
                           "5m ",
                           "1.5h",
                           "5M",
                           "5min",
                           "30s2m",
                           "1m1m",
                           "5m30",
                           "0x5s",
                           "1e3s",
                           "1w",
                           "5\xC2\xB5s",
                           "99999999999999999999s",
                           "inf"}) {
    check(text);
  }
}

TEST(Duration, IsAtMostAYear) {
  for (const char* text :
       {"366d", "8761h", "365d1ms", "18446744073709551615ms", "18446744073709551615d"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(faults("clusters: [{url: \"http://a\", timeout: " + std::string(text) + "}]"),
                ElementsAre("c.yaml:1: clusters[0].timeout: \"" + std::string(text) +
                            "\" is longer than a year; write 365d or less"));
  }
}

TEST(Size, IsReadInBytesAndTheirMultiples) {
  const auto check = [](const std::string& text, std::uint64_t expected) {
    SCOPED_TRACE(text);
    const Config config = good(kOne + "poll: {max_answer_bytes: " + text + "}");
    EXPECT_EQ(config.max_answer_bytes, expected);
    EXPECT_EQ(config.clusters.at(0).http.max_answer_bytes, expected);
  };

  check("1024", 1024);
  check("2000B", 2000);
  check("1KiB", 1024);
  check("10kB", 10'000);
  check("10MB", 10'000'000);
  check("512MiB", 512ull << 20);
  check("1GB", 1'000'000'000);
  check("1GiB", 1ull << 30);
  check("1TiB", 1ull << 40);
}

TEST(Size, IsNothingElse) {
  const auto check = [](const std::string& text, const std::string& message) {
    SCOPED_TRACE(text);
    EXPECT_THAT(faults(kOne + "poll: {max_answer_bytes: \"" + text + "\"}"),
                ElementsAre("c.yaml:2: poll.max_answer_bytes: \"" + text + "\" " + message));
  };

  for (const char* text : {"", "MiB", "-1MiB", "1.5GiB", "1 GiB", "1gib", "1G", "1Mi", "0x400",
                           "1MiBs", "99999999999999999999"}) {
    check(text, "is not a size; write it as 512MiB, 1GiB, 10MB or a number of bytes");
  }
  check("0", "is less than 1KiB; write more");
  check("1023", "is less than 1KiB; write more");
  check("1025GiB", "is more than 1TiB; write less");
  check("18446744073709551615TiB", "is more than 1TiB; write less");
}

TEST(Boolean, IsReadInTheUsualWords) {
  const auto check = [](const std::string& text, bool expected) {
    SCOPED_TRACE(text);
    EXPECT_EQ(good(kOne + "metrics: {pods: " + text + "}").metrics.pods, expected);
  };

  for (const char* yes : {"true", "True", "yes", "on", "1", "\"true\""}) check(yes, true);
  for (const char* no : {"false", "FALSE", "no", "off", "0"}) check(no, false);
}

TEST(Rate, IsAFiniteNumberAboveZero) {
  EXPECT_EQ(good(kOne + "currency: {rate: 0.92}").metrics.currency_rate, 0.92);
  EXPECT_EQ(good(kOne + "currency: {rate: 1e-3}").metrics.currency_rate, 0.001);
  EXPECT_EQ(good(kOne + "currency: {rate: 150}").metrics.currency_rate, 150);
  for (const char* text : {"", "x", "1,5", "nan", "inf", "1e999", "0.5 ", "+1", "0x1p3"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(faults(kOne + "currency: {rate: \"" + text + "\"}"),
                ElementsAre("c.yaml:2: currency.rate: \"" + std::string(text) +
                            "\" is not a number; write one such as 0.92"));
  }
}

TEST(Url, IsKeptWithItsPathAndNamesTheCluster) {
  const auto check = [](const std::string& text, std::string_view url, std::string_view name) {
    SCOPED_TRACE(text);
    const Config config = good("clusters: [{url: \"" + text + "\"}]");
    ASSERT_EQ(config.clusters.size(), 1u);
    EXPECT_EQ(config.clusters[0].url, url);
    EXPECT_EQ(config.clusters[0].name, name);
    EXPECT_FALSE(config.clusters[0].named);
  };

  check("http://opencost.opencost:9003", "http://opencost.opencost:9003", "opencost.opencost:9003");
  check("http://a", "http://a", "a:80");
  check("https://a", "https://a", "a:443");
  check("HTTP://A.Example:9003/", "http://a.example:9003", "a.example:9003");
  check("http://a/model", "http://a/model", "a:80");
  check("http://a:1/Model/x//", "http://a:1/Model/x", "a:1");
  check("https://[::1]", "https://[::1]", "[::1]:443");
  check("http://[FE80::1]:9003/m", "http://[fe80::1]:9003/m", "[fe80::1]:9003");
  check("http://10.0.0.1:65535", "http://10.0.0.1:65535", "10.0.0.1:65535");
  check("http://under_score/%20", "http://under_score/%20", "under_score:80");
}

TEST(File, BecomesAConfiguration) {
  const Config config = good(R"(
clusters:
  - name: prod-eu
    url: https://opencost.example.org/model/
    timeout: 3m
    connect_timeout: 2s
    alignment: hour
    auth:
      basic: {username: me, password_file: /p}
      header_files: {X-Scope-OrgID: /tenant, X-Other: /other}
    tls: {ca_file: /ca, cert_file: /c, key_file: /k, server_name: Other.Example, insecure_skip_verify: true}
  - url: http://b:9003
    auth: {bearer_token_file: /t}
currency: {code: eur, rate: 0.92}
poll: {current: 10m, assets: 20m, today: 1h, settle: 0s, max_age: 1h, retries: 0, max_answer_bytes: 1GiB}
metrics: {pods: false, workloads: no}
web: {listen_addresses: ["127.0.0.1:0", "[::1]:9754"], telemetry_path: /cost}
log: {level: warn, format: json}
)");

  http::Options first;
  first.timeout = std::chrono::minutes(3);
  first.connect_timeout = std::chrono::seconds(2);
  first.max_answer_bytes = 1ull << 30;
  first.auth.basic = http::BasicAuth{.username = "me", .password_file = "/p"};
  first.auth.header_files = {{"X-Scope-OrgID", "/tenant"}, {"X-Other", "/other"}};
  first.tls = {.ca_file = "/ca",
               .cert_file = "/c",
               .key_file = "/k",
               .server_name = "other.example",
               .insecure_skip_verify = true};
  http::Options second;
  second.max_answer_bytes = 1ull << 30;
  second.auth.bearer_token_file = "/t";

  Config expected;
  expected.clusters = {{.name = "prod-eu",
                        .named = true,
                        .url = "https://opencost.example.org/model",
                        .alignment = opencost::Alignment::hour,
                        .http = first},
                       {.name = "b:9003",
                        .named = false,
                        .url = "http://b:9003",
                        .alignment = opencost::Alignment::rolling,
                        .http = second}};
  expected.currency = "EUR";
  expected.metrics.pods = false;
  expected.metrics.workloads = false;
  expected.metrics.currency_rate = 0.92;
  expected.savings.minimum_per_month /= 0.92;
  expected.savings.high_per_month /= 0.92;
  expected.savings.medium_per_month /= 0.92;
  expected.schedule = {.current = std::chrono::minutes(10),
                       .assets = std::chrono::minutes(20),
                       .today = std::chrono::hours(1),
                       .settle = std::chrono::seconds(0)};
  expected.max_age = std::chrono::hours(1);
  expected.retry.retries = 0;
  expected.max_answer_bytes = 1ull << 30;
  expected.web.listen_addresses = {"127.0.0.1:0", "[::1]:9754"};
  expected.web.telemetry_path = "/cost";
  expected.log = {.level = log::Level::warn, .format = log::Format::json};
  EXPECT_EQ(config, expected);
}

TEST(File, NeedsNoMoreThanAUrl) {
  Config expected;
  expected.clusters = {{.name = "opencost:9003",
                        .named = false,
                        .url = "http://opencost:9003",
                        .alignment = opencost::Alignment::rolling,
                        .http = {}}};
  EXPECT_EQ(good(kOne), expected);
  EXPECT_EQ(good("\xEF\xBB\xBF" + kOne), expected) << "with a byte order mark";
  EXPECT_EQ(good("---\r\n" + kOne + "\r\n...\r\n"), expected);
  EXPECT_EQ(good("{\"clusters\":\n  [{\"url\": \"http://opencost:9003\"}]}"), expected)
      << "as JSON";
  EXPECT_EQ(good(kOne + "poll:\nlog: ~\nweb: {}\n"), expected) << "with sections that hold nothing";
}

TEST(File, TakesNamesOfAllScripts) {
  EXPECT_EQ(good("clusters: [{url: \"http://a\", name: \"zürich 東京\"}]").clusters.at(0).name,
            "zürich 東京");
  EXPECT_EQ(good("clusters: [{url: \"http://a\", name: 5}]").clusters.at(0).name, "5");
  EXPECT_EQ(good("clusters: [{url: \"http://a\", name: true}]").clusters.at(0).name, "true");
}

TEST(File, TakesAuthorizationFromAHeaderFileAlone) {
  const Config config =
      good("clusters: [{url: \"http://a\", auth: {header_files: {Authorization: /a}}}]");
  EXPECT_THAT(config.clusters.at(0).http.auth.header_files,
              ElementsAre(std::pair<std::string, std::string>("Authorization", "/a")));
}

}  // namespace
}  // namespace exporter::config
