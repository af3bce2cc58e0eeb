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
calendar:
  utc_offset: "+00:00"
poll:
  current: 5m
  assets: 15m
  today: 30m
  settle: 10m
  max_age: 15m
  retries: 3
  max_answer_bytes: 512MiB
ledger:
  keep_days: 400
shared:
  idle: false
  split: proportional
  over: namespaces
savings:
  target_cpu_utilisation: 0.65
  target_memory_utilisation: 0.8
  minimum_cpu_cores: 0.01
  minimum_memory_bytes: 32MiB
  headroom: 0.15
  idle_below: 0.05
  idle_for: 1d
  minimum_observation: 1d
  minimum_per_month: 1
  high_per_month: 500
  medium_per_month: 100
  high_share: 0.2
  medium_share: 0.05
metrics:
  pods: true
  workloads: true
  max_series: 200000
  max_family_series: 100000
api:
  enabled: true
  docs: true
  requests_per_second: 20
  kubernetes_auth: false
  kubernetes:
    url: "https://kubernetes.default.svc"
    ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    token_file: /var/run/secrets/kubernetes.io/serviceaccount/token
web:
  listen_addresses:
    - ":9754"
  telemetry_path: /metrics
log:
  level: info
  format: logfmt
)");
}

TEST(Print, ShowsBudgetsAfterPolicies) {
  const std::string yaml = print(good(kOne + R"(
ledger: {path: "/var/lib/a b.db", keep_days: 62, backfill_days: 0}
calendar: {utc_offset: -05:30}
budgets:
  - {name: a, monthly: 0.5}
  - {name: "b: c", monthly: 1e9, cluster: x, namespaces: [b, "*"], labels: {app.kubernetes.io/name: "*-b", "9": "true"}}
)"));
  EXPECT_THAT(yaml, HasSubstr(R"(
calendar:
  utc_offset: "-05:30"
)"));
  EXPECT_THAT(yaml, HasSubstr(R"(
ledger:
  path: "/var/lib/a b.db"
  keep_days: 62
  backfill_days: 0
shared:
)"));
  EXPECT_THAT(yaml, HasSubstr(R"(
  medium_share: 0.05
budgets:
  - name: a
    monthly: 0.5
  - name: "b: c"
    monthly: 1000000000
    cluster: x
    namespaces:
      - b
      - "*"
    labels:
      9: true
      app_kubernetes_io_name: "*-b"
metrics:
)"));
}

TEST(Print, ShowsWhoseCostItIs) {
  const std::string yaml = print(good(kOne + R"(
tenants:
  - {name: "a b", cluster: c, namespaces: [x, "*-y"], labels: {Team: "1.0", app/name: "*"}, annotations: {cost-center: "4711", owner: "me, \"you\" & all"}}
  - {name: rest}
shared: {namespaces: [kube-system], monthly_amounts: {support: 300, "a: b": 0.5}, idle: yes, split: weighted, over: tenants, weights: {rest: 2, "a b": 0}}
policies:
  - {name: p, namespaces: {include: [d-*], exclude: [d-1]}, labels: {env: dev}, exclude: {labels: {keep: "*"}, annotations: {x.org/keep: "true"}}, idle_for: 90m, minimum_per_hour: 0.05, cooldown: 1h}
  - {name: q, exclude: {annotations: {k: v}}}
budgets: [{name: b, monthly: 1, tenant: rest}]
metrics: {labels: [team, app/name]}
)"));
  EXPECT_THAT(yaml, HasSubstr(R"(
tenants:
  - name: "a b"
    cluster: c
    namespaces:
      - x
      - "*-y"
    labels:
      Team: 1.0
      app_name: "*"
    annotations:
      cost_center: 4711
      owner: "me, \"you\" & all"
  - name: rest
shared:
  namespaces:
    - "kube-system"
  monthly_amounts:
    "a: b": 0.5
    support: 300
  idle: true
  split: weighted
  over: tenants
  weights:
    "a b": 0
    rest: 2
savings:
)"));
  EXPECT_THAT(yaml, HasSubstr(R"(
policies:
  - name: p
    namespaces:
      include:
        - "d-*"
      exclude:
        - "d-1"
    labels:
      env: dev
    exclude:
      labels:
        keep: "*"
      annotations:
        x_org_keep: true
    idle_for: 1h30m
    minimum_per_hour: 0.05
    cooldown: 1h
  - name: q
    exclude:
      annotations:
        k: v
    idle_for: 1h
    minimum_per_hour: 0
    cooldown: 0s
budgets:
  - name: b
    monthly: 1
    tenant: rest
metrics:
  pods: true
  workloads: true
  labels:
    - app_name
    - team
)"));
}

TEST(Print, IsReadBackAsTheSame) {
  reads_back(good(kOne));
  reads_back(good("clusters: [{url: \"http://a\", alignment: hour}]"));
  reads_back(good("", {{"OPENCOST_URL", "https://[::1]/model"}, {"OPENCOST_TIMEOUT", "1500ms"}}));
  reads_back(good(R"(
clusters:
  - name: "a: \"b\" \\ #c"
    url: https://a/x
    timeout: 1h1m1s1ms
    alignment: rolling
    auth: {basic: {username: "null", password_file: "/with space/'quote'"}, header_files: {X-A: /a, X-B: "~"}}
    tls: {ca_file: /ca, cert_file: /c, key_file: /k, server_name: s, insecure_skip_verify: true}
  - {name: "null", url: "http://b", auth: {bearer_token_file: "- x"}}
  - {name: "5", url: "http://b"}
  - {name: "zürich", url: "http://b"}
  - {url: "http://b"}
currency: {code: EUR, rate: 0.1}
calendar: {utc_offset: +14:00}
ledger: {path: "- x", keep_days: 3660, backfill_days: 3660}
budgets:
  - {name: "null", monthly: 1e300, cluster: "a: \"b\" \\ #c", namespaces: ["*", "__unallocated__", 0], labels: {a: "*.*"}}
  - {name: "- 5", monthly: 0.1}
  - {name: "*", monthly: 3, labels: {x/y-z: 1.0, "no": "*"}}
poll: {current: 1m, assets: 61s, today: 1d, settle: 0s, max_age: 365d, retries: 10, max_answer_bytes: 1025}
metrics: {pods: false, workloads: false}
api: {enabled: no, docs: no, cors_origins: ["https://a:1"], requests_per_second: 0.1, kubernetes: {url: "http://[::1]:1/x", audiences: ["a, b", "null"]}}
web: {listen_addresses: ["[::1]:0", "localhost:1"], telemetry_path: "/a-b'c", config_file: "- w"}
log: {level: debug, format: json}
)"));
  reads_back(good(R"(
clusters: [{url: "http://b"}]
currency: {rate: 0.3}
tenants:
  - {name: "null", cluster: "a: \"b\"", namespaces: ["*-x", "__unallocated__", 0], labels: {a: "*.*"}, annotations: {a: " ", b-c: "- x", "0": "{\"k\": \"v\\\\\"}"}}
  - {name: "- 5", labels: {x/y-z: 1.0, "no": "*"}}
  - {name: "null", annotations: {a: "zürich #1"}}
shared: {namespaces: ["*"], monthly_amounts: {"null": 0.1, "b # c": 1e11}, idle: on, split: weighted, over: tenants, weights: {"- 5": 0, "null": 1e6, __unallocated__: 0.5}}
savings:
  {target_cpu_utilisation: 1, target_memory_utilisation: 1e-3, minimum_cpu_cores: 0, minimum_memory_bytes: 1025,
   headroom: 0, idle_below: 0.999, idle_for: 0s, minimum_observation: 7d, minimum_per_month: 0, high_per_month: 0.7,
   medium_per_month: 0.7, high_share: 0.3, medium_share: 0}
policies:
  - {name: "p: q", namespaces: {exclude: ["*"]}, exclude: {labels: {a: b}, annotations: {a: b}}, idle_for: 30d, minimum_per_hour: 0.07, cooldown: 1s}
  - {name: x, namespaces: {include: [a]}, labels: {a: b}}
budgets: [{name: t, monthly: 5, tenant: __unallocated__}]
metrics: {labels: [z, A/b], max_series: 10000000, max_family_series: 10000000}
api:
  tokens:
    - {name: "- 1", sha256: 0000000000000000000000000000000000000000000000000000000000000001, tenant: "- 5", expires: 1999-12-31T23:59:59Z}
    - {name: "null", sha256: 1111111111111111111111111111111111111111111111111111111111111111, admin: yes}
  kubernetes_auth: on
  kubernetes_subjects: [{user: "*", tenant: "null"}, {group: "a \"b\"", admin: true}]
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

TEST(SectionsForRestart, AreThoseThatDiffer) {
  const auto after = [](const std::string& yaml) {
    return sections_for_restart(good(kOne), good(kOne + yaml));
  };
  EXPECT_THAT(after(""), testing::IsEmpty());
  EXPECT_THAT(after("log: {level: debug}\ncalendar: {utc_offset: +01:00}\n"
                    "budgets: [{name: a, monthly: 1}]\n"),
              testing::IsEmpty());
  EXPECT_THAT(after("web: {telemetry_path: /m}\n"), testing::ElementsAre("web"));
  EXPECT_THAT(after("ledger: {path: /l.db}\n"), testing::ElementsAre("ledger"));
  EXPECT_THAT(after("ledger: {keep_days: 62}\n"), testing::ElementsAre("ledger"));
  EXPECT_THAT(after("ledger: {backfill_days: 0}\nweb: {listen_addresses: [\":1\"]}\n"),
              testing::ElementsAre("ledger", "web"));
}

}  // namespace
}  // namespace exporter::config
