#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "exporter/config/regular_file.h"
#include "exporter/config/text.h"
#include "exporter/config/walk.h"
#include "exporter/config/web_settings.h"

namespace exporter::config {
namespace {

using web::ClientAuth;

std::string in_tls(std::string_view key) { return fmt::format("{}.{}", kTlsSection, key); }

/// Reads what stands in files of their own, and notes them.
class Files {
 public:
  Files(Reading& reading, const std::string& path)
      : reading_(reading), folder_(std::filesystem::path(path).parent_path()), names_{path} {}

  /// The text of `key` or what is in the file of `key_file`; empty when there is neither, or a
  /// fault.
  std::string take(const WebFile::Pem& pem, std::string_view key) {
    const std::string inside = in_tls(key);
    const std::string beside = inside + "_file";
    if (!reading_.was_found(beside) || reading_.was_refused(beside)) return pem.text;
    if (reading_.was_found(inside)) {
      reading_.fault(inside, fmt::format("stands beside {}_file; write one of the two", key));
    }
    const std::string path = (folder_ / pem.file).string();
    names_.push_back(path);
    auto text = read_regular_file(path);
    if (text && text->empty()) text = fail("is empty; write the path of one with PEM in it");
    if (text) return *std::move(text);
    reading_.fault(beside, fmt::format("{} {}", in_quotes(path), text.error().message));
    return {};
  }

  std::vector<std::string> names() && { return std::move(names_); }

 private:
  Reading& reading_;
  std::filesystem::path folder_;
  std::vector<std::string> names_;
};

/// With any of its keys TLS is meant, and nothing goes on in the clear for want of another.
bool wants_tls(const Reading& reading) {
  const auto table = web_settings();
  return std::any_of(table.begin(), table.end(), [&](const auto& row) {
    return row.key.starts_with(kTlsSection) && reading.was_found(std::string(row.key));
  });
}

void check_pair(Reading& reading) {
  for (const std::string_view key : {"cert", "key"}) {
    const std::string inside = in_tls(key);
    if (reading.was_found(inside) || reading.was_found(inside + "_file")) continue;
    reading.fault(inside + "_file", "is missing, and without it there is no TLS; write its path");
  }
}

void check_clients(Reading& reading, const WebFile& file) {
  const std::string type = in_tls("client_auth_type");
  if (reading.was_refused(type)) return;
  const ClientAuth auth = file.tls.client_auth;
  const bool verifies =
      auth == ClientAuth::verify_if_given || auth == ClientAuth::require_and_verify;
  const bool requires_one =
      auth == ClientAuth::require_any || auth == ClientAuth::require_and_verify;
  const std::string inside = in_tls("client_ca");
  const bool in_file = reading.was_found(inside + "_file");
  const bool authorities = in_file || reading.was_found(inside);
  if (verifies && !authorities) {
    reading.fault(type, fmt::format("{} checks who signed, and nobody is named; write "
                                    "client_ca_file",
                                    client_auth_name(auth)));
  }
  if (authorities && auth == ClientAuth::none) {
    reading.fault(in_file ? inside + "_file" : inside,
                  "stands without client_auth_type, and no client would be asked; write "
                  "RequireAndVerifyClientCert there");
  }
  if (reading.was_found(in_tls("client_allowed_sans")) && !requires_one) {
    reading.fault(in_tls("client_allowed_sans"),
                  fmt::format("go with RequireAndVerifyClientCert or RequireAnyClientCert, and "
                              "client_auth_type is {}; write one of them there",
                              client_auth_name(auth)));
  }
}

void check_versions(Reading& reading, const web::Tls& tls) {
  if (tls.least_version <= tls.most_version) return;
  const std::string least = in_tls("min_version");
  const std::string most = in_tls("max_version");
  if (reading.was_refused(least) || reading.was_refused(most)) return;
  const bool said = reading.was_found(least);
  reading.fault(said ? least : most,
                fmt::format("leaves no version from {} to {}; write min_version: {} or older",
                            tls_version_name(tls.least_version), tls_version_name(tls.most_version),
                            tls_version_name(tls.most_version)));
}

// An empty list would stand for all the library takes.
void check_suites(Reading& reading, const web::Tls& tls) {
  const std::string suites = in_tls("cipher_suites");
  if (!reading.was_found(suites) || reading.has_faults(suites)) return;
  if (!tls.cipher_suites.empty() || tls.least_version == 13) return;
  reading.fault(suites,
                "name none but those of TLS 1.3, which are always there; write "
                "min_version: TLS13 in their place, or others beside them");
}

void complete_tls(Reading& reading, WebFile& file, Files& files) {
  check_pair(reading);
  check_clients(reading, file);
  check_versions(reading, file.tls);
  check_suites(reading, file.tls);
  file.tls.certificates = files.take(file.certificates, "cert");
  file.tls.key = files.take(file.key, "key");
  file.tls.client_authorities = files.take(file.client_authorities, "client_ca");
  const std::string section(kTlsSection);
  if (reading.has_faults(section)) return;
  if (auto checked = web::check(file.tls); !checked) {
    reading.fault(section, checked.error().message);
  }
}

/// False: there is nothing to be said of the rest.
bool take(Reading& reading, WebFile& file, std::string_view yaml) {
  const auto root = read_yaml(yaml);
  if (!root) {
    reading.fault(reading.line(root.error().line), "", root.error().message);
    return false;
  }
  if (root->kind == Node::Kind::null) return true;
  if (root->kind != Node::Kind::map) {
    reading.fault(
        reading.line(root->line), "",
        fmt::format("is {}; begin with a key such as {}:", to_string(root->kind), kTlsSection));
    return false;
  }
  Walk<WebFile>(reading, web_settings(), file, "", {}).map(*root, "");
  return true;
}

}  // namespace

Result<WebConfig, Faults> parse_web_config(std::string_view yaml, const std::string& path) {
  Reading reading(path);
  Files files(reading, path);
  WebFile file;
  const bool tls = take(reading, file, yaml) && wants_tls(reading);
  if (tls) complete_tls(reading, file, files);
  if (Faults faults = reading.faults(); !faults.empty()) return tl::unexpected(std::move(faults));
  WebConfig result{.security = {.users = std::move(file.users), .headers = std::move(file.headers)},
                   .files = std::move(files).names()};
  if (tls) result.security.tls = std::move(file.tls);
  return result;
}

Result<WebConfig, Faults> load_web_config(const std::string& path) {
  const auto text = read_regular_file(path);
  if (!text) return tl::unexpected(Faults{fmt::format("{}: {}", path, text.error().message)});
  return parse_web_config(*text, path);
}

}  // namespace exporter::config
