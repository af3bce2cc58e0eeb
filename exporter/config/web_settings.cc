#include "exporter/config/web_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

constexpr std::array<std::string_view, 5> kClientAuth = {
    "NoClientCert", "RequestClientCert", "RequireAnyClientCert", "VerifyClientCertIfGiven",
    "RequireAndVerifyClientCert"};

struct HeaderRow {
  std::string_view name;
  std::vector<std::string> values;  // none: any
};

std::span<const HeaderRow> headers() {
  static const std::vector<HeaderRow> kHeaders = {{"Content-Security-Policy", {}},
                                                  {"Strict-Transport-Security", {}},
                                                  {"X-Content-Type-Options", {"nosniff"}},
                                                  {"X-Frame-Options", {"deny", "sameorigin"}},
                                                  {"X-XSS-Protection", {}}};
  return kHeaders;
}

tl::unexpected<Error> not_known(std::string_view text, const std::vector<std::string>& known) {
  const auto near = nearest(text, known);
  return fail(fmt::format("{} is not known; {}", in_quotes(text),
                          near ? fmt::format("did you mean {}?", *near)
                               : fmt::format("write one of {}", join(known, ", "))));
}

Result<void> set_pem(std::string& field, const std::string& text) {
  // Whatever it is instead may be as secret.
  if (text.find("-----BEGIN ") == std::string::npos) {
    return fail("is not PEM; write text with a line -----BEGIN, or a path into the key with _file");
  }
  field = text;
  return {};
}

Result<void> set_client_auth(web::ClientAuth& field, const std::string& text) {
  // The toolkit's older word.
  const std::string name = text == "RequireClientCert" ? "RequireAnyClientCert" : text;
  const auto* const row = std::find(kClientAuth.begin(), kClientAuth.end(), name);
  if (row == kClientAuth.end()) return not_known(text, {kClientAuth.begin(), kClientAuth.end()});
  field = static_cast<web::ClientAuth>(row - kClientAuth.begin());
  return {};
}

Result<void> set_version(int& field, const std::string& text) {
  std::vector<std::string> known;
  for (int version = 10; version <= 13; ++version) {
    known.push_back(tls_version_name(version));
    if (text != known.back()) continue;
    field = version;
    return {};
  }
  return not_known(text, known);
}

Result<void> add_known(std::vector<std::string>& list, const std::string& text,
                       std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), text) == known.end()) {
    return not_known(text, {known.begin(), known.end()});
  }
  list.push_back(text);
  return {};
}

// Go's names for those of TLS 1.3, which it takes as well and does not heed either.
constexpr std::array<std::string_view, 3> kAlwaysThere = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"};

Result<void> add_cipher_suite(std::vector<std::string>& suites, const std::string& text) {
  if (std::find(kAlwaysThere.begin(), kAlwaysThere.end(), text) != kAlwaysThere.end()) return {};
  return add_known(suites, text, web::cipher_suites());
}

Result<void> add_client_name(std::vector<std::string>& names, const std::string& text) {
  if (text.empty()) return fail("is empty; write a name, or leave the item out");
  if (has_control_character(text)) {
    return fail("holds a control character; write the name as it stands in the certificate");
  }
  names.push_back(text);
  return {};
}

Result<void> check_header_value(const HeaderRow& row, const std::string& value) {
  constexpr std::size_t kMost = 4096;
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (value.size() > kMost) {
    return fail(fmt::format("has {} bytes; write at most {}", value.size(), kMost));
  }
  if (!std::all_of(value.begin(), value.end(), printable)) {
    return fail("holds a line break or another character that no header has; write it in one line");
  }
  const auto& known = row.values;
  if (!known.empty() && std::find(known.begin(), known.end(), value) == known.end()) {
    return not_known(value, known);
  }
  return {};
}

Result<void> add_header(WebFile& file, const Item& item) {
  const auto row = std::find_if(headers().begin(), headers().end(),
                                [&](const HeaderRow& each) { return each.name == item.key; });
  if (row == headers().end()) {
    std::vector<std::string> known;
    for (const HeaderRow& each : headers()) known.emplace_back(each.name);
    const auto near = nearest(item.key, known);
    return fail(fmt::format("is not a header that can be set; {}",
                            near ? fmt::format("did you mean {}?", *near)
                                 : fmt::format("these can be: {}", join(known, ", "))));
  }
  const bool twice = std::any_of(file.headers.begin(), file.headers.end(),
                                 [&](const auto& header) { return header.first == item.key; });
  if (twice) return fail("stands twice; leave one out");
  if (item.text.find_first_not_of(' ') == std::string::npos) return {};
  if (auto checked = check_header_value(*row, item.text); !checked) return checked;
  file.headers.emplace_back(item.key, item.text);
  return {};
}

Result<void> add_user(WebFile& file, const Item& item) {
  auto name = parse_username(item.key);
  if (!name) return tl::unexpected(name.error());
  const bool twice = std::any_of(file.users.begin(), file.users.end(),
                                 [&](const access::User& user) { return user.name == *name; });
  if (twice) return fail("stands twice; leave one out");
  if (const auto checked = access::check_bcrypt(item.text); !checked) {
    return fail(fmt::format("{}; make one with htpasswd -nBC 10 \"\"", checked.error().message));
  }
  file.users.push_back({std::move(*name), item.text});
  return {};
}

Result<void> refuse_rate_limit(WebFile& /*file*/, const Item& /*item*/) {
  return fail(
      "is not taken here, where it would be of all callers together; write "
      "api.requests_per_second into the exporter's own configuration, which is of each");
}

constexpr Setting<WebFile> kWebSettings[] = {
    {.key = "tls_server_config.cert_file",
     .type = "file",
     .meaning = "Certificates of the server in PEM, its own first, then those that signed it.",
     .apply = [](WebFile& f,
                 const Item& i) { return assign(f.certificates.file, parse_file(i.text)); }},
    {.key = "tls_server_config.key_file",
     .type = "file",
     .meaning = "Its key in PEM, without a password.",
     .apply = [](WebFile& f, const Item& i) { return assign(f.key.file, parse_file(i.text)); }},
    {.key = "tls_server_config.cert",
     .type = "PEM",
     .meaning = "In place of cert_file: the certificates themselves.",
     .apply = [](WebFile& f, const Item& i) { return set_pem(f.certificates.text, i.text); }},
    {.key = "tls_server_config.key",
     .type = "PEM",
     .meaning = "In place of key_file: the key itself.",
     .apply = [](WebFile& f, const Item& i) { return set_pem(f.key.text, i.text); }},
    {.key = "tls_server_config.client_auth_type",
     .type = "type",
     .default_value = "NoClientCert",
     .meaning = "Whether clients show certificates: NoClientCert; RequestClientCert, asked for and "
                "not looked at; RequireAnyClientCert, one must come, whoever signed it; "
                "VerifyClientCertIfGiven; RequireAndVerifyClientCert, the only one that keeps "
                "others out by itself.",
     .apply = [](WebFile& f, const Item& i) { return set_client_auth(f.tls.client_auth, i.text); }},
    {.key = "tls_server_config.client_ca_file",
     .type = "file",
     .meaning = "Certificates in PEM of those who sign for clients; needed by the types that "
                "verify.",
     .apply = [](WebFile& f,
                 const Item& i) { return assign(f.client_authorities.file, parse_file(i.text)); }},
    {.key = "tls_server_config.client_ca",
     .type = "PEM",
     .meaning = "In place of client_ca_file: the certificates themselves.",
     .apply = [](WebFile& f, const Item& i) { return set_pem(f.client_authorities.text, i.text); }},
    {.key = "tls_server_config.client_allowed_sans",
     .shape = Shape::list,
     .type = "list of text",
     .meaning = "Names of which a client's certificate must have one as it stands here, among its "
                "alternative names: DNS, IP, e-mail or URI. Only with the types that require a "
                "certificate.",
     .apply = [](WebFile& f,
                 const Item& i) { return add_client_name(f.tls.client_names, i.text); }},
    {.key = "tls_server_config.min_version",
     .type = "TLS10 to TLS13",
     .default_value = "TLS12",
     .meaning = "The oldest version that is spoken.",
     .apply = [](WebFile& f, const Item& i) { return set_version(f.tls.least_version, i.text); }},
    {.key = "tls_server_config.max_version",
     .type = "TLS10 to TLS13",
     .default_value = "TLS13",
     .meaning = "The newest version that is spoken.",
     .apply = [](WebFile& f, const Item& i) { return set_version(f.tls.most_version, i.text); }},
    {.key = "tls_server_config.cipher_suites",
     .shape = Shape::list,
     .type = "list of cipher suites",
     .meaning = "Go's names of those that are taken up to TLS 1.2; if left out, those the library "
                "takes for good. There is no choice among those of TLS 1.3.",
     .apply = [](WebFile& f,
                 const Item& i) { return add_cipher_suite(f.tls.cipher_suites, i.text); }},
    {.key = "tls_server_config.prefer_server_cipher_suites",
     .type = "boolean",
     .default_value = "true",
     .meaning = "Whether the server's order decides between them, rather than the client's.",
     .apply =
         [](WebFile& f, const Item& i) {
           return assign(f.tls.prefer_server_ciphers, parse_boolean(i.text));
         }},
    {.key = "tls_server_config.curve_preferences",
     .shape = Shape::list,
     .type = "list of curves",
     .meaning = "Curves for the exchange of keys, best first: CurveP256, CurveP384, CurveP521, "
                "X25519.",
     .apply = [](WebFile& f,
                 const Item& i) { return add_known(f.tls.curves, i.text, web::curves()); }},
    {.key = "http_server_config.http2",
     .type = "boolean",
     .default_value = "true",
     .meaning = "Taken and without effect: the exporter speaks HTTP/1.1.",
     .apply =
         [](WebFile& /*file*/, const Item& i) {
           bool unused = false;
           return assign(unused, parse_boolean(i.text));
         }},
    {.key = "http_server_config.headers",
     .shape = Shape::map,
     .type = "map of header to text",
     .meaning = "Headers of every answer: Content-Security-Policy, Strict-Transport-Security, "
                "X-Content-Type-Options (nosniff), X-Frame-Options (deny or sameorigin) and "
                "X-XSS-Protection; one that is blank is not sent.",
     .apply = add_header},
    {.key = "basic_auth_users",
     .shape = Shape::map,
     .type = "map of user to bcrypt hash",
     .meaning = "Who may do and see everything, by name and password; if left out, nobody is asked "
                "for one.",
     .apply = add_user},
    {.key = "rate_limit.interval",
     .type = "duration",
     .meaning = "Refused; `api.requests_per_second` limits each caller by itself.",
     .apply = refuse_rate_limit},
    {.key = "rate_limit.burst",
     .type = "integer",
     .meaning = "Refused, in the same way.",
     .apply = refuse_rate_limit},
};

}  // namespace

std::span<const Setting<WebFile>> web_settings() { return kWebSettings; }

std::string tls_version_name(int version) { return fmt::format("TLS{}", version); }

std::string_view client_auth_name(web::ClientAuth type) {
  return kClientAuth.at(static_cast<std::size_t>(type));
}

}  // namespace exporter::config
