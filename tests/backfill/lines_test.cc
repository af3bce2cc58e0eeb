#include "exporter/backfill/lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exporter::backfill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> all(const std::vector<std::string>& pieces) {
  std::vector<std::string> out;
  Lines lines(pieces);
  while (const auto line = lines.next()) out.emplace_back(*line);
  return out;
}

TEST(Lines, AreTheSameHoweverTheTextIsCut) {
  const std::string text = "one\ntwo 2\n\nfour{a=\"\\n\"} 4\n";
  const auto whole = all({text});
  ASSERT_THAT(whole, ElementsAre("one", "two 2", "", "four{a=\"\\n\"} 4"));
  for (std::size_t a = 0; a <= text.size(); ++a) {
    for (std::size_t b = a; b <= text.size(); ++b) {
      EXPECT_EQ(all({text.substr(0, a), text.substr(a, b - a), text.substr(b)}), whole) << a << b;
    }
  }
}

TEST(Lines, OfNothingAreNone) {
  EXPECT_THAT(all({}), IsEmpty());
  EXPECT_THAT(all({"", ""}), IsEmpty());
}

TEST(Lines, TheLastNeedsNoBreak) { EXPECT_THAT(all({"one\nt", "wo"}), ElementsAre("one", "two")); }

TEST(Sample, IsTakenApart) {
  const auto check = [](std::string_view line, std::string_view family, std::string_view labels,
                        std::string_view value) {
    SCOPED_TRACE(line);
    const Sample sample = split_sample(line);
    EXPECT_EQ(sample.family, family);
    EXPECT_EQ(sample.labels, labels);
    EXPECT_EQ(sample.value, value);
  };
  check("a{b=\"c\"} 1.5", "a", "b=\"c\"", "1.5");
  check("a{b=\"c d} 7\",e=\"{\"} -2e-07", "a", "b=\"c d} 7\",e=\"{\"", "-2e-07");
  check("a 0", "a", "", "0");
}

TEST(Labels, AreAddedUnlessTheyAreThere) {
  EXPECT_EQ(add_labels("a=\"1\",b=\"2\"", {}), "a=\"1\",b=\"2\"");
  EXPECT_EQ(add_labels("", {{"job", "x"}}), "job=\"x\"");
  EXPECT_EQ(add_labels("a=\"1\"", {{"job", "x"}, {"c", "y"}}), "a=\"1\",job=\"x\",c=\"y\"");
  EXPECT_EQ(add_labels("a=\"1\",job=\"own\"", {{"job", "x"}}), "a=\"1\",job=\"own\"");
  // Empty is there, too.
  EXPECT_EQ(add_labels("node=\"\"", {{"node", "x"}}), "node=\"\"");
  // A name inside a value is not there.
  EXPECT_EQ(add_labels("a=\"\\\",job=\\\"x\"", {{"job", "y"}}), "a=\"\\\",job=\\\"x\",job=\"y\"");
  EXPECT_EQ(add_labels("a=\"\\\\\",b=\"2\"", {{"b", "y"}}), "a=\"\\\\\",b=\"2\"");
  // Nor is the end of a longer one.
  EXPECT_EQ(add_labels("xjob=\"1\"", {{"job", "y"}}), "xjob=\"1\",job=\"y\"");
  EXPECT_EQ(add_labels("", {{"a", "\"\\\n"}}), "a=\"\\\"\\\\\\n\"");
}

}  // namespace
}  // namespace exporter::backfill
