// What an Authorization header says, and many that say nothing.
#include "exporter/access/authorization.h"

#include <gtest/gtest.h>

namespace exporter::access {
namespace {

using namespace std::string_literals;

TEST(Authorization, ReadsTokens) {
  auto reads = [](const std::string& header, const std::string& token) {
    SCOPED_TRACE(header);
    const auto presented = parse_authorization(header);
    ASSERT_TRUE(presented) << presented.error().detail;
    const auto* bearer = std::get_if<Bearer>(&*presented);
    ASSERT_NE(bearer, nullptr);
    EXPECT_EQ(bearer->token, token);
  };

  reads("Bearer s3cret", "s3cret");
  reads("bearer s3cret", "s3cret");
  reads("BEARER s3cret", "s3cret");
  reads("Bearer  \t s3cret", "s3cret");
  reads(" \tBearer s3cret \t", "s3cret");
  reads("Bearer aZ09-._~+/==", "aZ09-._~+/==");
  reads("Bearer Basic", "Basic");
  reads("Bearer " + std::string(8192, 'a'), std::string(8192, 'a'));
}

TEST(Authorization, ReadsUsers) {
  auto reads = [](const std::string& header, const std::string& user, const std::string& password) {
    SCOPED_TRACE(header);
    const auto presented = parse_authorization(header);
    ASSERT_TRUE(presented) << presented.error().detail;
    const auto* basic = std::get_if<Basic>(&*presented);
    ASSERT_NE(basic, nullptr);
    EXPECT_EQ(basic->user, user);
    EXPECT_EQ(basic->password, password);
  };

  reads("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame");
  reads("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame");
  reads("Basic dGVzdDoxMjPCow==", "test", "123\xc2\xa3");  // the example of RFC 7617
  reads("Basic YTpiOmM=", "a", "b:c");
  reads("Basic YTo6", "a", ":");
  reads("Basic YTo=", "a", "");
  reads("Basic OmI=", "", "b");
  reads("Basic Og==", "", "");
  reads("Basic Yfo6/w==", "a\xfa", "\xff");
  // 1024 bytes: `a:` and 1022 times `a`.
  std::string longest = "YTph";
  for (int i = 0; i < 340; ++i) longest += "YWFh";
  reads("Basic " + longest + "YQ==", "a", std::string(1022, 'a'));
}

TEST(Authorization, RefusesWhatIsNotWellFormed) {
  auto refuses = [](const std::string& header, const std::string& detail) {
    SCOPED_TRACE(header);
    const auto presented = parse_authorization(header);
    ASSERT_FALSE(presented);
    EXPECT_EQ(presented.error(), (Refused{.refusal = Refusal::malformed, .detail = detail}));
  };

  const std::string scheme = "the Authorization header is neither Bearer nor Basic";
  refuses("s3cret", scheme);
  refuses("Bearers3cret", scheme);
  refuses("Bearer:s3cret", scheme);
  refuses("Bearer\ts3cret", scheme);
  refuses("Bearer=s3cret", scheme);
  refuses("Bear s3cret", scheme);
  refuses("Bearers s3cret", scheme);
  refuses("\"Bearer\" s3cret", scheme);
  refuses("Bearer\0 s3cret"s, scheme);
  refuses("Token s3cret", scheme);
  refuses("Digest username=\"ada\"", scheme);
  refuses("Negotiate YII=", scheme);
  refuses("\xef\xbb\xbf"s + "Bearer s3cret", scheme);
  refuses("=", scheme);

  refuses("Bearer", "the bearer token is empty");
  refuses("Bearer ", "the bearer token is empty");
  refuses("Bearer  \t", "the bearer token is empty");
  refuses("Bearer " + std::string(8193, 'a'), "the bearer token is longer than 8192 bytes");

  const std::string character = "the bearer token holds a character that none may hold";
  refuses("Bearer two words", character);
  refuses("Bearer s3cret,", character);
  refuses("Bearer \"s3cret\"", character);
  refuses("Bearer s3cret\n", character);
  refuses("Bearer s3cret\r\nX: y", character);
  refuses("Bearer s3\0cret"s, character);
  refuses("Bearer s3=cret", character);
  refuses("Bearer =", character);
  refuses("Bearer ====", character);
  refuses("Bearer s\xc3\xa9same", character);
  refuses("Bearer a:b", character);
  refuses("Bearer $2b$04$", character);

  const std::string base64 = "user and password are not base64";
  refuses("Basic YTpi YTpi", base64);
  refuses("Basic YTp", base64);
  refuses("Basic YTpiY", base64);
  refuses("Basic YTo", base64);
  refuses("Basic YTp-", base64);
  refuses("Basic YTp_", base64);
  refuses("Basic YT=p", base64);
  refuses("Basic YTo=YTo=", base64);
  refuses("Basic Og=A", base64);
  refuses("Basic O===", base64);
  refuses("Basic ====", base64);
  refuses("Basic Oh==", base64);  // bits behind the last byte
  refuses("Basic YTp=", base64);
  refuses("Basic YTpi\n", base64);
  refuses("Basic YT\0p"s, base64);
  refuses("Basic a:bc", base64);

  const std::string colon = "there is no colon between user and password";
  refuses("Basic", colon);
  refuses("Basic ", colon);
  refuses("Basic YWRh", colon);
  refuses("Basic YWRhPWI=", colon);

  const std::string control = "user or password holds a control character";
  refuses("Basic YToA", control);          // a:\0
  refuses("Basic YTpiAGM=", control);      // a:b\0c
  refuses("Basic YQA6Yg==", control);      // a\0:b
  refuses("Basic YTpiCg==", control);      // a:b\n
  refuses("Basic YTobWzMxbQ==", control);  // a:\x1b[31m
  refuses("Basic YTp/", control);          // a:\x7f

  const std::string length = "user and password are longer than 1024 bytes";
  std::string longer = "YTph";
  for (int i = 0; i < 340; ++i) longer += "YWFh";
  refuses("Basic " + longer + "YWE=", length);  // 1025 bytes
  refuses("Basic " + longer + "YWFh", length);
  refuses("Basic " + longer + "YWFhYQ==", length);
  refuses("Basic " + std::string(100'000, 'A'), length);
  refuses("Basic " + std::string(100'000, '!'), length);
}

TEST(Authorization, NoneIsNone) {
  for (const std::string header : {"", " ", "\t \t"}) {
    const auto presented = parse_authorization(header);
    ASSERT_FALSE(presented);
    EXPECT_EQ(presented.error(),
              (Refused{.refusal = Refusal::absent,
                       .detail = "needs an Authorization header, Bearer with a token or Basic"}));
  }
}

}  // namespace
}  // namespace exporter::access
