// What a server speaks, and what it is not made to speak.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/web/running.h"
#include "tests/web/tls_client.h"

namespace exporter::web {
namespace {

using samples::Authority;
using samples::Key;
using samples::Pair;
using samples::Running;
using samples::TlsClient;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\n";

/// One for each kind of key, since they take a while.
struct Made {
  Authority authority{"authority"};
  Key rsa_key{Key::Kind::rsa};
  Pair elliptic = authority.sign({.name = "elliptic"});
  Pair rsa = authority.sign({.name = "rsa"}, rsa_key);
  Pair other = authority.sign({.name = "other"});
  std::string encrypted = Key().encrypted_pem();
};
const Made& made() {
  static const Made made;
  return made;
}

Tls tls_with(const Pair& pair) { return {.certificates = pair.certificate, .key = pair.key}; }

/// Whether a client gets an answer.
bool answers(const Running& running, const std::string& priorities) {
  TlsClient client(running.address(), {.priorities = priorities});
  return client.handshake() && client.ask("/-/healthy").starts_with(kOk);
}

struct Wrong {
  std::string what;
  std::function<void(Tls&)> change;
  std::string error;
};

std::string gnutls(int code) { return gnutls_strerror(code); }

std::vector<Wrong> certificates_and_keys() {
  const std::string unreadable = "the certificates cannot be read as PEM: ";
  const std::string key = "the key cannot be read as PEM: ";
  const std::string no_pem = gnutls(GNUTLS_E_NO_CERTIFICATE_FOUND);
  const std::string misfit =
      "the key is not that of the first certificate; the server's own must come first";
  const auto damaged = [](const std::string& pem) {
    std::string text = pem;
    text.at(text.size() / 2) = '!';
    return text;
  };
  return {
      {"no certificates", [](Tls& tls) { tls.certificates.clear(); }, unreadable + no_pem},
      {"words", [](Tls& tls) { tls.certificates = "no certificate"; }, unreadable + no_pem},
      {"the key instead", [](Tls& tls) { tls.certificates = tls.key; }, unreadable + no_pem},
      {"cut off", [](Tls& tls) { tls.certificates.resize(tls.certificates.size() / 2); },
       unreadable + gnutls(GNUTLS_E_BASE64_UNEXPECTED_HEADER_ERROR)},
      {"damaged", [=](Tls& tls) { tls.certificates = damaged(tls.certificates); },
       unreadable + gnutls(GNUTLS_E_BASE64_UNEXPECTED_HEADER_ERROR)},
      {"a NUL behind", [](Tls& tls) { tls.certificates += '\0'; }, "the certificates hold a NUL"},
      {"a NUL before the rest of a chain",
       [](Tls& tls) { tls.certificates += '\0' + made().authority.pem(); },
       "the certificates hold a NUL"},
      {"no key", [](Tls& tls) { tls.key.clear(); },
       key + gnutls(GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)},
      {"a certificate instead", [](Tls& tls) { tls.key = tls.certificates; },
       key + gnutls(GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)},
      {"a damaged key", [=](Tls& tls) { tls.key = damaged(tls.key); },
       key + gnutls(GNUTLS_E_BASE64_DECODING_ERROR)},
      {"a key with a NUL", [](Tls& tls) { tls.key += '\0'; }, key + "it holds a NUL"},
      {"an encrypted key", [](Tls& tls) { tls.key = made().encrypted; },
       "the key is encrypted; decrypt it, and keep it where only the exporter reads it"},
      {"another's key", [](Tls& tls) { tls.key = made().other.key; }, misfit},
      {"a key of another kind", [](Tls& tls) { tls.key = made().rsa.key; }, misfit},
      {"the authority first",
       [](Tls& tls) { tls.certificates = made().authority.pem() + tls.certificates; }, misfit},
  };
}

std::vector<Wrong> settings() {
  const std::string suites =
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "
      "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "
      "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "
      "TLS_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_GCM_SHA384, "
      "TLS_RSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_256_CBC_SHA";
  const std::string curves = "CurveP256, CurveP384, CurveP521, X25519";
  const std::string unverified =
      "certificates of clients are to be verified, and no authority is given for that";
  const std::string authorities = "the certificates of client authorities ";
  const auto versions = [](int least, int most) {
    return [=](Tls& tls) {
      tls.least_version = least;
      tls.most_version = most;
    };
  };
  const auto range = [](std::string_view least, std::string_view most) {
    return fmt::format("TLS 1.{} to 1.{} is no range of versions from 1.0 to 1.3", least, most);
  };
  return {
      {"no such suite", [](Tls& tls) { tls.cipher_suites = {"TLS_NULL"}; },
       "there is no cipher suite TLS_NULL; there are " + suites},
      {"a suite of TLS 1.3", [](Tls& tls) { tls.cipher_suites = {"TLS_AES_128_GCM_SHA256"}; },
       "there is no cipher suite TLS_AES_128_GCM_SHA256; there are " + suites},
      {"an empty name after a good one",
       [](Tls& tls) {
         tls.cipher_suites = {"TLS_RSA_WITH_AES_128_CBC_SHA", ""};
       },
       "there is no cipher suite ; there are " + suites},
      {"no such curve", [](Tls& tls) { tls.curves = {"P256"}; },
       "there is no curve P256; there are " + curves},
      {"priorities by the back door", [](Tls& tls) { tls.curves = {"X25519:+NULL"}; },
       "there is no curve X25519:+NULL; there are " + curves},
      {"the least above the most", versions(13, 12), range("3", "2")},
      {"SSL", versions(9, 12), range("-1", "2")},
      {"TLS 1.4", versions(12, 14), range("2", "4")},
      {"nothing to verify if given with",
       [](Tls& tls) { tls.client_auth = ClientAuth::verify_if_given; }, unverified},
      {"nothing to verify with", [](Tls& tls) { tls.client_auth = ClientAuth::require_and_verify; },
       unverified},
      {"authorities that are none, though not needed",
       [](Tls& tls) { tls.client_authorities = "nobody"; },
       authorities + "cannot be read as PEM: " + gnutls(GNUTLS_E_NO_CERTIFICATE_FOUND)},
      {"authorities with a NUL",
       [](Tls& tls) { tls.client_authorities = made().authority.pem() + '\0'; },
       authorities + "hold a NUL"},
  };
}

std::vector<Wrong> all_wrong() {
  std::vector<Wrong> all = certificates_and_keys();
  for (Wrong& one : settings()) all.push_back(std::move(one));
  return all;
}

TEST(WrongTls, IsRefusedAtTheStart) {
  for (const auto& [what, change, error] : all_wrong()) {
    SCOPED_TRACE(what);
    Tls tls = tls_with(made().elliptic);
    ASSERT_TRUE(check(tls));
    change(tls);
    const Result<void> checked = check(tls);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message, error);
    try {
      const Running running({}, {.tls = tls});
      ADD_FAILURE() << "it serves";
    } catch (const std::runtime_error& fault) {
      EXPECT_EQ(fault.what(), error);
    }
  }
}

TEST(WrongTls, ChangesNothingInAServerThatServes) {
  Running running({}, {.tls = tls_with(made().other), .headers = {{"X-Old", "old"}}});
  TlsClient kept(running.address());
  ASSERT_TRUE(kept.handshake());
  for (const auto& [what, change, error] : all_wrong()) {
    SCOPED_TRACE(what);
    Tls tls = tls_with(made().elliptic);
    change(tls);
    const auto adopted =
        running.server->adopt({.tls = tls, .headers = {{"X-New", "new"}}}, {.enabled = false});
    ASSERT_FALSE(adopted);
    EXPECT_EQ(adopted.error().message, error);
    const std::string answer = kept.ask("/api/v1/openapi.json");
    EXPECT_TRUE(answer.starts_with(kOk));
    EXPECT_NE(answer.find("\r\nX-Old: old\r\n"), std::string::npos);
    EXPECT_EQ(answer.find("\r\nX-New"), std::string::npos);
    EXPECT_EQ(answer.find("\r\nConnection: close"), std::string::npos);
    TlsClient next(running.address());
    EXPECT_TRUE(next.handshake());
    EXPECT_EQ(next.server(), "other");
  }
}

TEST(WrongHeaders, AreRefusedWhereTheyAreTooLong) {
  const auto with = [](std::size_t bytes) {
    // `: ` and the end of the line count.
    return Security{.headers = {{"X-Some", "some"}, {"X-Long", std::string(bytes - 14 - 10, 'x')}}};
  };
  const std::string error =
      "the headers to be sent with every answer have 4097 bytes, more than 4096";
  try {
    const Running running({}, with(4097));
    ADD_FAILURE() << "it serves";
  } catch (const std::runtime_error& fault) {
    EXPECT_EQ(fault.what(), error);
  }
  Running running({}, with(4096));
  samples::Client client(running.address());
  EXPECT_EQ(client.get("/-/healthy").header("x-long").size(), 4096u - 24);
  const auto adopted = running.server->adopt(with(4097), {});
  ASSERT_FALSE(adopted);
  EXPECT_EQ(adopted.error().message, error);
  EXPECT_EQ(client.get("/-/healthy").header("x-long").size(), 4096u - 24);
}

TEST(Tls, OnlyVersionsOfTheConfiguration) {
  for (int least = 10; least <= 13; ++least) {
    for (int most = least; most <= 13; ++most) {
      Tls tls = tls_with(made().rsa);
      tls.least_version = least;
      tls.most_version = most;
      const Running running({}, {.tls = tls});
      for (int version = 10; version <= 13; ++version) {
        SCOPED_TRACE(fmt::format("{} to {}, {}", least, most, version));
        EXPECT_EQ(answers(running, fmt::format("NORMAL:-VERS-ALL:+VERS-TLS1.{}", version - 10)),
                  least <= version && version <= most);
      }
      EXPECT_TRUE(answers(running,
                          "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:+VERS-TLS1.1:"
                          "+VERS-TLS1.0"));
    }
  }
}

TEST(Tls, FromTls12WhereNothingIsSaid) {
  const Running running({}, {.tls = tls_with(made().rsa)});
  EXPECT_FALSE(answers(running, "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0"));
  EXPECT_TRUE(answers(running, "NORMAL:-VERS-ALL:+VERS-TLS1.2"));
  EXPECT_TRUE(answers(running, "NORMAL:-VERS-ALL:+VERS-TLS1.3"));
}

struct Suite {
  std::string name;
  std::string parts;  // as a client names what it is made of
};
const std::vector<Suite>& suites() {
  static const std::vector<Suite> kSuites = {
      {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "+ECDHE-ECDSA:+AES-128-GCM:+AEAD"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "+ECDHE-ECDSA:+AES-256-GCM:+AEAD"},
      {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "+ECDHE-ECDSA:+CHACHA20-POLY1305:+AEAD"},
      {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "+ECDHE-ECDSA:+AES-128-CBC:+SHA1"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "+ECDHE-ECDSA:+AES-256-CBC:+SHA1"},
      {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "+ECDHE-RSA:+AES-128-GCM:+AEAD"},
      {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "+ECDHE-RSA:+AES-256-GCM:+AEAD"},
      {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "+ECDHE-RSA:+CHACHA20-POLY1305:+AEAD"},
      {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "+ECDHE-RSA:+AES-128-CBC:+SHA1"},
      {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "+ECDHE-RSA:+AES-256-CBC:+SHA1"},
      {"TLS_RSA_WITH_AES_128_GCM_SHA256", "+RSA:+AES-128-GCM:+AEAD"},
      {"TLS_RSA_WITH_AES_256_GCM_SHA384", "+RSA:+AES-256-GCM:+AEAD"},
      {"TLS_RSA_WITH_AES_128_CBC_SHA", "+RSA:+AES-128-CBC:+SHA1"},
      {"TLS_RSA_WITH_AES_256_CBC_SHA", "+RSA:+AES-256-CBC:+SHA1"},
  };
  return kSuites;
}
std::string only(const Suite& suite) {
  return "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:-CIPHER-ALL:-MAC-ALL:" + suite.parts;
}
bool is_elliptic(const Suite& suite) { return suite.name.starts_with("TLS_ECDHE_ECDSA"); }

TEST(CipherSuites, AllThereAreCanBeTold) {
  std::vector<std::string> names;
  for (const Suite& suite : suites()) names.push_back(suite.name);
  EXPECT_TRUE(
      std::equal(names.begin(), names.end(), cipher_suites().begin(), cipher_suites().end()));
}

TEST(CipherSuites, OneAndNoOther) {
  for (const Suite& listed : suites()) {
    Tls tls = tls_with(is_elliptic(listed) ? made().elliptic : made().rsa);
    tls.cipher_suites = {listed.name};
    const Running running({}, {.tls = tls});
    for (const Suite& offered : suites()) {
      SCOPED_TRACE(listed.name + ", " + offered.name);
      EXPECT_EQ(answers(running, only(offered)), offered.name == listed.name);
    }
    // TLS 1.3 has its own.
    EXPECT_TRUE(answers(running, "NORMAL:-VERS-ALL:+VERS-TLS1.3"));
  }
}

// What is made of the parts of two suites that are listed is not listed with them.
TEST(CipherSuites, NoneThatTwoOthersMakeTogether) {
  Tls tls = tls_with(made().rsa);
  tls.most_version = 12;
  tls.cipher_suites = {"TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
  const Running running({}, {.tls = tls});
  for (const Suite& offered : suites()) {
    SCOPED_TRACE(offered.name);
    EXPECT_EQ(answers(running, only(offered)),
              offered.name == tls.cipher_suites[0] || offered.name == tls.cipher_suites[1]);
  }
  EXPECT_TRUE(answers(running, "NORMAL"));
  EXPECT_FALSE(answers(running, "NORMAL:-VERS-ALL:+VERS-TLS1.3"));
}

TEST(Curves, ThoseOfTheConfiguration) {
  const std::vector<std::pair<std::string, std::string>> curves_and_groups = {
      {"CurveP256", "SECP256R1"},
      {"CurveP384", "SECP384R1"},
      {"CurveP521", "SECP521R1"},
      {"X25519", "X25519"}};
  for (const auto& [curve, group] : curves_and_groups) {
    Tls tls = tls_with(made().rsa);
    tls.curves = {curve};
    const Running running({}, {.tls = tls});
    for (const std::string version : {"2", "3"}) {
      for (const auto& [other, offered] : curves_and_groups) {
        SCOPED_TRACE(fmt::format("{}, {} over TLS 1.{}", curve, offered, version));
        const std::string priorities = fmt::format(
            "NORMAL:-VERS-ALL:+VERS-TLS1.{}:-GROUP-ALL:+GROUP-{}:-RSA:-DHE-RSA", version, offered);
        EXPECT_EQ(answers(running, priorities), offered == group);
      }
    }
  }
}

// A certificate's own curve is no part of the choice.
TEST(Curves, WithACertificateOfAnother) {
  Tls tls = tls_with(made().elliptic);
  tls.curves = {"X25519"};
  const Running running({}, {.tls = tls});
  for (const std::string version : {"2", "3"}) {
    SCOPED_TRACE(version);
    EXPECT_TRUE(answers(running, "NORMAL:-VERS-ALL:+VERS-TLS1." + version));
  }
}

}  // namespace
}  // namespace exporter::web
