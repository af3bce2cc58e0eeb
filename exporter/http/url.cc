#include "exporter/http/url.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace exporter::http {
namespace {

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlCleanup>;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

Result<Url> take_apart(CURLU* url) {
  Url parts{.scheme = part(url, CURLUPART_SCHEME),
            .host = part(url, CURLUPART_HOST),
            .port = part(url, CURLUPART_PORT),
            .target = part(url, CURLUPART_PATH)};
  if (parts.scheme != "http" && parts.scheme != "https") {
    return fail(fmt::format("the scheme {} is neither http nor https", parts.scheme));
  }
  std::transform(parts.host.begin(), parts.host.end(), parts.host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (const std::string query = part(url, CURLUPART_QUERY); !query.empty()) {
    parts.target += '?' + query;
  }
  return parts;
}

}  // namespace

std::string Url::place() const { return host + ':' + port; }

std::string Url::authority() const {
  const bool implied = port == (scheme == "https" ? "443" : "80");
  return implied ? host : place();
}

std::string Url::text() const { return scheme + "://" + authority() + target; }

Result<Url> parse_url(const std::string& text) {
  const UrlHandle url(curl_url());
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER);
  if (code == CURLUE_USER_NOT_ALLOWED) {
    return fail("the URL holds a user name or password; credentials are read from files");
  }
  if (code != CURLUE_OK) return fail(fmt::format("malformed URL: {}", curl_url_strerror(code)));
  return take_apart(url.get());
}

Result<Url> resolve(const Url& base, const std::string& location) {
  const UrlHandle url(curl_url());
  CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, base.text().c_str(), 0);
  if (code == CURLUE_OK) {
    code = curl_url_set(url.get(), CURLUPART_URL, location.c_str(),
                        CURLU_URLENCODE | CURLU_ALLOW_SPACE);
  }
  if (code != CURLUE_OK) return fail(fmt::format("malformed URL: {}", curl_url_strerror(code)));
  return take_apart(url.get());
}

}  // namespace exporter::http
