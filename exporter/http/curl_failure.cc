#include "exporter/http/curl_failure.h"

#include <curl/curl.h>

namespace exporter::http {
namespace {

FailureKind timed_out(Stage stage) {
  switch (stage) {
    case Stage::resolving:
      return FailureKind::resolve;
    case Stage::connecting:
      return FailureKind::connect;
    case Stage::connected:
      return FailureKind::timeout;
  }
  return FailureKind::timeout;
}

// With TLS 1.3 a server that misses the client's certificate says so only after the handshake.
FailureKind broken(std::string_view text) {
  return text.find(" alert ") == std::string_view::npos ? FailureKind::reset : FailureKind::tls;
}

}  // namespace

FailureKind failure_kind(int code, Stage stage, std::string_view text) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return FailureKind::resolve;
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED:
    case CURLE_NO_CONNECTION_AVAILABLE:
    case CURLE_PROXY:
    case CURLE_URL_MALFORMAT:
      return FailureKind::connect;
    case CURLE_OPERATION_TIMEDOUT:
      return timed_out(stage);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
      return FailureKind::tls;
    case CURLE_BAD_CONTENT_ENCODING:
      return FailureKind::encoding;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return broken(text);
    default:
      return FailureKind::reset;
  }
}

std::string_view what_failed(FailureKind kind) {
  switch (kind) {
    case FailureKind::resolve:
      return "cannot resolve";
    case FailureKind::connect:
      return "cannot connect to";
    case FailureKind::tls:
      return "no trusted connection to";
    case FailureKind::timeout:
      return "no whole answer in time from";
    case FailureKind::encoding:
      return "cannot decompress the answer of";
    default:
      return "no whole answer from";
  }
}

}  // namespace exporter::http
