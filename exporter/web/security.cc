#include <fmt/format.h>
#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <memory>

#include "exporter/web/tls.h"

namespace exporter::web {

namespace {

struct Free {
  void operator()(gnutls_privkey_t key) const { gnutls_privkey_deinit(key); }
  void operator()(gnutls_priority_t priority) const { gnutls_priority_deinit(priority); }
  void operator()(gnutls_certificate_credentials_t credentials) const {
    gnutls_certificate_free_credentials(credentials);
  }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

gnutls_datum_t datum(const std::string& text) {
  // GnuTLS does not write to it.
  auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
  return {bytes, static_cast<unsigned>(text.size())};
}

Result<void> check_certificates(const std::string& pem, std::string_view what) {
  // What reads it later takes it for a text that ends at the first NUL.
  if (pem.find('\0') != std::string::npos) return fail(fmt::format("{} hold a NUL", what));
  gnutls_x509_crt_t* list = nullptr;
  unsigned count = 0;
  const gnutls_datum_t text = datum(pem);
  const int code = gnutls_x509_crt_list_import2(&list, &count, &text, GNUTLS_X509_FMT_PEM, 0);
  if (code < 0) {
    return fail(fmt::format("{} cannot be read as PEM: {}", what, gnutls_strerror(code)));
  }
  for (unsigned i = 0; i < count; ++i) gnutls_x509_crt_deinit(list[i]);
  gnutls_free(list);
  return {};
}

Result<void> check_key(const std::string& pem) {
  if (pem.find("ENCRYPTED") != std::string::npos) {
    return fail("the key is encrypted; decrypt it, and keep it where only the exporter reads it");
  }
  gnutls_privkey_t raw = nullptr;
  if (gnutls_privkey_init(&raw) < 0) return fail("no memory for the key");
  const Owned<gnutls_privkey_st> key(raw);
  const gnutls_datum_t text = datum(pem);
  const int code = gnutls_privkey_import_x509_raw(raw, &text, GNUTLS_X509_FMT_PEM, nullptr, 0);
  if (code < 0 || pem.find('\0') != std::string::npos) {
    return fail(fmt::format("the key cannot be read as PEM: {}",
                            code < 0 ? gnutls_strerror(code) : "it holds a NUL"));
  }
  return {};
}

Result<void> check_pair(const Tls& tls) {
  gnutls_certificate_credentials_t raw = nullptr;
  if (gnutls_certificate_allocate_credentials(&raw) < 0) return fail("no memory for the key");
  const Owned<gnutls_certificate_credentials_st> credentials(raw);
  const gnutls_datum_t certificates = datum(tls.certificates);
  const gnutls_datum_t key = datum(tls.key);
  const int code =
      gnutls_certificate_set_x509_key_mem(raw, &certificates, &key, GNUTLS_X509_FMT_PEM);
  if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH) {
    return fail("the key is not that of the first certificate; the server's own must come first");
  }
  if (code < 0) return fail(fmt::format("certificates and key: {}", gnutls_strerror(code)));
  return {};
}

Result<void> check_clients(const Tls& tls) {
  const bool verified = tls.client_auth == ClientAuth::verify_if_given ||
                        tls.client_auth == ClientAuth::require_and_verify;
  if (verified && tls.client_authorities.empty()) {
    return fail("certificates of clients are to be verified, and no authority is given for that");
  }
  if (tls.client_authorities.empty()) return {};
  return check_certificates(tls.client_authorities, "the certificates of client authorities");
}

Result<void> check_names(const std::vector<std::string>& names,
                         std::span<const std::string_view> known, std::string_view what) {
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return fail(fmt::format("there is no {} {}; there are {}", what, name, fmt::join(known, ", ")));
  }
  return {};
}

Result<void> check_versions(const Tls& tls) {
  if (tls.least_version < 10 || tls.most_version > 13 || tls.least_version > tls.most_version) {
    return fail(fmt::format("TLS 1.{} to 1.{} is no range of versions from 1.0 to 1.3",
                            tls.least_version - 10, tls.most_version - 10));
  }
  return {};
}

Result<void> check_priorities(const Tls& tls) {
  gnutls_priority_t raw = nullptr;
  const int code = gnutls_priority_init(&raw, priorities(tls).c_str(), nullptr);
  const Owned<gnutls_priority_st> priority(raw);
  if (code == GNUTLS_E_SUCCESS) return {};
  return fail(fmt::format("these versions, cipher suites and curves do not go together: {}",
                          gnutls_strerror(code)));
}

}  // namespace

Result<void> check(const Tls& tls) {
  return check_certificates(tls.certificates, "the certificates")
      .and_then([&] { return check_key(tls.key); })
      .and_then([&] { return check_pair(tls); })
      .and_then([&] { return check_clients(tls); })
      .and_then([&] { return check_versions(tls); })
      .and_then([&] { return check_names(tls.cipher_suites, cipher_suites(), "cipher suite"); })
      .and_then([&] { return check_names(tls.curves, curves(), "curve"); })
      .and_then([&] { return check_priorities(tls); });
}

}  // namespace exporter::web
