// A TLS client for the tests of web/ that can be told to stop in the middle.
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/web/certificates.h"
#include "tests/web/client.h"

namespace exporter::web::samples {

/// Trusts any server: who is let in is the server's business here.
class TlsClient {
 public:
  struct Wants {
    std::string priorities = "NORMAL";
    std::optional<Pair> shows{};  // also to servers that trust another authority
    /// It says no more than so many bytes.
    std::size_t most_bytes = std::numeric_limits<std::size_t>::max();
  };

  TlsClient(const std::string& address, const Wants& wants)
      : state_(std::make_unique<State>(address, wants.most_bytes)) {
    gnutls_certificate_credentials_t credentials = nullptr;
    require(gnutls_certificate_allocate_credentials(&credentials));
    state_->credentials.reset(credentials);
    // A client may lie about what it has the key to.
    gnutls_certificate_set_flags(credentials, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
    if (wants.shows) {
      const gnutls_datum_t certificate = datum_of(wants.shows->certificate);
      const gnutls_datum_t key = datum_of(wants.shows->key);
      require(gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key,
                                                  GNUTLS_X509_FMT_PEM));
    }
    gnutls_session_t session = nullptr;
    require(gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT));
    state_->session.reset(session);
    require(gnutls_priority_set_direct(session, wants.priorities.c_str(), nullptr));
    require(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials));
    gnutls_transport_set_ptr(session, state_.get());
    gnutls_transport_set_push_function(session, &push);
    gnutls_transport_set_pull_function(session, &pull);
  }
  explicit TlsClient(const std::string& address) : TlsClient(address, Wants()) {}

  /// Whether it came to an end. In TLS 1.3 that is before the server has seen our certificate.
  bool handshake() {
    int code = GNUTLS_E_AGAIN;
    while (code < 0 && gnutls_error_is_fatal(code) == 0) {
      code = gnutls_handshake(state_->session.get());
    }
    return code == GNUTLS_E_SUCCESS;
  }

  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = gnutls_record_send(state_->session.get(), bytes.data(), bytes.size());
      if (sent < 0 && gnutls_error_is_fatal(static_cast<int>(sent)) != 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    }
    return true;
  }

  /// What comes next; empty at the end.
  std::string read_some() {
    std::array<char, 16384> bytes;
    ssize_t got = GNUTLS_E_AGAIN;
    while (got < 0 && gnutls_error_is_fatal(static_cast<int>(got)) == 0) {
      got = gnutls_record_recv(state_->session.get(), bytes.data(), bytes.size());
    }
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

  /// Until the other side closes.
  std::string read_all() {
    std::string all, part;
    while (!(part = read_some()).empty()) all += part;
    return all;
  }

  /// One answer of many on a connection, which must have a length. Empty when there is none.
  std::string ask(std::string_view path) {
    if (!write("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n")) return {};
    return read_answer();
  }
  /// All of an answer that begins with what has been read already.
  std::string read_answer(std::string answer = {}) {
    constexpr std::string_view kEnd = "\r\n\r\n", kLength = "\r\nContent-Length: ";
    std::string part;
    for (;;) {
      const std::size_t end = answer.find(kEnd), length = answer.find(kLength);
      if (end != std::string::npos && length < end) {
        const std::size_t body = std::stoul(answer.substr(length + kLength.size(), 20));
        if (answer.size() >= end + kEnd.size() + body) return answer;
      }
      part = read_some();
      if (part.empty()) return {};
      answer += part;
    }
  }

  gnutls_session_t session() const { return state_->session.get(); }
  const Socket& socket() const { return state_->socket; }

  /// The common name in the certificate that the server has shown.
  std::string server() const {
    unsigned count = 0;
    const gnutls_datum_t* shown = gnutls_certificate_get_peers(session(), &count);
    if (shown == nullptr || count == 0) return {};
    gnutls_x509_crt_t certificate = nullptr;
    require(gnutls_x509_crt_init(&certificate));
    std::string name(256, '\0');
    std::size_t size = name.size();
    int code = gnutls_x509_crt_import(certificate, shown, GNUTLS_X509_FMT_DER);
    if (code >= 0) {
      code = gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
                                           name.data(), &size);
    }
    gnutls_x509_crt_deinit(certificate);
    require(code);
    return name.substr(0, size);
  }

  /// How many bytes it has said.
  std::size_t said() const { return state_->said; }

 private:
  struct Free {
    void operator()(gnutls_session_t session) const { gnutls_deinit(session); }
    void operator()(gnutls_certificate_credentials_t credentials) const {
      gnutls_certificate_free_credentials(credentials);
    }
  };
  struct State {
    State(const std::string& address, std::size_t most_bytes) : socket(address), most(most_bytes) {}

    Socket socket;
    std::size_t most;
    std::size_t said = 0;
    std::unique_ptr<gnutls_certificate_credentials_st, Free> credentials;
    std::unique_ptr<gnutls_session_int, Free> session;
  };

  static ssize_t push(gnutls_transport_ptr_t state, const void* data, std::size_t size) noexcept {
    auto& to = *static_cast<State*>(state);
    const std::size_t part = std::min(size, to.most - to.said);
    try {
      to.socket.write({static_cast<const char*>(data), part});
      to.said += part;
      if (part == size) return static_cast<ssize_t>(size);
    } catch (const std::exception&) {
    }
    errno = EPIPE;
    return -1;
  }

  static ssize_t pull(gnutls_transport_ptr_t state, void* data, std::size_t size) noexcept {
    try {
      const std::string got = static_cast<State*>(state)->socket.read_some(size);
      std::memcpy(data, got.data(), got.size());
      return static_cast<ssize_t>(got.size());
    } catch (const std::exception&) {
      errno = ENOMEM;
      return -1;
    }
  }

  std::unique_ptr<State> state_;  // what the session points to
};

}  // namespace exporter::web::samples
