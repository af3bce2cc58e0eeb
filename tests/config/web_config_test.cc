// The web configuration file: what it may say, and what a fault must never repeat.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

const std::string kHash = "$2y$10$Dx7yQpZ0bVw3hK5mN8sTu.TaRoGgVP9w5k0/jS7kDOETcunJnyqem";
const std::string kHow = "; make one with htpasswd -nBC 10 \"\"";

/// A folder with two pairs of certificate and key, made once by openssl.
class WebConfigFile : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = testing::TempDir() + "web-config-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    for (const char* name : {"server", "other"}) {
      const std::string command = fmt::format(
          "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
          "-subj /CN={0} -keyout {1}/{0}.key -out {1}/{0}.crt 2>{1}/log",
          name, folder_.string());
      ASSERT_EQ(std::system(command.c_str()), 0);
    }
    write("empty.crt", "");
    write("long.crt", std::string((1u << 20) + 1, 'a'));
    std::filesystem::create_symlink("loop", folder_ / "loop");
    ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }

  static void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  static std::string content(const std::string& name) {
    std::ifstream in(folder_ / name);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static std::string at(const std::string& name) { return (folder_ / name).string(); }

  static Result<WebConfig, Faults> read(const std::string& yaml) {
    return parse_web_config(yaml, at("web.yml"));
  }
  static WebConfig good(const std::string& yaml) {
    auto config = read(yaml);
    if (config) return *std::move(config);
    ADD_FAILURE() << testing::PrintToString(config.error());
    return {};
  }
  /// Messages lack the file's path before the line.
  static void bad(const std::string& yaml, const std::vector<std::string>& messages) {
    SCOPED_TRACE(yaml);
    std::vector<std::string> expected;
    expected.reserve(messages.size());
    for (const std::string& message : messages) expected.push_back(at("web.yml") + message);
    const auto config = read(yaml);
    EXPECT_THAT(config ? Faults{} : config.error(), testing::ElementsAreArray(expected));
  }
  /// One more line beside a good pair, as line 4; the message is that of the section.
  static void bad_tls(const std::string& line, const std::string& message) {
    bad(kPair + "  " + line + "\n", {":4: tls_server_config." + message});
  }

  static inline const std::string kPair =
      "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";
  static std::filesystem::path folder_;
};
std::filesystem::path WebConfigFile::folder_;

// As a block of a key two levels down; the end of its last line is the caller's.
std::string indented(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::string out = "    ";
  for (const char c : text) out += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return out;
}

TEST_F(WebConfigFile, SecuresNothingWhenItIsEmpty) {
  for (const char* yaml : {"", "# nothing\n", "{}", "tls_server_config:\nhttp_server_config: {}\n",
                           "rate_limit:\n", "http_server_config: {http2: false}\n"}) {
    SCOPED_TRACE(yaml);
    const WebConfig config = good(yaml);
    EXPECT_EQ(config.security, web::Security());
    EXPECT_THAT(config.files, ElementsAre(at("web.yml")));
  }
}

TEST_F(WebConfigFile, ReadsThePairBesideIt) {
  const WebConfig config = good(kPair);
  web::Tls expected;
  expected.certificates = content("server.crt");
  expected.key = content("server.key");
  ASSERT_TRUE(config.security.tls);
  EXPECT_TRUE(*config.security.tls == expected) << "which is secret, and so not printed";
  EXPECT_THAT(config.files, ElementsAre(at("web.yml"), at("server.crt"), at("server.key")));
}

TEST_F(WebConfigFile, TakesEveryKeyOfTls) {
  const WebConfig config = good(kPair + fmt::format(R"(
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: {}
  client_allowed_sans: [prometheus, 10.0.0.1, "spiffe://a/b"]
  min_version: TLS10
  max_version: TLS12
  prefer_server_cipher_suites: false
)",
                                                    at("other.crt")));
  const web::Tls& tls = config.security.tls.value();
  EXPECT_TRUE(tls.client_authorities == content("other.crt"));
  EXPECT_EQ(tls.client_auth, web::ClientAuth::require_and_verify);
  EXPECT_THAT(tls.client_names, ElementsAre("prometheus", "10.0.0.1", "spiffe://a/b"));
  EXPECT_EQ(tls.least_version, 10);
  EXPECT_EQ(tls.most_version, 12);
  EXPECT_FALSE(tls.prefer_server_ciphers);
  EXPECT_THAT(config.files,
              ElementsAre(at("web.yml"), at("server.crt"), at("server.key"), at("other.crt")));
}

TEST_F(WebConfigFile, TakesPemInPlaceOfFiles) {
  const WebConfig config =
      good("tls_server_config:\n  cert: |\n" + indented(content("server.crt")) + "\n  key: |\n" +
           indented(content("server.key")) + "\n  client_ca: |\n" + indented(content("other.crt")) +
           "\n  client_auth_type: VerifyClientCertIfGiven\n");
  const web::Tls& tls = config.security.tls.value();
  EXPECT_TRUE(tls.certificates == content("server.crt"));
  EXPECT_TRUE(tls.key == content("server.key"));
  EXPECT_TRUE(tls.client_authorities == content("other.crt"));
  EXPECT_EQ(tls.client_auth, web::ClientAuth::verify_if_given);
  EXPECT_THAT(config.files, ElementsAre(at("web.yml")));
}

TEST_F(WebConfigFile, TakesEveryTypeOfClientAuth) {
  using web::ClientAuth;
  const auto type = [&](const std::string& name) {
    return good(kPair + "  client_auth_type: " + name + "\n").security.tls.value().client_auth;
  };
  EXPECT_EQ(type("NoClientCert"), ClientAuth::none);
  EXPECT_EQ(type("RequestClientCert"), ClientAuth::request);
  EXPECT_EQ(type("RequireAnyClientCert"), ClientAuth::require_any);
  EXPECT_EQ(type("RequireClientCert"), ClientAuth::require_any) << "as it was once called";
}

TEST_F(WebConfigFile, RefusesHalfOfAPair) {
  const std::string missing = " is missing, and without it there is no TLS; write its path";
  bad("tls_server_config:\n  cert_file: server.crt\n",
      {":1: tls_server_config.key_file:" + missing});
  bad("tls_server_config:\n  key_file: server.key\n",
      {":1: tls_server_config.cert_file:" + missing});
  bad("tls_server_config:\n  min_version: TLS13\n",
      {":1: tls_server_config.cert_file:" + missing, ":1: tls_server_config.key_file:" + missing});
  bad("tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n  key: |\n" +
          indented(content("server.key")) + "\n",
      {":4: tls_server_config.key: stands beside key_file; write one of the two"});
}

TEST_F(WebConfigFile, SaysWhichFileCannotBeReadAndWhy) {
  const auto unread = [&](const std::string& name, const std::string& reason) {
    bad("tls_server_config:\n  key_file: server.key\n  cert_file: " + name + "\n",
        {fmt::format(":3: tls_server_config.cert_file: \"{}\" {}", at(name), reason)});
  };
  unread("absent.crt",
         "cannot be read: No such file or directory; check the path, and who may read it");
  unread("server.crt/x", "cannot be read: Not a directory; check the path, and who may read it");
  unread("loop",
         "cannot be read: Too many levels of symbolic links; check the path, and who may read it");
  unread("empty.crt", "is empty; write the path of one with PEM in it");
  unread("long.crt", "is longer than 1 MiB; write the path of another");
  unread("pipe", "is no regular file; write the path of one");
  bad("tls_server_config: {key_file: server.key, cert_file: /dev/zero}",
      {":1: tls_server_config.cert_file: \"/dev/zero\" is no regular file; write the path of one"});
  bad("tls_server_config: {key_file: server.key, cert_file: /}",
      {":1: tls_server_config.cert_file: \"/\" is a folder; write the path of a file"});
  bad("tls_server_config: {key_file: server.key, cert_file: \"\"}",
      {":1: tls_server_config.cert_file: is empty; write the path of a file or leave the key out"});
}

TEST_F(WebConfigFile, SaysThatAFileIsNotForIt) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads all";
  write("secret.key", "x");
  ASSERT_EQ(::chmod(at("secret.key").c_str(), 0), 0);
  bad("tls_server_config: {cert_file: server.crt, key_file: secret.key}",
      {fmt::format(
          ":1: tls_server_config.key_file: \"{}\" cannot be read: Permission denied; check "
          "the path, and who may read it",
          at("secret.key"))});
}

TEST_F(WebConfigFile, RefusesWhatIsNoValueOfTls) {
  bad_tls("client_auth_type: RequireAndVerify",
          "client_auth_type: \"RequireAndVerify\" is not known; write one of NoClientCert, "
          "RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, "
          "RequireAndVerifyClientCert");
  bad_tls("client_auth_type: NoClientCerts",
          "client_auth_type: \"NoClientCerts\" is not known; did you mean NoClientCert?");
  bad_tls("min_version: \"1.2\"",
          "min_version: \"1.2\" is not known; write one of TLS10, TLS11, TLS12, TLS13");
  bad_tls("max_version: TLS14", "max_version: \"TLS14\" is not known; did you mean TLS10?");
  bad_tls("max_version: TLS11",
          "max_version: leaves no version from TLS12 to TLS11; write min_version: TLS11 or older");
  bad(kPair + "  max_version: TLS12\n  min_version: TLS13\n",
      {":5: tls_server_config.min_version: leaves no version from TLS13 to TLS12; write "
       "min_version: TLS12 or older"});
  bad_tls("prefer_server_cipher_suites: maybe",
          "prefer_server_cipher_suites: \"maybe\" is neither true nor false; write one of them");
  bad_tls("cipher_suites: []",
          "cipher_suites: is an empty list; write at least one item or remove the key");
  bad(kPair + "  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [\"\"]\n",
      {":5: tls_server_config.client_allowed_sans[0]: is empty; write a name, or leave the item "
       "out"});
  bad_tls("certs: x", "certs: is not a setting; did you mean cert?");
}

TEST_F(WebConfigFile, TakesCipherSuitesAndCurves) {
  const web::Tls tls = good(kPair + R"(
  cipher_suites:
    - TLS_AES_128_GCM_SHA256
    - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
  curve_preferences: [X25519, CurveP256]
)")
                           .security.tls.value();
  EXPECT_THAT(tls.cipher_suites, ElementsAre("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                             "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));
  EXPECT_THAT(tls.curves, ElementsAre("X25519", "CurveP256"));
  good(kPair + "  min_version: TLS13\n  cipher_suites: [TLS_AES_128_GCM_SHA256]\n");
  bad_tls("cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265]",
          "cipher_suites[0]: \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265\" is not known; did you mean "
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256?");
  bad_tls("cipher_suites: [TLS_AES_128_GCM_SHA256]",
          "cipher_suites: name none but those of TLS 1.3, which are always there; write "
          "min_version: TLS13 in their place, or others beside them");
  bad_tls("curve_preferences: [P256]",
          "curve_preferences[0]: \"P256\" is not known; write one of CurveP256, CurveP384, "
          "CurveP521, X25519");
}

TEST_F(WebConfigFile, IsCheckedAsItWillBeUsed) {
  bad("tls_server_config: {cert_file: server.crt, key_file: other.key}",
      {":1: tls_server_config: the key is not that of the first certificate; the server's own must "
       "come first"});
  write("text.crt", "no certificate");
  const auto config = read("tls_server_config: {cert_file: text.crt, key_file: server.key}");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error(), ElementsAre(HasSubstr(":1: tls_server_config: the certificates ")));
}

TEST_F(WebConfigFile, RefusesChecksOfClientsThatCheckNothing) {
  bad_tls("client_auth_type: RequireAndVerifyClientCert",
          "client_auth_type: RequireAndVerifyClientCert checks who signed, and nobody is named; "
          "write client_ca_file");
  bad_tls("client_auth_type: VerifyClientCertIfGiven",
          "client_auth_type: VerifyClientCertIfGiven checks who signed, and nobody is named; write "
          "client_ca_file");
  bad_tls("client_ca_file: other.crt",
          "client_ca_file: stands without client_auth_type, and no client would be asked; write "
          "RequireAndVerifyClientCert there");
  bad_tls("client_allowed_sans: [a]",
          "client_allowed_sans: go with RequireAndVerifyClientCert or RequireAnyClientCert, and "
          "client_auth_type is NoClientCert; write one of them there");
  bad(kPair + "  client_allowed_sans: [a]\n  client_auth_type: RequestClientCert\n",
      {":4: tls_server_config.client_allowed_sans: go with RequireAndVerifyClientCert or "
       "RequireAnyClientCert, and client_auth_type is RequestClientCert; write one of them there"});
}

TEST_F(WebConfigFile, TakesUsersAndHeaders) {
  const WebConfig config = good("basic_auth_users:\n  ada: " + kHash + "\n  \"b c\": " + kHash + R"(
http_server_config:
  http2: true
  headers:
    Content-Security-Policy: "default-src 'self'"
    X-Frame-Options: sameorigin
    X-Content-Type-Options: nosniff
    X-XSS-Protection: ""
    Strict-Transport-Security: max-age=31536000
)");
  EXPECT_FALSE(config.security.tls);
  EXPECT_THAT(config.security.users,
              ElementsAre(access::User{"ada", kHash}, access::User{"b c", kHash}));
  EXPECT_THAT(
      config.security.headers,
      ElementsAre(Pair("Content-Security-Policy", "default-src 'self'"),
                  Pair("X-Frame-Options", "sameorigin"), Pair("X-Content-Type-Options", "nosniff"),
                  Pair("Strict-Transport-Security", "max-age=31536000")));
}

TEST_F(WebConfigFile, RefusesOtherHeadersAndValues) {
  const auto header = [&](const std::string& line, const std::string& message) {
    bad("http_server_config:\n  headers:\n    " + line + "\n",
        {":3: http_server_config.headers." + message});
  };
  header("x-frame-options: deny",
         "\"x-frame-options\": is not a header that can be set; did you mean X-Frame-Options?");
  header("Set-Cookie: a=b",
         "\"Set-Cookie\": is not a header that can be set; these can be: Content-Security-Policy, "
         "Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection");
  header("X-Frame-Options: allow",
         "\"X-Frame-Options\": \"allow\" is not known; write one of deny, sameorigin");
  header("X-Content-Type-Options: nosnif",
         "\"X-Content-Type-Options\": \"nosnif\" is not known; did you mean nosniff?");
  const std::string line_break =
      ": holds a line break or another character that no header has; write it in one line";
  header("X-XSS-Protection: \"1\\r\\nSet-Cookie: a=b\"", "\"X-XSS-Protection\"" + line_break);
  header("X-XSS-Protection: \"zürich\"", "\"X-XSS-Protection\"" + line_break);
  header("X-XSS-Protection: " + std::string(4097, 'a'),
         "\"X-XSS-Protection\": has 4097 bytes; write at most 4096");
  header("X-XSS-Protection:", "\"X-XSS-Protection\": is empty; write one value");
  bad("http_server_config: {headers: {X-XSS-Protection: 0, X-XSS-Protection: 1}}",
      {":1: http_server_config.headers.\"X-XSS-Protection\": stands twice; leave one out"});
  bad("http_server_config: {headers: [a]}",
      {":1: http_server_config.headers: is a list; write a map such as {a: b}"});
  bad("http_server_config: {http2: 2}",
      {":1: http_server_config.http2: \"2\" is neither true nor false; write one of them"});
}

TEST_F(WebConfigFile, RefusesUsersWithoutAHash) {
  const auto user = [&](const std::string& hash, const std::string& message) {
    bad("basic_auth_users:\n  ada: " + hash + "\n",
        {":2: basic_auth_users.\"ada\": " + message + kHow});
  };
  const std::string other = "a hash that does not begin with $2a$, $2b$ or $2y$ is not from bcrypt";
  user("hunter2", other);
  user("\"\"", other);
  user("\"$apr1$x$y\"", other);
  user(kHash.substr(0, 59), "a bcrypt hash has 60 characters, not 59");
  user("$2y$03" + kHash.substr(6), "the cost 3 of the bcrypt hash is below 4");
  bad("basic_auth_users:\n  \"a:b\": " + kHash + "\n",
      {":2: basic_auth_users.\"a:b\": holds a colon or a control character, which basic "
       "authentication cannot send; write another name"});
  bad("basic_auth_users:\n  ada: " + kHash + "\n  ada: " + kHash + "\n",
      {":3: basic_auth_users.\"ada\": stands twice; leave one out"});
  bad("basic_auth_users:\n", {":1: basic_auth_users: has no value; write one or remove the key"});
  bad("basic_auth_users: [ada]", {":1: basic_auth_users: is a list; write a map such as {a: b}"});
}

TEST_F(WebConfigFile, SaysWhereRequestsAreLimited) {
  const std::string message =
      ": is not taken here, where it would be of all callers together; write "
      "api.requests_per_second into the exporter's own configuration, which is of each";
  bad("rate_limit:\n  interval: 1s\n  burst: 5\n",
      {":2: rate_limit.interval" + message, ":3: rate_limit.burst" + message});
}

TEST_F(WebConfigFile, RefusesWhatIsNoSuchFile) {
  bad("tls_config: {}", {":1: tls_config: is not a setting; known here are basic_auth_users, "
                         "http_server_config, rate_limit, tls_server_config"});
  bad("basic_auth_user: {}",
      {":1: basic_auth_user: is not a setting; did you mean basic_auth_users?"});
  bad("- a", {":1: is a list; begin with a key such as tls_server_config:"});
  bad("tls_server_config: yes",
      {":1: tls_server_config: is a value; write a map with cert, cert_file, cipher_suites, "
       "client_allowed_sans, client_auth_type, client_ca, client_ca_file, curve_preferences, key, "
       "key_file, max_version, min_version, prefer_server_cipher_suites"});
  bad("a: [", {":1: is not valid YAML (end of sequence flow not found); check indentation, colons "
               "and quotes"});
  bad(std::string((1u << 20) + 1, ' '), {": is longer than 1 MiB; no configuration is"});
}

TEST_F(WebConfigFile, IsReadFromItsPath) {
  write("web.yml", "basic_auth_users: {ada: " + kHash + "}\n");
  const auto config = load_web_config(at("web.yml"));
  ASSERT_TRUE(config) << testing::PrintToString(config.error());
  EXPECT_THAT(config->security.users, ElementsAre(access::User{"ada", kHash}));
  EXPECT_THAT(config->files, ElementsAre(at("web.yml")));
  const auto refused = [](const std::string& path) {
    const auto read = load_web_config(path);
    return read ? Faults{} : read.error();
  };
  EXPECT_THAT(refused(at("absent.yml")),
              ElementsAre(at("absent.yml") + ": cannot be read: No such file or directory; check "
                                             "the path, and who may read it"));
  EXPECT_THAT(refused(folder_.string()),
              ElementsAre(folder_.string() + ": is a folder; write the path of a file"));
  EXPECT_THAT(refused(at("pipe")),
              ElementsAre(at("pipe") + ": is no regular file; write the path of one"));
}

TEST_F(WebConfigFile, IsFoundRelativeToItsOwnFolderOnly) {
  const auto config = parse_web_config(kPair, "web.yml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error(),
              ElementsAre("web.yml:2: tls_server_config.cert_file: \"server.crt\" cannot be read: "
                          "No such file or directory; check the path, and who may read it",
                          "web.yml:3: tls_server_config.key_file: \"server.key\" cannot be read: "
                          "No such file or directory; check the path, and who may read it"));
}

TEST_F(WebConfigFile, NeverRepeatsASecret) {
  const std::string pem = "-----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2Vw -----END PRIVATE KEY-----";
  const std::string base64 = "MC4CAQAwBQYDK2Vw";
  for (const std::string& yaml : {
           "basic_auth_users: {" + kHash + ": ada}",
           "basic_auth_users:\n\"" + kHash + "\": ada\n",
           "basic_auth_users: {ada: [" + kHash + "]}",
           "basic_auth_users: {ada: " + kHash + "Dx7y}",
           "basic_auth_users: [\"ada:" + kHash + "\"]",
           "tls_server_config: {cert_file: server.crt, key_file: \"" + pem + "\"}",
           "tls_server_config: {cert_file: server.crt, key: " + base64 + "}",
           "tls_server_config: {cert_file: server.crt, key: [" + base64 + "]}",
           "tls_server_config: {client_auth_type: \"" + pem + "\"}",
           "\"" + pem + "\": a",
       }) {
    SCOPED_TRACE(yaml);
    const auto config = read(yaml);
    ASSERT_FALSE(config);
    for (const std::string& fault : config.error()) {
      EXPECT_THAT(fault, Not(HasSubstr("Dx7y")));
      EXPECT_THAT(fault, Not(HasSubstr("MC4C")));
    }
  }
}

}  // namespace
}  // namespace exporter::config
