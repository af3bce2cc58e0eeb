#include <algorithm>
#include <array>
#include <vector>

#include "exporter/web/tls.h"

namespace exporter::web {

namespace {

struct Suite {
  std::string_view name;  // Go's, which is IANA's
  gnutls_kx_algorithm_t key_exchange;
  gnutls_cipher_algorithm_t cipher;
  gnutls_mac_algorithm_t mac;
};

// What Go takes for secure, or did until 1.22. TLS 1.3 has its own, among which there is no choice.
constexpr std::array kSuites = {
    Suite{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", GNUTLS_KX_ECDHE_ECDSA,
          GNUTLS_CIPHER_AES_128_GCM, GNUTLS_MAC_AEAD},
    Suite{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", GNUTLS_KX_ECDHE_ECDSA,
          GNUTLS_CIPHER_AES_256_GCM, GNUTLS_MAC_AEAD},
    Suite{"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", GNUTLS_KX_ECDHE_ECDSA,
          GNUTLS_CIPHER_CHACHA20_POLY1305, GNUTLS_MAC_AEAD},
    Suite{"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", GNUTLS_KX_ECDHE_ECDSA, GNUTLS_CIPHER_AES_128_CBC,
          GNUTLS_MAC_SHA1},
    Suite{"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", GNUTLS_KX_ECDHE_ECDSA, GNUTLS_CIPHER_AES_256_CBC,
          GNUTLS_MAC_SHA1},
    Suite{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", GNUTLS_KX_ECDHE_RSA, GNUTLS_CIPHER_AES_128_GCM,
          GNUTLS_MAC_AEAD},
    Suite{"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", GNUTLS_KX_ECDHE_RSA, GNUTLS_CIPHER_AES_256_GCM,
          GNUTLS_MAC_AEAD},
    Suite{"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", GNUTLS_KX_ECDHE_RSA,
          GNUTLS_CIPHER_CHACHA20_POLY1305, GNUTLS_MAC_AEAD},
    Suite{"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", GNUTLS_KX_ECDHE_RSA, GNUTLS_CIPHER_AES_128_CBC,
          GNUTLS_MAC_SHA1},
    Suite{"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", GNUTLS_KX_ECDHE_RSA, GNUTLS_CIPHER_AES_256_CBC,
          GNUTLS_MAC_SHA1},
    Suite{"TLS_RSA_WITH_AES_128_GCM_SHA256", GNUTLS_KX_RSA, GNUTLS_CIPHER_AES_128_GCM,
          GNUTLS_MAC_AEAD},
    Suite{"TLS_RSA_WITH_AES_256_GCM_SHA384", GNUTLS_KX_RSA, GNUTLS_CIPHER_AES_256_GCM,
          GNUTLS_MAC_AEAD},
    Suite{"TLS_RSA_WITH_AES_128_CBC_SHA", GNUTLS_KX_RSA, GNUTLS_CIPHER_AES_128_CBC,
          GNUTLS_MAC_SHA1},
    Suite{"TLS_RSA_WITH_AES_256_CBC_SHA", GNUTLS_KX_RSA, GNUTLS_CIPHER_AES_256_CBC,
          GNUTLS_MAC_SHA1},
};

struct Curve {
  std::string_view name;  // Go's
  std::string_view group;
};
constexpr std::array kCurves = {
    Curve{"CurveP256", "SECP256R1"},
    Curve{"CurveP384", "SECP384R1"},
    Curve{"CurveP521", "SECP521R1"},
    Curve{"X25519", "X25519"},
};

template <class Row, std::size_t size>
constexpr std::array<std::string_view, size> names_of(const std::array<Row, size>& rows) {
  std::array<std::string_view, size> names{};
  for (std::size_t i = 0; i < size; ++i) names[i] = rows[i].name;
  return names;
}
constexpr std::array kSuiteNames = names_of(kSuites);
constexpr std::array kCurveNames = names_of(kCurves);

const Suite* find_suite(std::string_view name) {
  const auto* at = std::find_if(kSuites.begin(), kSuites.end(),
                                [&](const Suite& suite) { return suite.name == name; });
  return at == kSuites.end() ? nullptr : at;
}

// `+` before each part, once, in the order in which they come.
class Parts {
 public:
  void add(std::string_view part) {
    if (std::find(parts_.begin(), parts_.end(), part) == parts_.end()) parts_.emplace_back(part);
  }
  std::string text() const {
    std::string text;
    for (const std::string& part : parts_) text += ":+" + part;
    return text;
  }

 private:
  std::vector<std::string> parts_;
};

std::string suite_parts(const Tls& tls) {
  Parts parts;
  for (const std::string& name : tls.cipher_suites) {
    const Suite* suite = find_suite(name);
    if (suite == nullptr) continue;
    parts.add(gnutls_cipher_get_name(suite->cipher));
    parts.add(gnutls_mac_get_name(suite->mac));
    parts.add(gnutls_kx_get_name(suite->key_exchange));
  }
  if (tls.most_version >= 13) {
    for (const char* part : {"AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305", "AEAD"}) {
      parts.add(part);
    }
  }
  return ":-CIPHER-ALL:-MAC-ALL:-KX-ALL" + parts.text();
}

}  // namespace

std::span<const std::string_view> cipher_suites() { return kSuiteNames; }
std::span<const std::string_view> curves() { return kCurveNames; }

std::string priorities(const Tls& tls) {
  std::string text = "NORMAL:-VERS-ALL";
  for (int version = tls.most_version; version >= tls.least_version; --version) {
    text += ":+VERS-TLS1." + std::to_string(version - 10);
  }
  if (!tls.cipher_suites.empty()) text += suite_parts(tls);
  if (!tls.curves.empty()) text += ":-GROUP-ALL";
  for (const std::string& name : tls.curves) {
    for (const Curve& curve : kCurves) {
      if (curve.name == name) text += ":+GROUP-" + std::string(curve.group);
    }
  }
  if (tls.prefer_server_ciphers || !tls.cipher_suites.empty()) text += ":%SERVER_PRECEDENCE";
  return text;
}

bool agreed_as_listed(gnutls_session_t session, const Tls& tls) {
  if (tls.cipher_suites.empty() || gnutls_protocol_get_version(session) >= GNUTLS_TLS1_3) {
    return true;
  }
  return std::any_of(
      tls.cipher_suites.begin(), tls.cipher_suites.end(), [&](const std::string& name) {
        const Suite* suite = find_suite(name);
        return suite != nullptr && suite->key_exchange == gnutls_kx_get(session) &&
               suite->cipher == gnutls_cipher_get(session) && suite->mac == gnutls_mac_get(session);
      });
}

}  // namespace exporter::web
