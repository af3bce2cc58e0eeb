// What a pattern matches, and what patterns of labels do.
#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

TEST(Matches, ATable) {
  struct Case {
    std::string_view pattern;
    std::vector<std::string_view> yes, no;
  };
  const Case cases[] = {
      {"", {""}, {"a", "*", " "}},
      {"*", {"", "a", "abc", "*", "**", "a b"}, {}},
      {"**", {"", "a", "abc"}, {}},
      {"a", {"a"}, {"", "A", "aa", "b", "ab", "ba", "*", " a", "a "}},
      {"shop",
       {"shop"},
       {"sho", "shops", "ashop", "Shop", "SHOP", "shop*", "s*p", "shop ", "s.op"}},
      {"shop*", {"shop", "shops", "shop-test", "shop*"}, {"", "sho", "ashop", "Shop", "*", "s"}},
      {"*shop", {"shop", "my-shop", "shopshop"}, {"", "shop ", "shops", "hop", "shop-shopx"}},
      {"*shop*", {"shop", "a-shop-b", "shopshop"}, {"", "sho", "hop", "s-hop", "SHOP"}},
      {"a*b", {"ab", "aab", "abb", "a-b", "ab-b"}, {"", "a", "b", "ba", "abc", "cab", "aba", "AB"}},
      {"a*a", {"aa", "aba", "aaa"}, {"", "a", "ab", "ba", "aab"}},
      {"ab*ba", {"abba", "abxba", "ababa"}, {"", "aba", "ab", "ba", "abb", "abbaa"}},
      {"a*b*c",
       {"abc", "aXbYc", "abbc", "abcc", "abcbc"},
       {"ac", "acb", "ab", "bc", "abcd", "xabc"}},
      {"a**b", {"ab", "a-b"}, {"", "a", "b", "abc"}},
      {"*a*b*", {"ab", "xaxbx", "aab", "bab"}, {"", "a", "b", "ba", "bbba"}},
      {"a*bc*bc", {"abcbc", "abcXbc", "abcbcbc"}, {"abc", "abcb", "abbc", "bcbc", "abcbcb"}},
      {"*.example",
       {".example", "a.example", "a.b.example"},
       {"example", "aXexample", "a.example."}},
      {"?", {"?"}, {"", "a", "ab"}},
      {"[ab]", {"[ab]"}, {"a", "b", "[a]"}},
      {"a.c", {"a.c"}, {"abc", "a", "ac"}},
      {"\\*", {"\\", "\\a"}, {"*", "", "a\\"}},
      {"\xc3\xa9*", {"\xc3\xa9", "\xc3\xa9t\xc3\xa9"}, {"e", "\xc3", "\xa9"}},
  };
  for (const Case& c : cases) {
    for (std::string_view text : c.yes)
      EXPECT_TRUE(matches(c.pattern, text)) << c.pattern << " " << text;
    for (std::string_view text : c.no)
      EXPECT_FALSE(matches(c.pattern, text)) << c.pattern << " " << text;
  }
}

bool naive(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return naive(pattern.substr(1), text) || (!text.empty() && naive(pattern, text.substr(1)));
  }
  return !text.empty() && pattern.front() == text.front() &&
         naive(pattern.substr(1), text.substr(1));
}

TEST(Matches, AsANaiveMatcherDoes) {
  std::mt19937_64 random(2026);
  int yes = 0, no = 0;
  const auto draw = [&](std::string_view letters, unsigned most) {
    std::string out;
    for (std::uint64_t n = random() % (most + 1); n > 0; --n)
      out += letters[random() % letters.size()];
    return out;
  };
  for (int i = 0; i < 100'000; ++i) {
    const std::string pattern = draw("ab**", 7), text = draw("ab", 9);
    const bool expected = naive(pattern, text);
    ASSERT_EQ(matches(pattern, text), expected) << pattern << " against " << text;
    ++(expected ? yes : no);
  }
  EXPECT_GT(yes, 10'000);
  EXPECT_GT(no, 10'000);
}

TEST(Matches, QuicklyWhatWouldTakeForever) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  const std::string text(100'000, 'a');
  EXPECT_TRUE(matches(pattern, text));
  EXPECT_FALSE(matches(pattern + "b", text));
}

}  // namespace
}  // namespace exporter::cost
