#include "exporter/http/credentials.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/http/temporary_directory.h"

namespace exporter::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Credentials, RefusesWhatCannotBeAHeader) {
  const TemporaryDirectory directory;
  auto refuses = [&](std::string_view content, std::string_view complaint) {
    SCOPED_TRACE(complaint);
    const std::string path = directory.write("token", content);
    const auto credentials = read_credentials({.bearer_token_file = path});
    ASSERT_FALSE(credentials);
    EXPECT_EQ(credentials.error().kind, FailureKind::credentials);
    EXPECT_EQ(credentials.error().detail, path + std::string(complaint));
  };
  using namespace std::string_view_literals;

  refuses("", " is empty");
  refuses(" \r\n\t ", " is empty");
  refuses("s3cret\nX-Injected: yes", " holds a line break or a NUL");
  refuses("s3cret\rmore", " holds a line break or a NUL");
  refuses("s3\0cret"sv, " holds a line break or a NUL");
  refuses("\0"sv, " holds a line break or a NUL");
  refuses(std::string(64 * 1024 + 1, 's'), " is longer than 65536 bytes");
}

TEST(Credentials, NamesTheFileThatCannotBeRead) {
  const TemporaryDirectory directory;
  auto refuses = [](const Auth& auth, const std::string& complaint) {
    const auto credentials = read_credentials(auth);
    ASSERT_FALSE(credentials) << complaint;
    EXPECT_EQ(credentials.error().kind, FailureKind::credentials);
    EXPECT_EQ(credentials.error().detail, complaint);
  };
  const std::string missing = directory.file("missing");
  const std::string pipe = directory.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string value = directory.write("value", "v");

  const std::string no_such_file = "cannot read " + missing + ": No such file or directory";
  refuses({.bearer_token_file = missing}, no_such_file);
  refuses({.basic = BasicAuth{"user", missing}}, no_such_file);
  refuses({.header_files = {{"X-Key", value}, {"X-Other", missing}}}, no_such_file);
  refuses({.bearer_token_file = directory.path()}, directory.path() + " is not a regular file");
  refuses({.bearer_token_file = pipe}, pipe + " is not a regular file");
  refuses({.header_files = {{"X-Key: evil\r\nX", value}}},
          "\"X-Key: evil\\x0d\\x0aX\" is no header name");
  refuses({.header_files = {{"", value}}}, "\"\" is no header name");
  refuses({.header_files = {{"Two Words", value}}}, "\"Two Words\" is no header name");
}

TEST(Credentials, NeverRepeatsASecret) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("token", "s3cret\nrest");
  const auto credentials = read_credentials({.basic = BasicAuth{"user", path}});
  ASSERT_FALSE(credentials);
  EXPECT_THAT(credentials.error().detail, Not(HasSubstr("s3cret")));
}

TEST(Credentials, ReadsEveryKindAndTrims) {
  const TemporaryDirectory directory;
  const auto credentials =
      read_credentials({.bearer_token_file = directory.write("token", "\n t0ken \r\n"),
                        .basic = BasicAuth{"user", directory.write("password", "pass word\n")},
                        .header_files = {{"X-Scope-OrgID", directory.write("tenant", "acme")}}});
  ASSERT_TRUE(credentials) << credentials.error().detail;
  EXPECT_THAT(credentials->headers,
              ElementsAre("Authorization: Bearer t0ken", "X-Scope-OrgID: acme"));
  ASSERT_TRUE(credentials->basic);
  EXPECT_EQ(credentials->basic->username, "user");
  EXPECT_EQ(credentials->basic->password, "pass word");
}

TEST(Credentials, NoneAreNone) {
  const auto credentials = read_credentials({});
  ASSERT_TRUE(credentials);
  EXPECT_TRUE(credentials->headers.empty());
  EXPECT_FALSE(credentials->basic);
}

TEST(Credentials, FollowsARotatedSecretOfTheSameLength) {
  const TemporaryDirectory directory;
  const Auth auth{.bearer_token_file = directory.write("token", "first")};
  EXPECT_THAT(read_credentials(auth)->headers, ElementsAre("Authorization: Bearer first"));
  directory.write("token", "other");
  EXPECT_THAT(read_credentials(auth)->headers, ElementsAre("Authorization: Bearer other"));
}

}  // namespace
}  // namespace exporter::http
