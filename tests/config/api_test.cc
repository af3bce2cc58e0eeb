// The API's settings: what it offers, and whom it lets in.
#include <fmt/format.h>

#include <cctype>

#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kDigest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string kOther = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
const std::string kTenants = kOne + "tenants: [{name: shop}]\n";

std::string upper_hex(std::string hex) {
  for (char& c : hex) c = static_cast<char>(std::toupper(c));
  return hex;
}

access::Digest digest(const std::string& hex) { return access::parse_digest(hex).value(); }

/// One line in the section, as line 3.
void bad(const std::string& line, const std::string& message) {
  SCOPED_TRACE(line);
  EXPECT_THAT(faults(kOne + "api:\n  " + line + "\n"), ElementsAre("c.yaml:3: api." + message));
}

/// The items of `api.tokens`, the first as line 5.
void bad_tokens(const std::string& items, const std::vector<std::string>& messages) {
  SCOPED_TRACE(items);
  std::vector<std::string> expected;
  expected.reserve(messages.size());
  for (const std::string& message : messages) expected.push_back("c.yaml:" + message);
  EXPECT_THAT(faults(kTenants + "api:\n  tokens:\n" + items), testing::ElementsAreArray(expected));
}

/// One subject, as line 5.
void bad_subject(const std::string& keys, const std::string& message) {
  SCOPED_TRACE(keys);
  EXPECT_THAT(faults(kTenants + "api:\n  kubernetes_subjects:\n    - {" + keys +
                     "}\n  kubernetes_auth: true\n"),
              ElementsAre("c.yaml:5: api.kubernetes_subjects[0]" + message));
}

TEST(Api, HasItsDefaults) {
  const Config config = good(kOne);
  EXPECT_EQ(config.api, api::Options());
  EXPECT_EQ(config.access, access::Options());
  EXPECT_EQ(good(kOne + "api:\n"), config);
  EXPECT_EQ(good(kOne + "api: {tokens: , kubernetes_subjects: []}\n"), config);
}

TEST(Api, TakesEveryKey) {
  const Config config = good(kOne + R"(
api:
  enabled: no
  docs: false
  cors_origins: ["https://Portal.example.org", "http://localhost:3000", "https://[::1]:8443"]
  requests_per_second: 0.5
  kubernetes:
    url: https://10.0.0.1:6443/
    ca_file: /ca
    token_file: /token
    audiences: [opencost-exporter, "https://other"]
)");
  EXPECT_EQ(config.api,
            (api::Options{.enabled = false,
                          .docs = false,
                          .cors_origins = {"https://portal.example.org", "http://localhost:3000",
                                           "https://[::1]:8443"}}));
  access::Options expected;
  expected.requests_per_second = 0.5;
  expected.kubernetes.url = "https://10.0.0.1:6443";
  expected.kubernetes.ca_file = "/ca";
  expected.kubernetes.token_file = "/token";
  expected.kubernetes.audiences = {"opencost-exporter", "https://other"};
  EXPECT_EQ(config.access, expected);
}

TEST(Api, LetsInWhomItsListsName) {
  const Config config = good(kTenants + R"(
api:
  tokens:
    - {name: portal, sha256: )" +
                             kDigest +
                             R"(, tenant: shop, expires: 2027-06-30T00:00:00Z}
    - {name: ops, sha256: ")" +
                             upper_hex(kOther) +
                             R"(", admin: true}
    - {name: both said, sha256: )" +
                             std::string(64, '7') +
                             R"(, tenant: shop, admin: false}
  kubernetes_auth: true
  kubernetes_subjects:
    - {user: "system:serviceaccount:payments:*", tenant: shop}
    - {group: system:masters, admin: true}
)");
  const auto expires = std::chrono::sys_days(std::chrono::year(2027) / 6 / 30);
  EXPECT_THAT(
      config.access.tokens,
      ElementsAre(
          access::Token{
              .name = "portal", .sha256 = digest(kDigest), .tenant = "shop", .expires = expires},
          access::Token{.name = "ops", .sha256 = digest(kOther), .admin = true},
          access::Token{
              .name = "both said", .sha256 = digest(std::string(64, '7')), .tenant = "shop"}));
  EXPECT_TRUE(config.access.kubernetes.enabled);
  EXPECT_THAT(
      config.access.kubernetes.subjects,
      ElementsAre(access::Subject{.user = "system:serviceaccount:payments:*", .tenant = "shop"},
                  access::Subject{.group = "system:masters", .admin = true}));
}

TEST(Api, RefusesWhatIsNoValue) {
  bad("enabled: maybe", "enabled: \"maybe\" is neither true nor false; write one of them");
  bad("docs: 2", "docs: \"2\" is neither true nor false; write one of them");
  bad("enable: true", "enable: is not a setting; did you mean enabled?");
  bad("token: []", "token: is not a setting; did you mean tokens?");
  bad("x: 1",
      "x: is not a setting; known here are cors_origins, docs, enabled, kubernetes, "
      "kubernetes_auth, kubernetes_subjects, requests_per_second, tokens");
  bad("requests_per_second: 0",
      "requests_per_second: \"0\" is not above 0 and at most 10000; write a number such as 20");
  bad("requests_per_second: 10001",
      "requests_per_second: \"10001\" is not above 0 and at most 10000; write a number such as 20");
  bad("requests_per_second: fast",
      "requests_per_second: \"fast\" is not a number; write one such as 20");
  bad("kubernetes: {audience: [a]}",
      "kubernetes.audience: is not a setting; did you mean audiences?");
  bad("kubernetes: {audiences: []}",
      "kubernetes.audiences: is an empty list; write at least one item or remove the key");
  bad("kubernetes: {audiences: [a, a]}",
      "kubernetes.audiences[1]: \"a\" stands twice; leave one out");
  bad("kubernetes: {ca_file: \"\"}",
      "kubernetes.ca_file: is empty; write the path of a file or leave the key out");
  bad("kubernetes: {token_file: \"a\\nb\"}",
      "kubernetes.token_file: holds a control character; write the path of a file");
}

TEST(Api, RefusesWhatIsNoOrigin) {
  const auto origin = [](const std::string& text, const std::string& message) {
    bad("cors_origins: [\"" + text + "\"]", "cors_origins[0]: " + message);
  };
  const std::string star =
      " would let pages read answers that nobody named; write each origin in full, such as "
      "https://portal.example.org";
  origin("*", "\"*\"" + star);
  origin("https://*.example.org", "\"https://*.example.org\"" + star);
  origin("portal.example.org",
         "\"portal.example.org\" does not begin with http:// or https://; write "
         "https://portal.example.org");
  origin("null",
         "\"null\" does not begin with http:// or https://; write https://portal.example.org");
  origin("", "is empty; write https://portal.example.org");
  origin("https://", "\"https://\" has no host; write https://portal.example.org");
  origin("https://a/", "\"https://a/\" has a path, which no origin has; write https://a");
  origin("https://a:8443/x",
         "\"https://a:8443/x\" has a path, which no origin has; write https://a:8443");
  origin("https://a:443",
         "\"https://a:443\" names the port that browsers leave out; write https://a");
  origin("http://a:80", "\"http://a:80\" names the port that browsers leave out; write http://a");
  origin("https://a:x",
         "\"https://a:x\" has a port that is not a number from 1 to 65535; write such a number or "
         "leave the port out");
  origin("https://a?b", "\"https://a?***\" has a query or a fragment; leave it out");
  bad("cors_origins: [\"https://a\", \"https://A\"]",
      "cors_origins[1]: \"https://a\" stands twice; leave one out");
  bad("cors_origins: https://a", "cors_origins: is a value; write a list such as [a, b]");
  bad("cors_origins: []",
      "cors_origins: is an empty list; write at least one item or remove the key");
}

TEST(Api, SendsTokensToNobodyInTheClear) {
  for (const char* url : {"http://127.0.0.1:8001", "http://127.9.9.9", "http://localhost:8001",
                          "http://[::1]:8001/prefix", "https://anywhere"}) {
    SCOPED_TRACE(url);
    EXPECT_EQ(good(kOne + "api: {kubernetes: {url: \"" + url + "\"}}").access.kubernetes.url, url);
  }
  for (const char* url : {"http://kubernetes.default.svc", "http://10.0.0.1", "http://128.0.0.1",
                          "http://localhost.example.org", "http://127.0.0.1.example.org"}) {
    bad(fmt::format("kubernetes: {{url: \"{}\"}}", url),
        fmt::format(
            "kubernetes.url: \"{}\" would be sent secrets that anybody on the way can read; "
            "write https://, or http:// with an address of this machine, such as "
            "http://127.0.0.1:8001",
            url));
  }
  bad("kubernetes: {url: kubernetes}",
      "kubernetes.url: \"kubernetes\" does not begin with http:// or https://; write "
      "https://kubernetes.default.svc");
}

TEST(Tokens, SayWhoUsesThemAndWhatIsSeen) {
  const std::string good_one = "name: a, sha256: " + kDigest;
  bad_tokens("    - {sha256: " + kDigest + ", admin: true}\n",
             {"5: api.tokens[0].name: is missing; write grafana"});
  bad_tokens("    - {name: a, admin: true}\n",
             {"5: api.tokens[0].sha256: is missing; write " + kDigest});
  bad_tokens("    - {" + good_one + "}\n",
             {"5: api.tokens[0]: says neither tenant nor admin: true; write one of the two"});
  bad_tokens("    - {" + good_one + ", admin: false}\n",
             {"5: api.tokens[0]: says neither tenant nor admin: true; write one of the two"});
  bad_tokens("    - {" + good_one + ", tenant: shop, admin: true}\n",
             {"5: api.tokens[0].tenant: stands beside admin: true; write one of the two"});
  bad_tokens("    - {" + good_one + ", admin: all}\n",
             {"5: api.tokens[0].admin: \"all\" is neither true nor false; write one of them"});
  bad_tokens("    - {" + good_one + ", admin: true, expires: 2027-06-30}\n",
             {"5: api.tokens[0].expires: \"2027-06-30\" is not a time in UTC; write it as "
              "2027-06-30T00:00:00Z"});
  bad_tokens("    - {" + good_one + ", admin: true, expires: 2027-06-30T00:00:00+02:00}\n",
             {"5: api.tokens[0].expires: \"2027-06-30T00:00:00+02:00\" is not a time in UTC; write "
              "it as 2027-06-30T00:00:00Z"});
  bad_tokens("    - {name: \"\", sha256: " + kDigest + ", admin: true}\n",
             {"5: api.tokens[0].name: is empty; write a name or leave the key out"});
  bad_tokens("    - {" + good_one + ", admin: true, tenants: shop}\n",
             {"5: api.tokens[0].tenants: is not a setting; did you mean tenant?"});
  bad_tokens("    - grafana\n",
             {"5: api.tokens[0]: is a value; write a map such as name: grafana"});
  bad("tokens: {name: a}",
      "tokens: is a map; write a list with one item per token, such as - name: grafana");
}

TEST(Tokens, SeeATenantThatThereIs) {
  const std::string good_one = "name: a, sha256: " + kDigest;
  bad_tokens("    - {" + good_one + ", tenant: shpo}\n",
             {"5: api.tokens[0].tenant: \"shpo\" is not the name of a tenant; did you mean shop?"});
  bad_tokens("    - {" + good_one + ", tenant: payments}\n",
             {"5: api.tokens[0].tenant: \"payments\" is not the name of a tenant; known are shop"});
  bad_tokens("    - {" + good_one + ", tenant: __unallocated__}\n",
             {"5: api.tokens[0].tenant: \"__unallocated__\" is what no rule takes, and nobody's to "
              "see; write a tenant, or admin: true"});
  EXPECT_THAT(faults(kOne + "api: {tokens: [{" + good_one + ", tenant: shop}]}"),
              ElementsAre("c.yaml:2: api.tokens[0].tenant: \"shop\" is the name of a tenant, and "
                          "there are none; write rules in the section tenants"));
}

TEST(Tokens, AreEachAnother) {
  bad_tokens("    - {name: a, sha256: " + kDigest +
                 ", admin: true}\n    - {name: a, sha256: " + kOther + ", admin: true}\n",
             {"6: api.tokens[1].name: \"a\" is the name of api.tokens[0] as well; give each its "
              "own"});
  bad_tokens("    - {name: a, sha256: " + kDigest + ", admin: true}\n    - {name: b, sha256: " +
                 upper_hex(kDigest) + ", tenant: shop}\n",
             {"6: api.tokens[1].sha256: is that of api.tokens[0] as well; give each its own "
              "token"});
}

TEST(Tokens, AreNeverRepeated) {
  const std::string how = "printf %s \"$TOKEN\" | sha256sum";
  for (const std::string token :
       {"s3cr3t-token", "ZGVhZGJlZWY=", "0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg"}) {
    bad_tokens("    - {name: a, sha256: " + token + ", admin: true}\n",
               {"5: api.tokens[0].sha256: is not a SHA-256 of 64 hexadecimal digits; write that of "
                "the token, never the token: " +
                how});
  }
  bad_tokens("    - {name: a, sha256: \"\", admin: true}\n",
             {"5: api.tokens[0].sha256: is not a SHA-256 of 64 hexadecimal digits; write that of "
              "the token, never the token: " +
              how});
  bad_tokens("    - {name: a, sha256: " + access::to_hex(access::sha256("")) + ", admin: true}\n",
             {"5: api.tokens[0].sha256: is the SHA-256 of nothing; set TOKEN before the digest is "
              "made: " +
              how});
}

TEST(Subjects, AreAUserOrAGroup) {
  bad_subject("admin: true", ": names neither a user nor a group; write one of the two");
  bad_subject("user: a, group: b, admin: true", ".group: stands beside user; write one of the two");
  bad_subject("user: a", ": says neither tenant nor admin: true; write one of the two");
  bad_subject("user: a, tenant: shop, admin: true",
              ".tenant: stands beside admin: true; write one of the two");
  bad_subject("group: a, tenant: shpo",
              ".tenant: \"shpo\" is not the name of a tenant; did you mean shop?");
  bad_subject("group: a, tenant: __unallocated__",
              ".tenant: \"__unallocated__\" is what no rule takes, and nobody's to see; write a "
              "tenant, or admin: true");
  bad_subject("user: \"\", admin: true",
              ".user: is empty; write a name, or a pattern such as system:*");
  bad_subject("user: \"a\\tb\", admin: true",
              ".user: \"a\\x09b\" holds a control character; write the name as Kubernetes has it");
  bad_subject("user: " + std::string(513, 'a') + ", admin: true",
              ".user: \"" + std::string(80, 'a') + "...\" has 513 bytes; write at most 512");
  bad_subject("users: a, admin: true, user: a", ".users: is not a setting; did you mean user?");
}

TEST(Subjects, GoWithKubernetes) {
  bad("kubernetes_auth: true",
      "kubernetes_auth: lets nobody in, since there are no kubernetes_subjects; write some, such "
      "as [{user: \"system:serviceaccount:payments:portal\", tenant: payments}]");
  bad("kubernetes_subjects: [{user: a, admin: true}]",
      "kubernetes_subjects: stand without kubernetes_auth: true; write it, or leave them out");
  bad("kubernetes_subjects: a",
      "kubernetes_subjects: is a value; write a list with one item per user or group, such as - "
      "user: system:serviceaccount:payments:portal");
  EXPECT_THAT(faults(kOne, {{"OPENCOST_EXPORTER_API_KUBERNETES_AUTH", "true"}}),
              ElementsAre(HasSubstr("environment OPENCOST_EXPORTER_API_KUBERNETES_AUTH: lets "
                                    "nobody in")));
  EXPECT_TRUE(good(kOne + "api: {kubernetes_subjects: [{user: a, admin: true}]}",
                   {{"OPENCOST_EXPORTER_API_KUBERNETES_AUTH", "true"}})
                  .access.kubernetes.enabled);
}

TEST(Api, IsReadFromTheEnvironment) {
  const Config config = good(kOne + "api: {docs: true, cors_origins: [\"https://x\"]}",
                             {{"OPENCOST_EXPORTER_API_ENABLED", "false"},
                              {"OPENCOST_EXPORTER_API_CORS_ORIGINS", "https://a, https://b"},
                              {"OPENCOST_EXPORTER_API_REQUESTS_PER_SECOND", "3"},
                              {"OPENCOST_EXPORTER_API_KUBERNETES_URL", "https://k"},
                              {"OPENCOST_EXPORTER_API_KUBERNETES_CA_FILE", "/c"},
                              {"OPENCOST_EXPORTER_API_KUBERNETES_TOKEN_FILE", "/t"},
                              {"OPENCOST_EXPORTER_API_KUBERNETES_AUDIENCES", "x,y"},
                              {"ENABLE_SWAGGER", "no"}});
  EXPECT_FALSE(config.api.enabled);
  EXPECT_FALSE(config.api.docs);
  EXPECT_THAT(config.api.cors_origins, ElementsAre("https://a", "https://b"));
  EXPECT_EQ(config.access.requests_per_second, 3);
  EXPECT_EQ(config.access.kubernetes.url, "https://k");
  EXPECT_EQ(config.access.kubernetes.ca_file, "/c");
  EXPECT_EQ(config.access.kubernetes.token_file, "/t");
  EXPECT_THAT(config.access.kubernetes.audiences, ElementsAre("x", "y"));
  EXPECT_TRUE(
      good(kOne, {{"ENABLE_SWAGGER", "0"}, {"OPENCOST_EXPORTER_API_DOCS", "true"}}).api.docs)
      << "the long name wins";
  EXPECT_THAT(faults(kOne, {{"ENABLE_SWAGGER", "maybe"}}),
              ElementsAre("environment ENABLE_SWAGGER: \"maybe\" is neither true nor false; write "
                          "one of them"));
}

TEST(Api, IsPrintedWithItsLists) {
  const std::string yaml = print(good(kTenants + R"(
api:
  tokens:
    - {name: a b, sha256: )" + kDigest +
                                      R"(, tenant: shop, expires: 2027-06-30T12:00:00Z}
    - {name: ops, sha256: )" + kOther +
                                      R"(, admin: true}
  cors_origins: ["https://a"]
  kubernetes_auth: true
  kubernetes_subjects: [{user: "a:*", tenant: shop}, {group: g, admin: true}]
)"));
  EXPECT_THAT(yaml, HasSubstr(R"(
api:
  enabled: true
  docs: true
  cors_origins:
    - "https://a"
  requests_per_second: 20
  kubernetes_auth: true
  kubernetes:
    url: "https://kubernetes.default.svc"
    ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    token_file: /var/run/secrets/kubernetes.io/serviceaccount/token
  tokens:
    - name: "a b"
      sha256: )" + kDigest + R"(
      tenant: shop
      expires: "2027-06-30T12:00:00Z"
    - name: ops
      sha256: )" + kOther + R"(
      admin: true
  kubernetes_subjects:
    - user: "a:*"
      tenant: shop
    - group: g
      admin: true
web:
)"));
  EXPECT_EQ(print(good(yaml)), yaml);
}

TEST(Api, IsChangedByAReload) {
  EXPECT_THAT(sections_for_restart(
                  good(kOne), good(kTenants + "api: {docs: false, tokens: [{name: a, sha256: " +
                                   kDigest + ", admin: true}]}\n")),
              IsEmpty());
  EXPECT_THAT(sections_for_restart(good(kOne), good(kOne + "web: {config_file: /w.yml}\n")),
              ElementsAre("web"));
}

TEST(Web, HasAFileOfItsOwn) {
  EXPECT_EQ(good(kOne).web_config_file, "");
  EXPECT_EQ(good(kOne + "web: {config_file: web.yml}").web_config_file, "web.yml");
  EXPECT_EQ(good(kOne, {{"OPENCOST_EXPORTER_WEB_CONFIG_FILE", "/e"}}).web_config_file, "/e");
  EXPECT_EQ(good(kOne, {}, {{"web.config_file", "/f"}}).web_config_file, "/f");
  EXPECT_THAT(faults(kOne, {}, {{"web.config_file", ""}}),
              ElementsAre("flag --web.config.file: is empty; write the path of a file or leave the "
                          "key out"));
  const char* const command[] = {"opencost-exporter", "check-config", "--web.config.file=web.yml"};
  const auto invocation = parse_command_line(3, command);
  ASSERT_TRUE(invocation);
  EXPECT_THAT(invocation->flags, ElementsAre(testing::Pair("web.config_file", "web.yml")));
}

TEST(TelemetryPath, IsNoneOfTheApi) {
  for (const char* path : {"/api/v1", "/api/v1/costs"}) {
    EXPECT_THAT(faults(kOne + "web: {telemetry_path: " + path + "}"),
                ElementsAre(fmt::format("c.yaml:2: web.telemetry_path: \"{}\" is taken by another "
                                        "page; write /metrics",
                                        path)));
  }
  EXPECT_EQ(good(kOne + "web: {telemetry_path: /api/v10}").web.telemetry_path, "/api/v10");
}

TEST(Secrets, AreNotShownWhereverTheyWereWritten) {
  const std::string hash = "$2y$10$Dx7yQpZ0bVw3hK5mN8sTu.TaRoGgVP9w5k0/jS7kDOETcunJnyqem";
  const std::string pem = "-----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2Vw";
  for (const std::string& secret : {hash, "ada:" + hash, pem}) {
    const Faults shown =
        faults(fmt::format("{0}\"{1}\": a\nlog: {{level: \"{1}\"}}\n", kOne, secret));
    EXPECT_THAT(shown, testing::SizeIs(2));
    for (const std::string& fault : shown) {
      EXPECT_THAT(fault, Not(HasSubstr("Dx7y")));
      EXPECT_THAT(fault, Not(HasSubstr("MC4C")));
    }
  }
}

}  // namespace
}  // namespace exporter::config
