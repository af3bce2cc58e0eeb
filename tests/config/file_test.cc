// Files with one thing wrong, each with its whole message.
#include <algorithm>

#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;

void bad(std::string_view yaml, std::string_view message) {
  SCOPED_TRACE(yaml.substr(0, 200));
  EXPECT_THAT(faults(yaml), ElementsAre(message));
}

/// One line in the only cluster, as line 3.
void bad_cluster(std::string_view lines, std::string_view message) {
  bad("clusters:\n  - url: http://opencost:9003\n" + std::string(lines), message);
}

void bad_url(std::string_view url, std::string_view message) {
  bad("clusters:\n  - url: " + std::string(url) + "\n",
      "c.yaml:2: clusters[0].url: " + std::string(message));
}

void bad_setting(std::string_view line, std::string_view message) {
  bad(kOne + std::string(line), "c.yaml:2: " + std::string(message));
}

TEST(BadFile, IsNotTheYamlThatIsTaken) {
  bad("clusters: [\n",
      "c.yaml:1: is not valid YAML (end of sequence flow not found); check indentation, colons and "
      "quotes");
  bad("clusters:\n  - url: http://a\n    name: b: c\n",
      "c.yaml:3: is not valid YAML (illegal map value); check indentation, colons and quotes");
  bad("clusters:\n  - url: http://a\n   name: b\n",
      "c.yaml:3: is not valid YAML (end of sequence not found); check indentation, colons and "
      "quotes");
  bad("log:\n  level: \"info\n",
      "c.yaml:2: is not valid YAML (illegal EOF in scalar); check indentation, colons and quotes");
  bad("log: {level: \"\\q\"}\n",
      "c.yaml:1: is not valid YAML (unknown escape character: q); check indentation, colons and "
      "quotes");
  bad("clusters:\n\t- url: http://a\n", "c.yaml:2: is indented with a tab; use spaces");
  bad("clusters:\n  - url: http://a\n  \t  name: b\n",
      "c.yaml:3: is indented with a tab; use spaces");
  bad(kOne + "---\n" + kOne, "c.yaml:2: a second document begins; write one document");
  bad("a: &a {b: 1}\n",
      "c.yaml:1: anchors and aliases (& and *) are not taken; write the value out, or in quotes if "
      "it begins with one of them");
  bad("poll:\n  current: *default\n",
      "c.yaml:2: anchors and aliases (& and *) are not taken; write the value out, or in quotes if "
      "it begins with one of them");
  bad("poll: {current: !!str 5m}\n",
      "c.yaml:1: tags (!) are not taken; leave it out, or write the value in quotes if it begins "
      "with one");
  bad("a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {n: {o: {p: {q: 1}}}}}}}}}}}}}}}}\n",
      "c.yaml:1: nests too deeply; no setting does");
  bad("? [a]\n: b\n",
      "c.yaml:1: a key is a list or a map; write a word, or put a value that begins with [ or { in "
      "quotes");
  bad(": b\n", "c.yaml:1: a key is empty; write the name of a setting");
  bad("log:\n  level: \x01\n", "c.yaml:2: holds a control character; remove it");
  bad(std::string_view("log:\0\n", 6), "c.yaml:1: holds a control character; remove it");
  bad("log:\n\n  level: \xff\n",
      "c.yaml:3: holds bytes that are not UTF-8; save the file as UTF-8");
  bad("\xff\xfel\n", "c.yaml:1: holds bytes that are not UTF-8; save the file as UTF-8");
  bad(std::string((1u << 20) + 1, '#'), "c.yaml: is longer than 1 MiB; no configuration is");
  bad("log: " + std::string(17, '[') + std::string(17, ']'),
      "c.yaml:1: nests too deeply; no setting does");
  bad("- url: http://a\n", "c.yaml:1: is a list; begin with a key such as clusters:");
  bad("\nhello\n", "c.yaml:2: is a value; begin with a key such as clusters:");
}

TEST(BadFile, HasNoCluster) {
  constexpr std::string_view kMissing =
      "c.yaml: clusters: is missing; write clusters: [{url: \"http://opencost.opencost:9003\"}] or "
      "set OPENCOST_URL";
  constexpr std::string_view kEmpty =
      "c.yaml:1: clusters: is empty; write clusters: [{url: \"http://opencost.opencost:9003\"}] or "
      "set OPENCOST_URL";
  bad("", kMissing);
  bad("# nothing\n", kMissing);
  bad("---\n", kMissing);
  bad("log:\n", kMissing);
  bad("clusters: []\n", kEmpty);
  bad("clusters:\n", kEmpty);
  bad("clusters: {url: http://a}\n",
      "c.yaml:1: clusters: is a map; write a list with one item per OpenCost, such as - url: "
      "http://opencost.opencost:9003");
  bad("clusters: http://a\n",
      "c.yaml:1: clusters: is a value; write a list with one item per OpenCost, such as - url: "
      "http://opencost.opencost:9003");
  bad("clusters:\n  - http://a\n",
      "c.yaml:2: clusters[0]: is a value; write a map such as url: http://opencost.opencost:9003");
  bad("clusters:\n  - ~\n",
      "c.yaml:2: clusters[0]: is empty; write a map such as url: http://opencost.opencost:9003");
  bad("clusters:\n  - name: a\n",
      "c.yaml:2: clusters[0].url: is missing; write http://opencost.opencost:9003");
}

TEST(BadFile, HasKeysNobodyKnows) {
  bad(kOne + "pol: {current: 5m}\n", "c.yaml:2: pol: is not a setting; did you mean poll?");
  bad_setting("poll: {curent: 5m}\n", "poll.curent: is not a setting; did you mean current?");
  bad_setting("poll: {maxage: 15m}\n", "poll.maxage: is not a setting; did you mean max_age?");
  bad_setting("poll: {Current: 5m}\n", "poll.Current: is not a setting; did you mean current?");
  bad_setting("web: {listen_address: \":1\"}\n",
              "web.listen_address: is not a setting; did you mean listen_addresses?");
  bad_setting("metrics: {histograms: true}\n",
              "metrics.histograms: is not a setting; known here are labels, max_family_series, "
              "max_series, pods, workloads");
  bad_setting(
      "interval: 5m\n",
      "interval: is not a setting; known here are api, budgets, calendar, clusters, currency, "
      "ledger, log, metrics, policies, poll, savings, shared, tenants, web");
  bad_setting("\"a b\\n\": 1\n",
              "\"a b\\x0a\": is not a setting; known here are api, budgets, calendar, clusters, "
              "currency, ledger, log, metrics, policies, poll, savings, shared, tenants, web");
  bad_setting(
      "<<: {log: 1}\n",
      "\"<<\": is not a setting; known here are api, budgets, calendar, clusters, currency, "
      "ledger, log, metrics, policies, poll, savings, shared, tenants, web");
  bad_cluster("    uri: http://b\n",
              "c.yaml:3: clusters[0].uri: is not a setting; did you mean url?");
  bad_cluster(
      "    auth: {bearer_token: abc}\n",
      "c.yaml:3: clusters[0].auth.bearer_token: is not a setting; did you mean bearer_token_file?");
  bad_cluster("    auth:\n      basic:\n        password: abc\n",
              "c.yaml:5: clusters[0].auth.basic.password: is not a setting; known here are "
              "password_file, username");
  bad_cluster("    tls: {skip_verify: true}\n",
              "c.yaml:3: clusters[0].tls.skip_verify: is not a setting; known here are ca_file, "
              "cert_file, insecure_skip_verify, key_file, server_name");
}

TEST(BadFile, HasKeysTwice) {
  bad("log: {level: info, level: debug}\n" + kOne,
      "c.yaml:1: log.level: stands twice, first in line 1; remove one");
  bad(kOne + "log:\n  level: info\nlog:\n  format: json\n",
      "c.yaml:4: log: stands twice, first in line 2; remove one");
  bad(kOne + "\n" + kOne, "c.yaml:3: clusters: stands twice, first in line 1; remove one");
  bad_cluster("    url: http://b\n",
              "c.yaml:3: clusters[0].url: stands twice, first in line 2; remove one");
}

TEST(BadFile, HasTheWrongKindOfValue) {
  bad_setting("poll: 5m\n",
              "poll: is a value; write a map with assets, current, max_age, max_answer_bytes, "
              "retries, settle, today");
  bad_setting("poll: [5m]\n",
              "poll: is a list; write a map with assets, current, max_age, max_answer_bytes, "
              "retries, settle, today");
  bad_setting("poll: {current: [5m]}\n", "poll.current: is a list; write one value");
  bad_setting("poll: {current: {a: b}}\n", "poll.current: is a map; write one value");
  bad_setting("poll: {current: }\n", "poll.current: has no value; write one or remove the key");
  bad_setting("poll: {current: null}\n", "poll.current: has no value; write one or remove the key");
  bad_setting("web: {listen_addresses: \":1\"}\n",
              "web.listen_addresses: is a value; write a list such as [a, b]");
  bad_setting("web: {listen_addresses: []}\n",
              "web.listen_addresses: is an empty list; write at least one item or remove the key");
  bad_setting("web: {listen_addresses: [[\":1\"]]}\n",
              "web.listen_addresses[0]: is a list; write one value");
  bad_setting("web: {listen_addresses: [~]}\n",
              "web.listen_addresses[0]: is empty; write one value");
  bad_cluster("    auth: secret\n",
              "c.yaml:3: clusters[0].auth: is a value; write a map with basic, bearer_token_file, "
              "header_files");
  bad_cluster(
      "    auth: {basic: [a, b]}\n",
      "c.yaml:3: clusters[0].auth.basic: is a list; write a map with password_file, username");
  bad_cluster("    auth: {header_files: /a}\n",
              "c.yaml:3: clusters[0].auth.header_files: is a value; write a map such as {a: b}");
  bad_cluster(
      "    auth: {header_files: {}}\n",
      "c.yaml:3: clusters[0].auth.header_files: is an empty map; write at least one item or "
      "remove the key");
  bad_cluster("    auth: {header_files: {X-A: [b]}}\n",
              "c.yaml:3: clusters[0].auth.header_files.\"X-A\": is a list; write one value");
}

TEST(BadFile, HasAUrlThatCannotBeAsked) {
  bad_url("\"\"", "is empty; write http://opencost.opencost:9003");
  bad_url("opencost:9003",
          "\"opencost:9003\" does not begin with http:// or https://; write "
          "http://opencost.opencost:9003");
  bad_url(
      "ftp://a",
      "\"ftp://a\" does not begin with http:// or https://; write http://opencost.opencost:9003");
  bad_url(
      "http:/a",
      "\"http:/a\" does not begin with http:// or https://; write http://opencost.opencost:9003");
  bad_url("http://", "\"http://\" has no host; write http://opencost.opencost:9003");
  bad_url("http://:9003", "\"http://:9003\" has no host; write http://opencost.opencost:9003");
  bad_url("http:///allocation",
          "\"http:///allocation\" has no host; write http://opencost.opencost:9003");
  bad_url("http://a b",
          "\"http://a b\" has a host that is neither a name nor an address; write "
          "http://opencost.opencost:9003");
  bad_url("http://[::1",
          "\"http://[::1\" has a host that is neither a name nor an address; write "
          "http://opencost.opencost:9003");
  bad_url("http://[zz]:80",
          "\"http://[zz]:80\" has a host that is neither a name nor an address; write "
          "http://opencost.opencost:9003");
  bad_url("http://zürich",
          "\"http://zürich\" has a host that is neither a name nor an address; write "
          "http://opencost.opencost:9003");
  bad_url("\"http://a:\"",
          "\"http://a:\" has a port that is not a number from 1 to 65535; write such a number or "
          "leave the port out");
  bad_url("http://a:0",
          "\"http://a:0\" has a port that is not a number from 1 to 65535; write such a number or "
          "leave the port out");
  bad_url("http://a:65536",
          "\"http://a:65536\" has a port that is not a number from 1 to 65535; write such a number "
          "or leave the port out");
  bad_url("http://a:b",
          "\"http://a:b\" has a port that is not a number from 1 to 65535; write such a number or "
          "leave the port out");
  bad_url("http://::1", "\"http://::1\" has no host; write http://opencost.opencost:9003");
  bad_url("http://a:1:2",
          "\"http://a:1:2\" has a port that is not a number from 1 to 65535; write such a number "
          "or leave the port out");
  bad_url("http://u:p@a",
          "\"http://***@a\" holds a user name or password; put credentials into auth");
  bad_url("http://a?x=1", "\"http://a?***\" has a query or a fragment; leave it out");
  bad_url("http://a/#x", "\"http://a/#***\" has a query or a fragment; leave it out");
  bad_url("\"http://a/b c\"",
          "\"http://a/b c\" has a path with characters that must be written as %XX; write them so");
}

TEST(BadFile, HasClusterSettingsThatMakeNoSense) {
  bad_cluster("    name: \"\"\n",
              "c.yaml:3: clusters[0].name: is empty; write a name or leave the key out");
  bad_cluster("    name: \"a\\tb\"\n",
              "c.yaml:3: clusters[0].name: \"a\\x09b\" holds a control character; write letters, "
              "digits and dashes");
  bad_cluster("    name: " + std::string(129, 'n') + "\n",
              "c.yaml:3: clusters[0].name: \"" + std::string(80, 'n') +
                  "...\" has 129 bytes; write at most 128");
  bad_cluster(
      "    timeout: 0s\n",
      "c.yaml:3: clusters[0].timeout: \"0s\" is no time at all; write a longer one, such as 2m");
  bad_cluster("    timeout: 30\n",
              "c.yaml:3: clusters[0].timeout: \"30\" is not a duration; write it as 90s, 5m, "
              "2m30s, 1h or 1d");
  bad_cluster("    connect_timeout: 0ms\n",
              "c.yaml:3: clusters[0].connect_timeout: \"0ms\" is no time at all; write a longer "
              "one, such as 2m");
  bad_cluster(
      "    alignment: Hour\n",
      "c.yaml:3: clusters[0].alignment: \"Hour\" is not one of rolling, hour; write one of them");
  bad_cluster("  - url: http://OpenCost:9003/x\n",
              "c.yaml:3: clusters[1].url: \"opencost:9003\" stands for clusters[0] as well; give "
              "both a name");
  bad_cluster(
      "    name: a\n  - url: http://b\n    name: a\n",
      "c.yaml:5: clusters[1].name: \"a\" is the name of clusters[0] as well; give each its own");
  bad_cluster("  - {url: \"http://b\", name: \"opencost:9003\"}\n",
              "c.yaml:3: clusters[1].name: \"opencost:9003\" stands for clusters[0] as well; give "
              "both a name");
}

TEST(BadFile, HasCredentialsThatContradictEachOther) {
  bad_cluster("    auth: {bearer_token_file: \"\"}\n",
              "c.yaml:3: clusters[0].auth.bearer_token_file: is empty; write the path of a file or "
              "leave the key out");
  bad_cluster("    auth: {bearer_token_file: \"/a\\n\"}\n",
              "c.yaml:3: clusters[0].auth.bearer_token_file: holds a control character; write the "
              "path of a file");
  bad_cluster("    auth: {basic: {username: u}}\n",
              "c.yaml:3: clusters[0].auth.basic.username: stands without password_file; write both "
              "or neither");
  bad_cluster("    auth: {basic: {password_file: /p}}\n",
              "c.yaml:3: clusters[0].auth.basic.password_file: stands without username; write both "
              "or neither");
  bad_cluster("    auth: {basic: {username: \"a:b\", password_file: /p}}\n",
              "c.yaml:3: clusters[0].auth.basic.username: holds a colon or a control character, "
              "which basic authentication cannot send; write another name");
  bad_cluster("    auth: {basic: {username: \"\", password_file: /p}}\n",
              "c.yaml:3: clusters[0].auth.basic.username: is empty; write the user's name");
  bad_cluster(
      "    auth:\n      bearer_token_file: /t\n      basic: {username: u, password_file: /p}\n",
      "c.yaml:5: clusters[0].auth.basic: stands beside bearer_token_file; write one of the two");
  bad_cluster("    auth: {header_files: {\"X A\": /a}}\n",
              "c.yaml:3: clusters[0].auth.header_files.\"X A\": \"X A\" is not the name of a "
              "header; write one such as X-Scope-OrgID");
  bad_cluster("    auth: {header_files: {X-A: \"\"}}\n",
              "c.yaml:3: clusters[0].auth.header_files.\"X-A\": is empty; write the path of a file "
              "or leave the key out");
  bad_cluster("    auth: {header_files: {X-A: /a, x-a: /b}}\n",
              "c.yaml:3: clusters[0].auth.header_files.\"x-a\": \"x-a\" stands twice, since case "
              "does not matter in the name of a header; leave one out");
  bad_cluster("    auth: {bearer_token_file: /t, header_files: {authorization: /a}}\n",
              "c.yaml:3: clusters[0].auth.header_files: sets Authorization beside "
              "bearer_token_file or basic; write one of them");
  bad_cluster("    tls: {ca_file: /ca}\n",
              "c.yaml:3: clusters[0].tls: has no meaning for a URL that begins with http://; write "
              "https:// there or remove tls");
  bad("clusters: [{url: \"https://a\", tls: {cert_file: /c}}]\n",
      "c.yaml:1: clusters[0].tls.cert_file: stands without key_file; write both or neither");
  bad("clusters: [{url: \"https://a\", tls: {key_file: /c}}]\n",
      "c.yaml:1: clusters[0].tls.key_file: stands without cert_file; write both or neither");
  bad("clusters: [{url: \"https://a\", tls: {server_name: \"a:1\"}}]\n",
      "c.yaml:1: clusters[0].tls.server_name: \"a:1\" is not the name of a host; write one such as "
      "opencost.example.org");
  bad("clusters: [{url: \"https://a\", tls: {insecure_skip_verify: maybe}}]\n",
      "c.yaml:1: clusters[0].tls.insecure_skip_verify: \"maybe\" is neither true nor false; write "
      "one of them");
}

TEST(BadFile, HasSettingsOutOfTheirBounds) {
  bad_setting("currency: {code: US}\n",
              "currency.code: \"US\" is not a currency code; write 3 to 10 letters, such as EUR");
  bad_setting("currency: {code: U$D}\n",
              "currency.code: \"U$D\" is not a currency code; write 3 to 10 letters, such as EUR");
  bad_setting("currency: {rate: 0}\n",
              "currency.rate: \"0\" is not above zero; write a number such as 0.92");
  bad_setting("currency: {rate: -1.5}\n",
              "currency.rate: \"-1.5\" is not above zero; write a number such as 0.92");
  bad_setting("poll: {current: 59s}\n",
              "poll.current: \"59s\" is shorter than 1m; write 1m or more");
  bad_setting(
      "poll: {current: 5 minutes}\n",
      "poll.current: \"5 minutes\" is not a duration; write it as 90s, 5m, 2m30s, 1h or 1d");
  bad_setting("poll: {assets: 1s}\n", "poll.assets: \"1s\" is shorter than 1m; write 1m or more");
  bad_setting("poll: {today: 1m}\n", "poll.today: \"1m\" is shorter than 5m; write 5m or more");
  bad_setting("poll: {today: 25h}\n", "poll.today: \"25h\" is longer than 1d; write 1d or less");
  bad_setting("poll: {settle: 61m}\n", "poll.settle: \"61m\" is longer than 1h; write 1h or less");
  bad_setting(
      "poll: {settle: 1500ms}\n",
      "poll.settle: \"1500ms\" is not a number of whole seconds; leave out the milliseconds");
  bad_setting("poll: {max_age: 4m}\n",
              "poll.max_age: 4m is shorter than poll.current, 5m; write 5m or more");
  bad_setting("poll: {current: 20m}\n",
              "poll.current: 20m is longer than poll.max_age, 15m by default; set poll.max_age to "
              "20m or more");
  bad_setting("poll: {retries: 11}\n",
              "poll.retries: \"11\" is not a whole number from 0 to 10; write one");
  bad_setting("poll: {retries: -1}\n",
              "poll.retries: \"-1\" is not a whole number from 0 to 10; write one");
  bad_setting("poll: {max_answer_bytes: 512Mi}\n",
              "poll.max_answer_bytes: \"512Mi\" is not a size; write it as 512MiB, 1GiB, 10MB or a "
              "number of bytes");
  bad_setting("metrics: {pods: 2}\n",
              "metrics.pods: \"2\" is neither true nor false; write one of them");
  bad_setting("metrics: {workloads: \"\"}\n",
              "metrics.workloads: \"\" is neither true nor false; write one of them");
  bad_setting("log: {level: loud}\n",
              "log.level: \"loud\" is not one of debug, info, warn, error; write one of them");
  bad_setting("log: {format: xml}\n",
              "log.format: \"xml\" is not one of logfmt, json; write one of them");
}

TEST(BadFile, HasAddressesOfOurOwnThatCannotBe) {
  const auto address = [](std::string_view text, std::string_view message) {
    bad_setting("web: {listen_addresses: [\"" + std::string(text) + "\"]}\n",
                "web.listen_addresses[0]: " + std::string(message));
  };
  address("", "\"\" has no port; write :9754 or 127.0.0.1:9754");
  address("9754", "\"9754\" has no port; write :9754 or 127.0.0.1:9754");
  address("[::1]", "\"[::1]\" has no port; write :9754 or 127.0.0.1:9754");
  address(":",
          "\":\" has a port that is not a number from 0 to 65535; write :9754 or 127.0.0.1:9754");
  address(
      ":65536",
      "\":65536\" has a port that is not a number from 0 to 65535; write :9754 or 127.0.0.1:9754");
  address(
      ":http",
      "\":http\" has a port that is not a number from 0 to 65535; write :9754 or 127.0.0.1:9754");
  address("::1:9754", "\"::1:9754\" is an IPv6 address without brackets; write [::1]:9754");
  address(
      "a b:1",
      "\"a b:1\" has a host that is neither a name nor an address; write :9754 or 127.0.0.1:9754");
  bad_setting("web: {listen_addresses: [\":1\", \":1\"]}\n",
              "web.listen_addresses[1]: \":1\" stands twice; leave one out");

  const auto path = [](std::string_view text, std::string_view message) {
    bad_setting("web: {telemetry_path: \"" + std::string(text) + "\"}\n",
                "web.telemetry_path: " + std::string(message));
  };
  path("", "\"\" does not begin with a slash; write /metrics");
  path("metrics", "\"metrics\" does not begin with a slash; write /metrics");
  path("/", "\"/\" is taken by another page; write /metrics");
  path("/-/healthy", "\"/-/healthy\" is taken by another page; write /metrics");
  path("/a b", "\"/a b\" is not a plain path; write /metrics");
  path("/m?x", "\"/m?x\" is not a plain path; write /metrics");
}

TEST(BadFile, HasAllItsFaultsSaidAtOnceByLine) {
  EXPECT_THAT(
      faults("log: {level: loud}\n"
             "clusters:\n"
             "  - url: ftp://a\n"
             "    timeout: soon\n"
             "  - name: b\n"
             "poll: {curent: 5m}\n",
             {{"CACHE_TTL", "x"}}, {{"log.format", "xml"}}),
      ElementsAre(
          "c.yaml:1: log.level: \"loud\" is not one of debug, info, warn, error; write one of them",
          "c.yaml:3: clusters[0].url: \"ftp://a\" does not begin with http:// or https://; write "
          "http://opencost.opencost:9003",
          "c.yaml:4: clusters[0].timeout: \"soon\" is not a duration; write it as 90s, 5m, 2m30s, "
          "1h or 1d",
          "c.yaml:5: clusters[1].url: is missing; write http://opencost.opencost:9003",
          "c.yaml:6: poll.curent: is not a setting; did you mean current?",
          "environment CACHE_TTL: \"x\" is not a duration; write it as 90s, 5m, 2m30s, 1h or 1d",
          "flag --log.format: \"xml\" is not one of logfmt, json; write one of them"));
}

TEST(BadFile, HasAnEndToItsFaults) {
  std::string yaml = kOne;
  for (int i = 0; i < 5000; ++i) yaml += "zzzzzzzzz" + std::to_string(i) + ": 1\n";
  const Faults found = faults(yaml);
  ASSERT_EQ(found.size(), 101u);
  EXPECT_EQ(found.back(), "4900 more faults; mend these first");
}

TEST(BadFile, MayBeNestedWithoutEnd) {
  for (const char* open : {"[", "{", "- ", "? ", "[{", "{a: ", "[a, "}) {
    std::string yaml = "log: ";
    if (open[0] == '-' || open[0] == '?') yaml = "";
    while (yaml.size() < 200'000) yaml += open;
    SCOPED_TRACE(open);
    EXPECT_EQ(faults(yaml).size(), 1u);
  }
}

TEST(BadFile, IsNotBlownUpByAliases) {
  std::string yaml = "a: &a [x, x]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    std::string line = "C: &C [*B, *B]\n";
    std::replace(line.begin(), line.end(), 'C', c);
    std::replace(line.begin(), line.end(), 'B', static_cast<char>(c - 1));
    yaml += line;
  }
  bad(yaml,
      "c.yaml:1: anchors and aliases (& and *) are not taken; write the value out, or in quotes if "
      "it begins with one of them");
}

}  // namespace
}  // namespace exporter::config
