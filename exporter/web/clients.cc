#include <arpa/inet.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <array>
#include <memory>

#include "exporter/web/tls.h"

namespace exporter::web {

namespace {

struct FreeCertificate {
  void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
};
using Certificate = std::unique_ptr<gnutls_x509_crt_int, FreeCertificate>;

// Of a trusted authority, valid now, and made for clients.
bool is_verified(gnutls_session_t session) {
  std::string purpose = GNUTLS_KP_TLS_WWW_CLIENT;
  gnutls_typed_vdata_st wanted{};
  wanted.type = GNUTLS_DT_KEY_PURPOSE_OID;
  wanted.data = reinterpret_cast<unsigned char*>(purpose.data());
  unsigned status = 0;
  return gnutls_certificate_verify_peers(session, &wanted, 1, &status) == GNUTLS_E_SUCCESS &&
         status == 0;
}

// The bytes of an address, as a certificate holds them; empty for what is none.
std::string address_bytes(const std::string& text) {
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

bool is_name(int kind, std::string_view held, const std::string& wanted) {
  switch (kind) {
    case GNUTLS_SAN_DNSNAME:
    case GNUTLS_SAN_RFC822NAME:
    case GNUTLS_SAN_URI:
      return held == wanted;
    case GNUTLS_SAN_IPADDRESS:
      return !held.empty() && held == address_bytes(wanted);
    default:
      return false;
  }
}

bool has_name(gnutls_x509_crt_t certificate, const std::vector<std::string>& names) {
  std::string held;
  for (unsigned i = 0;; ++i) {
    std::size_t size = held.size();
    int kind = gnutls_x509_crt_get_subject_alt_name(certificate, i, held.data(), &size, nullptr);
    if (kind == GNUTLS_E_SHORT_MEMORY_BUFFER) {
      held.resize(size);
      kind = gnutls_x509_crt_get_subject_alt_name(certificate, i, held.data(), &size, nullptr);
    }
    if (kind < 0) return false;  // there are no more
    const std::string_view name = std::string_view(held).substr(0, size);
    if (std::any_of(names.begin(), names.end(),
                    [&](const std::string& wanted) { return is_name(kind, name, wanted); })) {
      return true;
    }
  }
}

bool has_name(const gnutls_datum_t& shown, const std::vector<std::string>& names) {
  gnutls_x509_crt_t raw = nullptr;
  if (gnutls_x509_crt_init(&raw) != GNUTLS_E_SUCCESS) return false;
  const Certificate certificate(raw);
  return gnutls_x509_crt_import(raw, &shown, GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS &&
         has_name(raw, names);
}

}  // namespace

gnutls_certificate_request_t request_of(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::none:
      break;
    case ClientAuth::request:
    case ClientAuth::verify_if_given:
      return GNUTLS_CERT_REQUEST;
    case ClientAuth::require_any:
    case ClientAuth::require_and_verify:
      return GNUTLS_CERT_REQUIRE;
  }
  return GNUTLS_CERT_IGNORE;
}

bool admits_client(gnutls_session_t session, const Tls& tls) {
  if (tls.client_auth == ClientAuth::none) return true;
  unsigned count = 0;
  const gnutls_datum_t* shown = gnutls_certificate_get_peers(session, &count);
  if (shown == nullptr || count == 0) return request_of(tls.client_auth) == GNUTLS_CERT_REQUEST;
  const bool verified = tls.client_auth == ClientAuth::verify_if_given ||
                        tls.client_auth == ClientAuth::require_and_verify;
  if (verified && !is_verified(session)) return false;
  return tls.client_names.empty() || has_name(shown[0], tls.client_names);
}

}  // namespace exporter::web
