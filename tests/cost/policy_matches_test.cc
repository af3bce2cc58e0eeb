// What policies have matched: what is forgotten, and what is kept over a restart.
#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr WorkloadName kName = {"c", "dev-ada", "deployment", "till"};
const sys_seconds kBegan{1'773'136'800s};

TEST(MatchesKept, AsText) {
  Matches matches;
  matches.began("p", kName, kBegan);
  matches.began("q", {"", "", "", ""}, kBegan);
  matches.ended("q", {"", "", "", ""}, kBegan + 1h);
  const auto kept = matches.changes(false);
  EXPECT_THAT(kept, ElementsAre(std::pair<const std::string, std::string>("p\x1f"
                                                                          "c\x1f"
                                                                          "dev-ada\x1f"
                                                                          "deployment\x1ftill",
                                                                          "1773136800;"),
                                std::pair<const std::string, std::string>(
                                    "q\x1f\x1f\x1f\x1f", "1773136800 1773140400;")));
  Matches restored;
  restored.began("gone", kName, kBegan);
  EXPECT_EQ(restored.restore(kept), 0u);
  EXPECT_EQ(restored.size(), 2u);
  EXPECT_EQ(*restored.find("p", kName), (Matches::Match{kBegan, {}}));
  EXPECT_EQ(*restored.find("q", {"", "", "", ""}), (Matches::Match{kBegan, kBegan + 1h}));
  EXPECT_THAT(restored.changes(false), IsEmpty()) << "that is what is kept";
}

TEST(MatchesKept, ForgottenAndBegunAnew) {
  Policy one;
  one.name = "p";
  one.cooldown = 2h;
  Matches matches;
  matches.began("p", kName, kBegan);
  matches.began("p", kName, kBegan + 1h);
  EXPECT_EQ(matches.find("p", kName)->since, kBegan) << "it goes on";
  matches.forget({one}, kBegan + 999h);
  EXPECT_EQ(matches.size(), 1u) << "it goes on";
  matches.ended("p", kName, kBegan + 3h);
  matches.ended("p", kName, kBegan + 5h);
  EXPECT_EQ(matches.find("p", kName)->ended, kBegan + 3h);
  matches.forget({one}, kBegan + 5h - 1s);
  EXPECT_EQ(matches.size(), 1u);
  matches.forget({one}, kBegan + 5h);
  EXPECT_EQ(matches.size(), 0u);
  matches.ended("p", kName, kBegan);
  EXPECT_EQ(matches.size(), 0u);
  matches.began("p", kName, kBegan);
  matches.began("q", kName, kBegan);
  matches.forget({one}, kBegan);
  EXPECT_EQ(matches.find("q", kName), nullptr) << "no such policy";
  EXPECT_NE(matches.find("p", kName), nullptr);
}

TEST(MatchesKept, OpenOnesByPolicy) {
  Matches matches;
  matches.began("p", {"c", "n", "k", "b"}, kBegan);
  matches.began("p", {"c", "n", "k", "a"}, kBegan);
  matches.began("p", {"b", "n", "k", "z"}, kBegan);
  matches.began("p", {"c", "n", "k", "ended"}, kBegan);
  matches.ended("p", {"c", "n", "k", "ended"}, kBegan);
  matches.began("o", {"c", "n", "k", "a"}, kBegan);
  matches.began("pp", {"c", "n", "k", "a"}, kBegan);
  EXPECT_THAT(matches.open("p"),
              ElementsAre(WorkloadName{"b", "n", "k", "z"}, WorkloadName{"c", "n", "k", "a"},
                          WorkloadName{"c", "n", "k", "b"}));
  EXPECT_THAT(matches.open(""), IsEmpty());
  EXPECT_THAT(matches.open("q"), IsEmpty());
}

std::size_t unreadable(std::string key, std::string value) {
  Matches matches;
  matches.began("gone", kName, kBegan);
  const std::size_t out = matches.restore({{std::move(key), std::move(value)}});
  EXPECT_EQ(out + matches.size(), 1u);
  return out;
}

const std::string kKey =
    "p\x1f"
    "c\x1f"
    "n\x1f"
    "k\x1f"
    "w";

TEST(MatchesKept, WhatCannotBeRead) {
  EXPECT_EQ(unreadable(kKey, "1;"), 0u);
  EXPECT_EQ(unreadable(kKey, "1 1;"), 0u);
  EXPECT_EQ(unreadable(kKey, "0 253402300799;"), 0u);
  for (const char* value : {"",
                            ";",
                            " ",
                            "1",
                            "1 2",
                            "1 2 3;",
                            "1 ;",
                            " 1;",
                            "1 2; ",
                            "1;;",
                            "-1;",
                            "+1;",
                            "01;",
                            "1  2;",
                            "1.5;",
                            "1e3;",
                            "x;",
                            "1 x;",
                            "1 -2;",
                            "2 1;",
                            "253402300800;",
                            "1 253402300800;",
                            "99999999999999999999;",
                            "1 99999999999999999999;",
                            "1\n;",
                            "0x1;"}) {
    EXPECT_EQ(unreadable(kKey, value), 1u) << value;
  }
  EXPECT_EQ(unreadable(kKey, std::string("1;\0", 3)), 1u);
  for (const char* key : {"", "p",
                          "p\x1f"
                          "c\x1f"
                          "n\x1f"
                          "k",
                          "a\x1f"
                          "b\x1f"
                          "c\x1f"
                          "d\x1f"
                          "e\x1f"
                          "f"}) {
    EXPECT_EQ(unreadable(key, "1;"), 1u) << key;
  }
}

TEST(MatchesKept, EveryTruncationIsNoticed) {
  for (const std::string value : {"1773136800;", "1773136800 1773140400;"}) {
    for (std::size_t length = 0; length < value.size(); ++length) {
      EXPECT_EQ(unreadable(kKey, value.substr(0, length)), 1u) << length;
    }
  }
  for (std::size_t length = 0; length < kKey.size(); ++length) {
    EXPECT_EQ(unreadable(kKey.substr(0, length), "1;"), length < kKey.size() - 1 ? 1u : 0u)
        << length;
  }
}

// A digit may become another digit; everything else is noticed.
TEST(MatchesKept, EveryMutationOfAByteIsReadAsItStandsOrNoticed) {
  const std::string value = "1773136800 1773140400;";
  std::size_t read = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string mutated = value;
      mutated[at] = static_cast<char>(byte);
      Matches matches;
      const std::size_t bad = matches.restore({{kKey, mutated}});
      ASSERT_EQ(bad + matches.size(), 1u);
      if (bad > 0) continue;
      ++read;
      EXPECT_EQ(matches.changes(true).at(kKey), mutated);
    }
  }
  EXPECT_LT(read, 10 * value.size());
  for (std::size_t at = 0; at < kKey.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string mutated = kKey;
      mutated[at] = static_cast<char>(byte);
      const bool fits = std::count(mutated.begin(), mutated.end(), '\x1f') == 4;
      EXPECT_EQ(unreadable(mutated, "1;"), fits ? 0u : 1u);
    }
  }
}

}  // namespace
}  // namespace exporter::cost
