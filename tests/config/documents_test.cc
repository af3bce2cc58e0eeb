// The pages in docs/ that are made from tables say what the tables say.
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/config/reading.h"

namespace exporter::config {
namespace {

std::string file(const std::string& name) {
  std::ifstream in(std::string(EXPORTER_TESTS_DIR) + "/../docs/" + name);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Documents, AreTheFilesOfTheRepository) {
  for (const auto& [name, content] : documents()) {
    EXPECT_TRUE(file(name) == content)
        << "docs/" << name << " is stale; run: build/opencost-exporter print-docs --output docs";
  }
}

TEST(Documents, AreEightPages) {
  std::vector<std::string> names;
  for (const auto& [name, content] : documents()) names.push_back(name);
  EXPECT_THAT(names, testing::ElementsAre("api-reference.md", "cli.md", "configuration.md",
                                          "example-config.yaml", "http.md", "metrics.md",
                                          "openapi.json", "web-config.md"));
}

TEST(Example, IsAConfigurationOfDefaults) {
  Config expected;
  expected.clusters = {{.name = "opencost.opencost:9003",
                        .named = false,
                        .url = "http://opencost.opencost:9003",
                        .alignment = opencost::Alignment::rolling,
                        .http = {}}};
  EXPECT_EQ(good(documents().at("example-config.yaml")), expected);
}

/// Every `#key: value` line without its #, except where the comment above says that there is no
/// default.
std::string uncommented(const std::string& example) {
  std::istringstream in(example);
  std::string out;
  std::string comment;
  for (std::string line; std::getline(in, line);) {
    const auto mark = line.find_first_not_of(' ');
    const bool behind = mark != std::string::npos && line[mark] == '#' && mark + 1 < line.size();
    if (behind && line[mark + 1] == ' ') {
      comment += line.substr(mark + 1);
    } else {
      if (behind && !comment.ends_with("not set]") && !comment.ends_with("required]")) {
        line.erase(mark, 1);
      }
      comment.clear();
    }
    out += line + "\n";
  }
  return out;
}

TEST(Example, SaysTheDefaultsThatAreInForce) {
  const std::string example = documents().at("example-config.yaml");
  const std::string yaml = uncommented(example);
  EXPECT_THAT(yaml, testing::HasSubstr("\n  max_age: 15m\n"));
  EXPECT_THAT(yaml, testing::HasSubstr("\n    timeout: 2m\n"));
  EXPECT_THAT(yaml, testing::HasSubstr("\n  utc_offset: \"+00:00\"\n"));
  EXPECT_THAT(yaml, testing::HasSubstr("\n  #path: /var/lib/"));
  EXPECT_EQ(good(yaml), good(example));
}

TEST(Example, HasAnItemOfEachListBehindItsSigns) {
  std::istringstream in(documents().at("example-config.yaml"));
  std::string yaml;
  for (std::string line; std::getline(in, line);) {
    const auto mark = std::min(line.find('#'), line.size());
    const std::string_view signs = std::string_view(line).substr(mark);
    if (signs.starts_with("#-") || signs.starts_with("#  ")) line.erase(mark, 1).insert(mark, "  ");
    if (signs == "#kubernetes_auth: false") line = "  kubernetes_auth: true";
    yaml += line + "\n";
  }
  EXPECT_THAT(yaml, testing::HasSubstr("\n      #tenant: payments\n"))
      << "which cannot stand beside the labels";
  const Config config = good(yaml);
  EXPECT_THAT(config.budgets, testing::ElementsAre(cost::Budget{.name = "payments",
                                                                .monthly = 12000,
                                                                .cluster = "prod-eu",
                                                                .namespaces = {"payments-*"},
                                                                .labels = {{"team", "payments"}}}));
  EXPECT_THAT(config.tenants,
              testing::ElementsAre(cost::TenantRule{
                  .tenant = "payments",
                  .cluster = "prod-eu",
                  .namespaces = {"payments-*"},
                  .labels = {{"annotation:cost_center", "4711"}, {"team", "payments"}}}));
  EXPECT_THAT(config.policies,
              testing::ElementsAre(cost::Policy{
                  .name = "weekend-dev",
                  .include = {"dev-*"},
                  .exclude = {"*-critical"},
                  .labels = {{"env", "dev"}},
                  .exclude_labels = {{"annotation:example_org_keep", "true"}, {"keep", "*"}}}));
  ASSERT_THAT(config.access.tokens, testing::SizeIs(1));
  EXPECT_EQ(config.access.tokens[0].tenant, "payments");
  EXPECT_TRUE(config.access.tokens[0].expires);
  EXPECT_THAT(config.access.kubernetes.subjects,
              testing::ElementsAre(access::Subject{.user = "system:serviceaccount:payments:*",
                                                   .tenant = "payments"}));
}

TEST(Example, NamesEveryKeyThereIs) {
  const std::string example = documents().at("example-config.yaml");
  const std::string page = documents().at("configuration.md");
  for (const char* key : {"name",           "url",
                          "timeout",        "connect_timeout",
                          "alignment",      "bearer_token_file",
                          "username",       "password_file",
                          "header_files",   "ca_file",
                          "cert_file",      "key_file",
                          "server_name",    "insecure_skip_verify",
                          "monthly",        "cluster",
                          "namespaces",     "labels",
                          "code",           "rate",
                          "utc_offset",     "current",
                          "assets",         "today",
                          "settle",         "max_age",
                          "retries",        "max_answer_bytes",
                          "path",           "keep_days",
                          "backfill_days",  "tenant",
                          "annotations",    "monthly_amounts",
                          "idle",           "split",
                          "over",           "weights",
                          "include",        "exclude",
                          "idle_for",       "minimum_per_hour",
                          "cooldown",       "target_cpu_utilisation",
                          "headroom",       "target_memory_utilisation",
                          "idle_below",     "minimum_cpu_cores",
                          "high_per_month", "minimum_memory_bytes",
                          "high_share",     "minimum_observation",
                          "medium_share",   "minimum_per_month",
                          "max_series",     "medium_per_month",
                          "pods",           "max_family_series",
                          "workloads",      "listen_addresses",
                          "telemetry_path", "level",
                          "format",         "enabled",
                          "docs",           "cors_origins",
                          "tokens",         "kubernetes_subjects",
                          "sha256",         "admin",
                          "expires",        "user",
                          "group",          "requests_per_second",
                          "audiences",      "kubernetes_auth",
                          "token_file",     "config_file"}) {
    SCOPED_TRACE(key);
    EXPECT_THAT(example, testing::HasSubstr(std::string(key) + ":"));
    EXPECT_THAT(page, testing::ContainsRegex("\\." + std::string(key) + "(\\[\\].[a-z0-9]+)?`"));
  }
}

TEST(ConfigurationPage, HasExamplesThatAreTaken) {
  const std::string page = documents().at("configuration.md");
  int examples = 0;
  for (auto at = page.find("```yaml\n"); at != std::string::npos;
       at = page.find("```yaml\n", at + 1)) {
    const auto begin = at + 8;
    good(page.substr(begin, page.find("```", begin) - begin));
    ++examples;
  }
  EXPECT_EQ(examples, 6);
}

TEST(ConfigurationPage, ShowsFaultsAsTheyAre) {
  const std::string page = documents().at("configuration.md");
  const auto shown =
      parse("clusters:\n  - url: http://a\n    timeout: 2 minutes\npoll:\n  curent: 5m\n",
            "config.yaml", variables({{"CACHE_TTL", "60"}}), {{"log.level", "loud"}});
  ASSERT_FALSE(shown);
  for (const std::string& fault : shown.error())
    EXPECT_THAT(page, testing::HasSubstr("\n" + fault + "\n"));
}

TEST(ConfigurationPage, SaysWhatNeedsARestart) {
  const std::string page = documents().at("configuration.md");
  EXPECT_THAT(page, testing::HasSubstr("Changes of `ledger` and `web` need a restart."));
  EXPECT_THAT(page, testing::HasSubstr("and how many. Not changed by a reload."));
}

TEST(WebConfigPage, HasAnExampleWithoutItsFiles) {
  const std::string page = documents().at("web-config.md");
  const auto begin = page.find("```yaml\n") + 8;
  const auto read =
      parse_web_config(page.substr(begin, page.find("```", begin) - begin), "/nowhere/web.yml");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), testing::SizeIs(3));
  EXPECT_THAT(read.error(), testing::Each(testing::HasSubstr("_file: \"/nowhere/")));
}

TEST(WebConfigPage, NamesEveryHeaderOnce) {
  const std::string page = documents().at("web-config.md");
  EXPECT_THAT(page, testing::HasSubstr("\n| `tls_server_config.cert_file` | file |"));
  EXPECT_THAT(page, testing::HasSubstr("\n| `rate_limit.burst` | "));
  EXPECT_THAT(page, testing::HasSubstr("X-XSS-Protection;"));
}

TEST(CommandLinePage, HasBothFlagsOfOneName) {
  const std::string page = documents().at("cli.md");
  EXPECT_THAT(page, testing::HasSubstr("\n| `--output FILE` | "));
  EXPECT_THAT(page, testing::HasSubstr("\n| `--output DIR` | "));
}

TEST(CommandLinePage, HasTheWordsOfExplain) {
  const std::string page = documents().at("cli.md");
  EXPECT_THAT(page, testing::HasSubstr("\n| `explain NAMESPACE [WORKLOAD]` | Ask every"));
  EXPECT_THAT(page, testing::HasSubstr("\n## Words of explain\n"));
  EXPECT_THAT(page, testing::HasSubstr("\n| `NAMESPACE` | Namespace to explain. Required. |\n"));
  EXPECT_THAT(page, testing::HasSubstr("\n| `WORKLOAD` | Its controller, or a pod"));
}

TEST(CommandLinePage, HasTheExitCodes) {
  const std::string page = documents().at("cli.md");
  EXPECT_THAT(page, testing::HasSubstr("\n| 0 | Done"));
  EXPECT_THAT(page, testing::HasSubstr("\n| 1 | Could not start"));
  EXPECT_THAT(page, testing::HasSubstr("\n| 2 | Wrong command line or configuration"));
  EXPECT_THAT(page, testing::HasSubstr("SIGHUP"));
  EXPECT_THAT(page, testing::HasSubstr("SIGTERM"));
}

}  // namespace
}  // namespace exporter::config
