// The block scanner against itself without SIMD, and against reading byte by byte.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "exporter/opencost/splitter.h"

namespace exporter::opencost {
namespace {

constexpr std::size_t kBlock = 64;

// What a block's brackets are, one byte at a time.
class Oracle {
 public:
  BlockMasks scan(const char* block) {
    BlockMasks masks;
    for (int i = 0; i < 64; ++i) {
      const char c = block[i];
      const bool literal = escaped_;
      escaped_ = !literal && c == '\\';
      if (c == '"' && !literal) {
        in_string_ = !in_string_;
      } else if (!in_string_) {
        masks.open |= std::uint64_t{c == '{' || c == '['} << i;
        masks.close |= std::uint64_t{c == '}' || c == ']'} << i;
      }
    }
    return masks;
  }
  bool in_string() const { return in_string_; }

 private:
  bool in_string_ = false;
  bool escaped_ = false;
};

void all_agree(std::string_view text, std::string_view what) {
  BlockScanner fast, portable;
  Oracle oracle;
  ASSERT_EQ(text.size() % 64, 0u);
  for (std::size_t at = 0; at < text.size(); at += 64) {
    const char* const block = text.data() + at;
    const BlockMasks expected = oracle.scan(block);
    const BlockMasks a = fast.scan(block);
    const BlockMasks b = portable.scan_portably(block);
    ASSERT_EQ(a.open, expected.open) << what << ", block " << at / 64;
    ASSERT_EQ(a.close, expected.close) << what << ", block " << at / 64;
    ASSERT_EQ(b.open, expected.open) << what << ", block " << at / 64;
    ASSERT_EQ(b.close, expected.close) << what << ", block " << at / 64;
    ASSERT_EQ(fast.in_string(), oracle.in_string()) << what << ", block " << at / 64;
    ASSERT_EQ(portable.in_string(), oracle.in_string()) << what << ", block " << at / 64;
  }
}

TEST(BlockScanner, RandomBytesOfAFewKinds) {
  std::mt19937 random(20261003);
  for (std::string_view alphabet :
       {std::string_view("\"\\"), std::string_view("\\"), std::string_view("\"\\{}[] a"),
        std::string_view("\"\"\"\\\\\\\\\\\\{}[]:,"), std::string_view("{}[]"),
        std::string_view("aaaaaaaaaaaaaaaaaaaaaa\"\\{}")}) {
    std::string text(kBlock * 2000, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    all_agree(text, alphabet);
  }
}

TEST(BlockScanner, AnyBytes) {
  std::mt19937 random(7);
  std::string text(kBlock * 4000, ' ');
  for (char& c : text) c = static_cast<char>(random() & 0xff);
  all_agree(text, "any bytes");
}

TEST(BlockScanner, OnlyBracketsAreBrackets) {
  // `[` and `{`, `]` and `}` differ in one bit, and so do other pairs from them.
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(64, static_cast<char>(byte));
    all_agree(text, fmt::format("byte {}", byte));
  }
}

TEST(BlockScanner, RunsOfBackslashesOverTheBorder) {
  for (std::size_t run = 1; run <= 130; ++run) {
    for (std::size_t start = 0; start < 66; ++start) {
      std::string text = std::string(start, ' ') + "\"" + std::string(run, '\\') + "\"{\"}[";
      text.resize((text.size() + 63) / 64 * 64, ']');
      all_agree(text, fmt::format("{} backslashes behind {} bytes", run, start));
    }
  }
}

TEST(BlockScanner, StringsOverManyBlocks) {
  std::string text = "\"" + std::string(kBlock * 5, '{') + "\"{";
  text.resize(kBlock * 7, '}');
  all_agree(text, "a string of brackets");
}

}  // namespace
}  // namespace exporter::opencost
