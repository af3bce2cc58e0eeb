// Answers that are nearly good. None may crash the decoder, lose a row unsaid or invent money.
#include <gtest/gtest.h>

#include "tests/opencost/answers.h"
#include "tests/opencost/oracle.h"

namespace exporter::opencost {
namespace {

// Accepted rows, rejected rows and skipped rows are all the rows there are, and no row costs what
// neither of the two in the good answer costs.
void conserves(std::string_view text) {
  const auto result = decode(text);
  if (!result) {
    EXPECT_FALSE(result.error().detail.empty());
    return;
  }
  EXPECT_EQ(result->table->rows.size() + result->rows_skipped + result->rejected.total(),
            count_members(text, 3))
      << text;
  EXPECT_EQ(unsound(*result, Query::current), "") << text;
  Asking in_pieces;
  in_pieces.chunk = 61;
  EXPECT_EQ(everything(decode(text, in_pieces)), everything(result)) << text;
}

TEST(Mutations, NoPrefixIsAccepted) {
  const std::string text = good_answer();
  // The last byte is a line feed.
  for (std::size_t length = 0; length < text.size() - 1; ++length) {
    const auto result = decode(text.substr(0, length));
    ASSERT_FALSE(result.has_value()) << text.substr(0, length);
    const std::string expected =
        length == 0 ? "parse: the answer is empty"
                    : fmt::format("parse: the answer is cut off after {} bytes", length);
    EXPECT_EQ(describe(result), expected);
  }
  EXPECT_TRUE(decode(text.substr(0, text.size() - 1)).has_value());
}

TEST(Mutations, NoSuffixIsAccepted) {
  const std::string text = good_answer();
  for (std::size_t from = 1; from < text.size(); ++from) {
    EXPECT_FALSE(decode(text.substr(from)).has_value()) << text.substr(from);
  }
}

TEST(Mutations, OneByteMissing) {
  const std::string good = good_answer();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string text = good;
    text.erase(at, 1);
    conserves(text);
  }
}

TEST(Mutations, OneByteTwice) {
  const std::string good = good_answer();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string text = good;
    text.insert(at, 1, good[at]);
    conserves(text);
  }
}

TEST(Mutations, OneByteReplaced) {
  const std::string good = good_answer();
  for (char with : {'"', '\\', '}', '{', ',', ':', ' ', '\0', '\xff'}) {
    for (std::size_t at = 0; at < good.size(); ++at) {
      std::string text = good;
      text[at] = with;
      conserves(text);
    }
  }
}

TEST(Mutations, OneBitFlipped) {
  const std::string good = good_answer();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string text = good;
    text[at] = static_cast<char>(text[at] ^ (1 << (at % 8)));
    conserves(text);
  }
}

TEST(Mutations, TokensLeftOut) {
  // Every single token of a row, so that values, colons, keys and commas go missing in turn.
  const std::string good = answer(keyed(row()) + "," + keyed("k", row("web-2")));
  std::size_t from = 0;
  while (from < good.size()) {
    std::size_t end = from + 1;
    if (good[from] == '"') {
      while (good[end] != '"') ++end;
      ++end;
    } else if (std::string_view("{}[],:").find(good[from]) == std::string_view::npos) {
      while (end < good.size() &&
             std::string_view("{}[],:\"").find(good[end]) == std::string_view::npos) {
        ++end;
      }
    }
    conserves(good.substr(0, from) + good.substr(end));
    from = end;
  }
}

}  // namespace
}  // namespace exporter::opencost
