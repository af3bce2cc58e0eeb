// Digests of tokens: as FIPS 180-4 says, read strictly, compared as wholes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/access/access.h"
#include "exporter/access/keyed_hash.h"

namespace exporter::access {
namespace {

constexpr std::string_view kOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, VectorsOfFips180) {
  auto is = [](const std::string& bytes, std::string_view hex) {
    EXPECT_EQ(to_hex(sha256(bytes)), hex);
  };

  is("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  is("abc", kOfAbc);
  is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  is("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnop"
     "q"
     "rsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  is(std::string(1'000'000, 'a'),
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  is(std::string(1, '\0'), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(ParseDigest, ReadsBothCasesAndWritesSmallLetters) {
  const auto small = parse_digest(kOfAbc);
  const auto large =
      parse_digest("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
  ASSERT_TRUE(small && large);
  EXPECT_EQ(*small, sha256("abc"));
  EXPECT_EQ(*large, *small);
  EXPECT_EQ(to_hex(*large), kOfAbc);
}

TEST(ParseDigest, SaysWhatIsWrongAndNeverRepeatsIt) {
  const std::string good(kOfAbc);
  auto refuses = [](const std::string& text, const std::string& complaint) {
    const auto digest = parse_digest(text);
    ASSERT_FALSE(digest) << text;
    EXPECT_EQ(digest.error().message, complaint);
  };
  auto length = [](std::size_t count) {
    return std::to_string(count) +
           " characters, not the 64 hexadecimal digits of a SHA-256 (printf %s TOKEN | sha256sum)";
  };
  auto digit = [](int at) {
    return "character " + std::to_string(at) + " is no hexadecimal digit of a SHA-256";
  };

  refuses("", length(0));
  refuses("s3cret", length(6));
  refuses(good.substr(1), length(63));
  refuses(good + "0", length(65));
  refuses(good + "  -", length(67));
  refuses("0x" + good, length(66));
  refuses(" " + good.substr(1), digit(1));
  refuses("g" + good.substr(1), digit(1));
  refuses(good.substr(0, 63) + "G", digit(64));
  refuses(good.substr(0, 30) + "/:@`" + good.substr(34), digit(31));
  refuses(good.substr(0, 9) + '\0' + good.substr(10), digit(10));
  refuses(std::string(64, '\xff'), digit(1));
}

TEST(Equal, DiffersByAnySingleBit) {
  const Digest digest = sha256("abc");
  EXPECT_TRUE(equal(digest, sha256("abc")));
  for (std::size_t bit = 0; bit < 256; ++bit) {
    Digest other = digest;
    other.at(bit / 8) = static_cast<std::uint8_t>(other.at(bit / 8) ^ (1u << (bit % 8)));
    EXPECT_FALSE(equal(digest, other)) << bit;
    EXPECT_FALSE(equal(other, digest)) << bit;
  }
}

TEST(KeyedHash, IsStableAndItsOwn) {
  const KeyedHash one;
  const KeyedHash other;
  EXPECT_EQ(one("token"), one("token"));
  EXPECT_NE(one("token"), one("token "));
  EXPECT_NE(one("token"), other("token"));
  EXPECT_NE(one("token"), sha256("token"));
}

}  // namespace
}  // namespace exporter::access
