// Certificates of clients: who is let in with which.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/web/running.h"
#include "tests/web/tls_client.h"

namespace exporter::web {
namespace {

using samples::Alternative;
using samples::Authority;
using samples::Pair;
using samples::Running;
using samples::TlsClient;

constexpr std::string_view kForClients = "1.3.6.1.5.5.7.3.2";
constexpr std::string_view kForServers = "1.3.6.1.5.5.7.3.1";

Alternative dns(std::string name) { return {GNUTLS_SAN_DNSNAME, std::move(name)}; }

struct Made {
  Made() {
    using std::chrono::hours;
    const auto sign = [&](const std::string& name, const samples::Wish& wish, const Authority& by) {
      pairs.emplace(name, by.sign(wish));
    };
    const std::string for_clients(kForClients), for_servers(kForServers);
    const std::vector<Alternative> named = {dns("prometheus.test")};
    sign("right", {.alternatives = named, .purpose = for_clients}, authority);
    sign("for anything", {.alternatives = named}, authority);
    sign("for servers", {.alternatives = named, .purpose = for_servers}, authority);
    sign("expired",
         {.alternatives = named, .purpose = for_clients, .begins = hours(-48), .ends = hours(-1)},
         authority);
    sign("not yet valid",
         {.alternatives = named, .purpose = for_clients, .begins = hours(1), .ends = hours(48)},
         authority);
    sign("foreign", {.alternatives = named, .purpose = for_clients}, stranger);
    sign("of a namesake", {.alternatives = named, .purpose = for_clients}, namesake);
    sign("another name", {.alternatives = {dns("eve.test")}, .purpose = for_clients}, authority);
    sign("without a name", {.name = "prometheus.test", .purpose = for_clients}, authority);
  }

  Authority authority{"authority"}, stranger{"stranger"}, namesake{"authority"};
  Pair server = authority.sign({.name = "server"});
  std::map<std::string, Pair> pairs;
};
const Made& made() {
  static const Made made;
  return made;
}

Tls tls_with(ClientAuth auth, std::vector<std::string> names = {}) {
  return {.certificates = made().server.certificate,
          .key = made().server.key,
          .client_authorities = made().authority.pem(),
          .client_auth = auth,
          .client_names = std::move(names)};
}

/// Whether somebody who shows that certificate gets an answer.
bool admits(const Running& running, const std::optional<Pair>& shown, const std::string& version) {
  TlsClient client(running.address(),
                   {.priorities = "NORMAL:-VERS-ALL:+VERS-" + version, .shows = shown});
  return client.handshake() && client.ask("/-/healthy").starts_with("HTTP/1.1 200 OK\r\n");
}

void expect_admitted(const Tls& tls, const std::vector<std::string>& admitted) {
  const Running running({}, {.tls = tls});
  const auto is_admitted = [&](const std::string& name) {
    return std::find(admitted.begin(), admitted.end(), name) != admitted.end();
  };
  for (const std::string version : {"TLS1.2", "TLS1.3"}) {
    SCOPED_TRACE(version);
    EXPECT_EQ(admits(running, std::nullopt, version), is_admitted("none"));
    for (const auto& [name, pair] : made().pairs) {
      EXPECT_EQ(admits(running, pair, version), is_admitted(name)) << name;
    }
  }
}

const std::vector<std::string> kAllThatAreShown = {
    "right",   "for anything",  "for servers",  "expired",       "not yet valid",
    "foreign", "of a namesake", "another name", "without a name"};
const std::vector<std::string> kAll = [] {
  std::vector<std::string> all = kAllThatAreShown;
  all.emplace_back("none");
  return all;
}();

TEST(ClientCertificates, AreNobodysBusiness) {
  EXPECT_EQ(made().pairs.size(), kAllThatAreShown.size());
  expect_admitted(tls_with(ClientAuth::none), kAll);
  expect_admitted(tls_with(ClientAuth::none, {"prometheus.test"}), kAll);
}

TEST(ClientCertificates, Requested) { expect_admitted(tls_with(ClientAuth::request), kAll); }

TEST(ClientCertificates, AnyIsRequired) {
  expect_admitted(tls_with(ClientAuth::require_any), kAllThatAreShown);
  Tls without_authorities = tls_with(ClientAuth::require_any);
  without_authorities.client_authorities.clear();
  expect_admitted(without_authorities, kAllThatAreShown);
}

TEST(ClientCertificates, VerifiedIfGiven) {
  expect_admitted(tls_with(ClientAuth::verify_if_given),
                  {"none", "right", "for anything", "another name", "without a name"});
}

TEST(ClientCertificates, RequiredAndVerified) {
  expect_admitted(tls_with(ClientAuth::require_and_verify),
                  {"right", "for anything", "another name", "without a name"});
}

TEST(ClientCertificates, WithANameThatIsListed) {
  const std::vector<std::string> names = {"grafana.test", "prometheus.test"};
  expect_admitted(tls_with(ClientAuth::require_and_verify, names), {"right", "for anything"});
  expect_admitted(tls_with(ClientAuth::verify_if_given, names), {"none", "right", "for anything"});
  // Whose it is nobody verifies, but it must say so.
  std::vector<std::string> with_that_name = {"right",        "for anything",  "for servers",
                                             "expired",      "not yet valid", "foreign",
                                             "of a namesake"};
  expect_admitted(tls_with(ClientAuth::require_any, names), with_that_name);
  with_that_name.emplace_back("none");
  expect_admitted(tls_with(ClientAuth::request, names), with_that_name);
}

TEST(ClientCertificates, OfSeveralAuthorities) {
  Tls tls = tls_with(ClientAuth::require_and_verify, {"prometheus.test"});
  tls.client_authorities = made().stranger.pem() + made().authority.pem();
  expect_admitted(tls, {"right", "for anything", "foreign"});
}

// A certificate is public: whoever shows it must have its key.
TEST(ClientCertificates, AreNothingWithoutTheirKeys) {
  const Running running({}, {.tls = tls_with(ClientAuth::require_and_verify)});
  const Pair& right = made().pairs.at("right");
  for (const std::string version : {"TLS1.2", "TLS1.3"}) {
    EXPECT_TRUE(admits(running, right, version));
    EXPECT_FALSE(admits(running, Pair{right.certificate, made().pairs.at("foreign").key}, version));
  }
}

TEST(ClientNames, OfEveryKind) {
  const std::string v4("\x0a\0\0\x07", 4);
  const std::string v6 = "\x20\x01\x0d\xb8" + std::string(11, '\0') + "\x01";
  struct Row {
    std::vector<Alternative> held;
    std::string wanted;
    bool admitted;
  };
  const std::vector<Row> rows = {
      {{dns("a.test")}, "a.test", true},
      {{dns("a.test")}, "A.test", false},
      {{dns("a.test")}, "test", false},
      {{dns("a.test")}, "a.test.", false},
      {{dns("a.test.evil")}, "a.test", false},
      {{dns("*.test")}, "a.test", false},
      {{dns("*.test")}, "*.test", true},
      {{dns("long-name-of-somebody-else.test"), dns("a.test")}, "a.test", true},
      {{dns("b.test"), dns("long-name-of-somebody-else.test")}, "long-name", false},
      {{dns("b.test"), dns("c.test")}, "a.test", false},
      {{{GNUTLS_SAN_RFC822NAME, "ops@a.test"}}, "ops@a.test", true},
      {{{GNUTLS_SAN_RFC822NAME, "ops@a.test"}}, "a.test", false},
      {{{GNUTLS_SAN_URI, "spiffe://a.test/prometheus"}}, "spiffe://a.test/prometheus", true},
      {{{GNUTLS_SAN_URI, "spiffe://a.test/prometheus"}}, "spiffe://a.test/", false},
      {{{GNUTLS_SAN_IPADDRESS, v4}}, "10.0.0.7", true},
      {{{GNUTLS_SAN_IPADDRESS, v4}}, "10.0.0.8", false},
      {{{GNUTLS_SAN_IPADDRESS, v4}}, "nobody", false},
      {{{GNUTLS_SAN_IPADDRESS, v6}}, "2001:db8::1", true},
      {{{GNUTLS_SAN_IPADDRESS, v6}}, "2001:0db8:0:0::1", true},
      {{{GNUTLS_SAN_IPADDRESS, v6}}, "2001:db8::2", false},
      // Four letters are an address, too.
      {{{GNUTLS_SAN_IPADDRESS, "test"}}, "test", false},
      {{dns("a.test"), {GNUTLS_SAN_IPADDRESS, v6}, {GNUTLS_SAN_IPADDRESS, v4}}, "10.0.0.7", true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(fmt::format("{}, {} of {}", row.wanted, row.held.front().value, row.held.size()));
    const Pair pair = made().authority.sign({.alternatives = row.held});
    const Running running({}, {.tls = tls_with(ClientAuth::require_and_verify, {row.wanted})});
    EXPECT_EQ(admits(running, pair, "TLS1.3"), row.admitted);
  }
}

// A name may hold a NUL, and does not end there.
TEST(ClientNames, WithANul) {
  const auto held = [](const std::string& name) {
    const auto size = static_cast<char>(name.size());
    return std::string{'\x30', static_cast<char>(size + 2), '\x82', size} + name;
  };
  const Running running({}, {.tls = tls_with(ClientAuth::require_and_verify, {"a.test"})});
  const auto admits_name = [&](const std::string& name) {
    return admits(running, made().authority.sign({.raw_alternatives = held(name)}), "TLS1.3");
  };
  EXPECT_TRUE(admits_name("a.test"));
  EXPECT_FALSE(admits_name(std::string("a.test\0.evil", 12)));
  EXPECT_FALSE(admits_name(std::string("a.test\0", 7)));
}

}  // namespace
}  // namespace exporter::web
