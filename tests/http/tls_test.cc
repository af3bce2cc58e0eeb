#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <thread>

#include "tests/http/client.h"
#include "tests/http/server.h"
#include "tests/http/temporary_directory.h"
#include "tests/http/tls_server.h"

namespace exporter::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// An authority, a stranger to it, a server `opencost.test` and a client, all made for the run.
class TlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = std::make_unique<TemporaryDirectory>();
    if (std::system("openssl version >/dev/null 2>&1") != 0) return;
    const std::string signed_by_us =
        fmt::format("-CA {} -CAkey {} -addext basicConstraints=critical,CA:FALSE", file("ca.pem"),
                    file("ca.key"));
    made_ = make("ca", "Test Authority", "") && make("stranger", "Stranger", "") &&
            make("server", "opencost.test",
                 signed_by_us + " -addext subjectAltName=DNS:opencost.test") &&
            make("client", "exporter", signed_by_us);
  }
  static void TearDownTestSuite() { directory_.reset(); }

  void SetUp() override {
    if (!made_) GTEST_SKIP() << "needs the openssl command, version 3";
  }

  static std::string file(std::string_view name) { return directory_->file(name); }
  static std::string write(std::string_view name, std::string_view content) {
    return directory_->write(name, content);
  }
  static std::string read(std::string_view name) { return directory_->read(name); }
  static std::vector<std::string> serving(std::vector<std::string> more) {
    std::vector<std::string> options = {"-cert", file("server.pem"), "-key", file("server.key")};
    options.insert(options.end(), more.begin(), more.end());
    return options;
  }
  static Options trusting(Tls tls) {
    if (tls.ca_file.empty()) tls.ca_file = file("ca.pem");
    return {.tls = std::move(tls)};
  }
  static void refuses(Options options, const std::string& url, const std::string& text) {
    SCOPED_TRACE(text);
    Client client(std::move(options));
    const Failure failure = client.fail(url);
    EXPECT_EQ(failure.kind, FailureKind::tls) << failure.detail;
    EXPECT_THAT(failure.detail, StartsWith("no trusted connection to 127.0.0.1:"));
    EXPECT_THAT(failure.detail, HasSubstr(text));
  }

 private:
  static bool make(std::string_view name, std::string_view subject, const std::string& more) {
    return std::system(fmt::format("openssl req -x509 -newkey ec -pkeyopt "
                                   "ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN={}' "
                                   "-keyout {}.key -out {}.pem {} >/dev/null 2>&1",
                                   subject, file(name), file(name), more)
                           .c_str()) == 0;
  }

  static inline std::unique_ptr<TemporaryDirectory> directory_;
  static inline bool made_ = false;
};

TEST_F(TlsTest, TrustsTheAuthorityItWasGiven) {
  TlsServer server(serving({"-www"}));
  Client client(trusting({.server_name = "opencost.test"}));
  const auto answer = client.get(server.url());
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_THAT(client.body(), HasSubstr("TLS"));
}

TEST_F(TlsTest, RefusesWhoCannotProveTheirName) {
  TlsServer server(serving({"-www"}));
  refuses({.tls = {.server_name = "opencost.test"}}, server.url(), "unable to get local issuer");
  refuses(trusting({.ca_file = file("stranger.pem"), .server_name = "opencost.test"}), server.url(),
          "unable to get local issuer");
  refuses(trusting({}), server.url(), "127.0.0.1");
  refuses(trusting({.server_name = "opencost.test.evil"}), server.url(), "opencost.test.evil");
}

TEST_F(TlsTest, RefusesFilesThatAreNone) {
  TlsServer server(serving({"-www"}));
  const std::string garbage = write("garbage.pem", "no certificate");
  refuses(trusting({.ca_file = file("missing.pem")}), server.url(), "missing.pem");
  refuses(trusting({.ca_file = garbage}), server.url(), "garbage.pem");
  refuses(trusting({.cert_file = file("missing.pem"), .server_name = "opencost.test"}),
          server.url(), "missing.pem");
  refuses(trusting({.cert_file = file("client.pem"),
                    .key_file = file("server.key"),
                    .server_name = "opencost.test"}),
          server.url(), "key");
}

TEST_F(TlsTest, RefusesAServerWithoutTls) {
  Server server([](Connection& connection) {
    if (connection.receive()) connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  refuses(trusting({}), "https://" + server.place() + "/", "SSL");
}

TEST_F(TlsTest, SkipsVerificationOnlyWhenTold) {
  TlsServer server(serving({"-www"}));
  Client client({.tls = {.insecure_skip_verify = true}});
  const auto answer = client.get(server.url());
  EXPECT_TRUE(answer) << answer.error().detail;
}

TEST_F(TlsTest, ShowsItsCertificate) {
  for (const std::string version : {"-tls1_2", "-tls1_3"}) {
    SCOPED_TRACE(version);
    TlsServer server(serving(
        {"-www", version, "-Verify", "1", "-verify_return_error", "-CAfile", file("ca.pem")}));
    refuses(trusting({.server_name = "opencost.test"}), server.url(), "alert");
    refuses(trusting({.cert_file = file("stranger.pem"),
                      .key_file = file("stranger.key"),
                      .server_name = "opencost.test"}),
            server.url(), "alert");
    Client client(trusting({.cert_file = file("client.pem"),
                            .key_file = file("client.key"),
                            .server_name = "opencost.test"}));
    const auto answer = client.get(server.url());
    EXPECT_TRUE(answer) << answer.error().detail;
  }
}

TEST_F(TlsTest, AsksForTheServerNameButForTheUrlsHost) {
  TlsServer server(serving({"-cert2", file("server.pem"), "-key2", file("server.key"),
                            "-servername", "opencost.test", "-servername_fatal"}));
  std::string request;
  std::thread answering([&] {
    request = server.read_until("\r\n\r\n");
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
  });
  Client client(trusting({.server_name = "opencost.test"}));
  const auto answer = client.get(server.url());
  answering.join();
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(client.body(), "ab");
  EXPECT_THAT(request, HasSubstr("\r\nHost: " + server.place() + "\r\n"));
}

TEST_F(TlsTest, ReadsARotatedAuthority) {
  TlsServer server(serving({"-www"}));
  const std::string authority = write("rotated.pem", read("stranger.pem"));
  Client client(trusting({.ca_file = authority, .server_name = "opencost.test"}));
  EXPECT_EQ(client.fail(server.url()).kind, FailureKind::tls);
  write("rotated.pem", read("ca.pem"));
  const auto answer = client.get(server.url());
  EXPECT_TRUE(answer) << answer.error().detail;
  write("rotated.pem", read("stranger.pem"));
  EXPECT_EQ(client.fail(server.url()).kind, FailureKind::tls);
}

}  // namespace
}  // namespace exporter::http
