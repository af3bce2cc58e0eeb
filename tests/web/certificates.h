// Certificates and keys, made in memory for one run of the tests.
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exporter::web::samples {

inline void require(int code) {
  if (code < 0) throw std::runtime_error(gnutls_strerror(code));
}

/// Of GnuTLS' memory, which is given back.
inline std::string text_of(const gnutls_datum_t& made) {
  std::string text(reinterpret_cast<const char*>(made.data), made.size);
  gnutls_free(made.data);
  return text;
}
inline gnutls_datum_t datum_of(const std::string& text) {
  auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
  return {bytes, static_cast<unsigned>(text.size())};
}

class Key {
 public:
  enum class Kind { elliptic, rsa };

  explicit Key(Kind kind = Kind::elliptic) : key_(empty()) {
    if (kind == Kind::rsa) {
      require(gnutls_x509_privkey_generate(key_.get(), GNUTLS_PK_RSA, 2048, 0));
    } else {
      require(gnutls_x509_privkey_generate(key_.get(), GNUTLS_PK_ECDSA,
                                           GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    }
  }

  gnutls_x509_privkey_t get() const { return key_.get(); }
  std::string pem() const {
    gnutls_datum_t made{};
    require(gnutls_x509_privkey_export2_pkcs8(key_.get(), GNUTLS_X509_FMT_PEM, nullptr,
                                              GNUTLS_PKCS_PLAIN, &made));
    return text_of(made);
  }
  std::string encrypted_pem() const {
    gnutls_datum_t made{};
    require(gnutls_x509_privkey_export2_pkcs8(key_.get(), GNUTLS_X509_FMT_PEM, "a passphrase",
                                              GNUTLS_PKCS_PBES2_AES_256, &made));
    return text_of(made);
  }

 private:
  struct Free {
    void operator()(gnutls_x509_privkey_t key) const { gnutls_x509_privkey_deinit(key); }
  };
  using Owned = std::unique_ptr<gnutls_x509_privkey_int, Free>;
  static Owned empty() {
    gnutls_x509_privkey_t key = nullptr;
    require(gnutls_x509_privkey_init(&key));
    return Owned(key);
  }

  Owned key_;
};

/// A certificate with its key, both PEM.
struct Pair {
  std::string certificate;
  std::string key;
};

struct Alternative {
  gnutls_x509_subject_alt_name_t kind;
  std::string value;  // as a certificate holds it: addresses are bytes
};

struct Wish {
  std::string name = "somebody";
  std::vector<Alternative> alternatives{};
  std::string raw_alternatives{};            // DER, in their place
  std::string purpose{};                     // an object identifier; empty: any
  std::chrono::hours begins{-24}, ends{24};  // from now
};

/// Signs with its own key, and its own certificate with the same.
class Authority {
 public:
  explicit Authority(std::string name, Key::Kind kind = Key::Kind::elliptic)
      : key_(kind), certificate_(empty()) {
    fill(certificate_.get(), {.name = std::move(name)}, key_);
    require(gnutls_x509_crt_set_basic_constraints(certificate_.get(), 1, -1));
    require(gnutls_x509_crt_set_key_usage(certificate_.get(), GNUTLS_KEY_KEY_CERT_SIGN));
    require(gnutls_x509_crt_sign2(certificate_.get(), certificate_.get(), key_.get(),
                                  GNUTLS_DIG_SHA256, 0));
  }

  std::string pem() const { return pem_of(certificate_.get()); }

  Pair sign(const Wish& wish, const Key& key = Key()) const {
    const Owned certificate = empty();
    fill(certificate.get(), wish, key);
    require(gnutls_x509_crt_sign2(certificate.get(), certificate_.get(), key_.get(),
                                  GNUTLS_DIG_SHA256, 0));
    return {.certificate = pem_of(certificate.get()), .key = key.pem()};
  }

 private:
  struct Free {
    void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
  };
  using Owned = std::unique_ptr<gnutls_x509_crt_int, Free>;
  static Owned empty() {
    gnutls_x509_crt_t certificate = nullptr;
    require(gnutls_x509_crt_init(&certificate));
    return Owned(certificate);
  }

  static void fill(gnutls_x509_crt_t certificate, const Wish& wish, const Key& key) {
    static unsigned char serial = 0;
    ++serial;
    const auto now = std::chrono::system_clock::now();
    const auto at = [&](std::chrono::hours span) {
      return std::chrono::system_clock::to_time_t(now + span);
    };
    require(gnutls_x509_crt_set_version(certificate, 3));
    require(gnutls_x509_crt_set_serial(certificate, &serial, 1));
    require(gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                          wish.name.data(),
                                          static_cast<unsigned>(wish.name.size())));
    require(gnutls_x509_crt_set_activation_time(certificate, at(wish.begins)));
    require(gnutls_x509_crt_set_expiration_time(certificate, at(wish.ends)));
    require(gnutls_x509_crt_set_key(certificate, key.get()));
    for (const auto& [kind, value] : wish.alternatives) {
      require(gnutls_x509_crt_set_subject_alt_name(certificate, kind, value.data(),
                                                   static_cast<unsigned>(value.size()),
                                                   GNUTLS_FSAN_APPEND));
    }
    if (const std::string& raw = wish.raw_alternatives; !raw.empty()) {
      require(gnutls_x509_crt_set_extension_by_oid(certificate, "2.5.29.17", raw.data(), raw.size(),
                                                   0));
    }
    if (!wish.purpose.empty()) {
      require(gnutls_x509_crt_set_key_purpose_oid(certificate, wish.purpose.c_str(), 0));
    }
  }

  static std::string pem_of(gnutls_x509_crt_t certificate) {
    gnutls_datum_t made{};
    require(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &made));
    return text_of(made);
  }

  Key key_;
  Owned certificate_;
};

}  // namespace exporter::web::samples
