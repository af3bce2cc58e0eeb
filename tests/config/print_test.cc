#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::HasSubstr;
using testing::Not;

void reads_back(const Config& config) {
  const std::string yaml = print(config);
  SCOPED_TRACE(yaml);
  const auto again = read(yaml);
  ASSERT_TRUE(again) << testing::PrintToString(again.error());
  EXPECT_EQ(*again, config);
  EXPECT_EQ(print(*again), yaml);
}

TEST(Print, ShowsEveryKeyInForce) {
  EXPECT_EQ(print(good(kOne)), R"(clusters:
  - url: "http://opencost:9003"
    timeout: 2m
    connect_timeout: 5s
    alignment: rolling
    tls:
      insecure_skip_verify: false
currency:
  code: USD
  rate: 1
poll:
  current: 5m
  assets: 15m
  today: 30m
  settle: 10m
  max_age: 15m
  retries: 3
  max_answer_bytes: 512MiB
metrics:
  pods: true
  workloads: true
web:
  listen_addresses:
    - ":9754"
  telemetry_path: /metrics
log:
  level: info
  format: logfmt
)");
}

TEST(Print, IsReadBackAsTheSame) {
  reads_back(good(kOne));
  reads_back(good("", {{"OPENCOST_URL", "https://[::1]/model"}, {"OPENCOST_TIMEOUT", "1500ms"}}));
  reads_back(good(R"(
clusters:
  - name: "a: \"b\" \\ #c"
    url: https://a/x
    timeout: 1h1m1s1ms
    alignment: hour
    auth: {basic: {username: "null", password_file: "/with space/'quote'"}, header_files: {X-A: /a, X-B: "~"}}
    tls: {ca_file: /ca, cert_file: /c, key_file: /k, server_name: s, insecure_skip_verify: true}
  - {name: "null", url: "http://b", auth: {bearer_token_file: "- x"}}
  - {name: "5", url: "http://b"}
  - {name: "zürich", url: "http://b"}
  - {url: "http://b"}
currency: {code: EUR, rate: 0.1}
poll: {current: 1m, assets: 61s, today: 1d, settle: 0s, max_age: 365d, retries: 10, max_answer_bytes: 1025}
metrics: {pods: false, workloads: false}
web: {listen_addresses: ["[::1]:0", "localhost:1"], telemetry_path: "/a-b'c"}
log: {level: debug, format: json}
)"));
}

TEST(Print, ShowsFilesOfSecretsOnly) {
  const std::string yaml = print(good(R"(
clusters:
  - {url: "https://a", auth: {basic: {username: me, password_file: /etc/password}}}
  - {url: "https://b", auth: {bearer_token_file: /etc/token, header_files: {X-Key: /etc/key}}}
)"));
  EXPECT_THAT(yaml, HasSubstr("password_file: /etc/password"));
  EXPECT_THAT(yaml, HasSubstr("bearer_token_file: /etc/token"));
  EXPECT_THAT(yaml, HasSubstr("\"X-Key\": /etc/key"));
  EXPECT_THAT(yaml, Not(HasSubstr("password:")));
}

}  // namespace
}  // namespace exporter::config
