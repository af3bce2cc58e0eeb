// Which series came and which went, and the hashes that tell them apart.
#include "exporter/metrics/churn.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>

#include "exporter/metrics/keys.h"
#include "exporter/metrics/series.h"
#include "tests/metrics/exposition.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

using Hashes = std::vector<std::uint64_t>;

std::pair<std::uint64_t, std::uint64_t> churn(const Hashes& before, const Hashes& after) {
  const Churn found = difference(before, after);
  return {found.added, found.removed};
}

TEST(Difference, CountsWhatCameAndWhatWent) {
  using Pair = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(churn({}, {}), Pair(0, 0));
  EXPECT_EQ(churn({}, {1, 2}), Pair(2, 0));
  EXPECT_EQ(churn({1, 2}, {}), Pair(0, 2));
  EXPECT_EQ(churn({1, 2, 3}, {1, 2, 3}), Pair(0, 0));
  EXPECT_EQ(churn({1, 2, 3}, {1, 3}), Pair(0, 1));
  EXPECT_EQ(churn({1, 3}, {1, 2, 3}), Pair(1, 0));
  EXPECT_EQ(churn({1, 2, 3}, {4, 5}), Pair(2, 3));
  EXPECT_EQ(churn({1, 2, 3}, {3, 2, 1}), Pair(0, 0)) << "the order does not matter";
  EXPECT_EQ(churn({0}, {0}), Pair(0, 0));
}

TEST(Difference, IsThatOfSets) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 2'000; ++round) {
    std::set<std::uint64_t> before, after;
    const std::uint64_t kinds = 1 + random() % 200;
    for (std::uint64_t i = random() % 150; i > 0; --i) before.insert(random() % kinds);
    // Much of the last page or nothing of it, in long runs that are gone and that are new.
    if (random() % 4 != 0) after = before;
    for (std::uint64_t i = random() % 3; i > 0; --i) {
      const std::uint64_t from = random() % kinds, length = random() % 90;
      for (std::uint64_t k = from; k < from + length; ++k) {
        if (random() % 8 != 0) after.erase(k);
        if (random() % 8 == 0) after.insert(k);
      }
    }
    std::vector<std::uint64_t> came, went;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(came));
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(went));
    Hashes a(before.begin(), before.end()), b(after.begin(), after.end());
    if (round % 3 == 0) std::shuffle(b.begin(), b.end(), random);
    ASSERT_EQ(churn(a, b), std::pair(came.size(), went.size())) << round;
  }
}

TEST(KeyIndex, NumbersKeysInTheOrderTheyCame) {
  KeyIndex keys;
  EXPECT_FALSE(keys.contains(0));
  std::mt19937_64 random(6);
  Hashes drawn;
  for (std::size_t i = 0; i < 5'000; ++i) {
    drawn.push_back(i % 10 == 0 ? i << 40 : random());  // some that begin at one slot
    EXPECT_EQ(keys.add(drawn.back()), i);
  }
  EXPECT_EQ(keys.size(), drawn.size());
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    EXPECT_TRUE(keys.contains(drawn[i]));
    EXPECT_EQ(keys.add(drawn[i]), i);
    EXPECT_FALSE(keys.contains(drawn[i] ^ 1));
  }
  EXPECT_EQ(keys.size(), drawn.size());
}

TEST(SeriesHash, TellsTextsOfAnyLengthApart) {
  std::set<std::uint64_t> seen;
  std::string text;
  for (int length = 0; length < 40; ++length, text += 'a') {
    EXPECT_TRUE(seen.insert(chained(7, text)).second);
    for (char& c : text) {
      const char was = std::exchange(c, 'b');
      EXPECT_TRUE(seen.insert(chained(7, text)).second) << text;
      c = was;
    }
  }
  EXPECT_NE(chained(chained(0, "ab"), "c"), chained(chained(0, "a"), "bc"));
  EXPECT_NE(chained(chained(0, ""), "a"), chained(chained(0, "a"), ""));
}

TEST(SeriesHash, DoesNotCollideOverNamesThatAreMuchAlike) {
  std::vector<std::uint64_t> seen;
  for (int space = 0; space < 100; ++space) {
    for (int pod = 0; pod < 500; ++pod) {
      const auto labels =
          chained(chained(0, "ns-" + std::to_string(space)), "web-6d5f8c-" + std::to_string(pod));
      for (const char* last : {"cpu", "memory", "gpu", ""}) {
        seen.push_back(series_hash(labels, 1, last));
        seen.push_back(series_hash(labels, 2, last));
      }
    }
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
}

// Of pages

std::set<std::string> series_of(const Page& page) {
  std::set<std::string> out;
  for (const auto& family : samples::read_families(samples::joined(page.text()))) {
    for (const auto& sample : family.samples) {
      std::string line = sample.name;
      for (const auto& [label, value] : sample.labels) line.append(label).append("=").append(value);
      out.insert(line);
    }
  }
  return out;
}

TEST(Churn, OfTheFirstPageIsAllOfIt) {
  const Page page = render(samples::every_family({"b", "a"}), {});
  EXPECT_GT(page.series, 100u);
  EXPECT_EQ(page.added, page.series);
  EXPECT_EQ(page.removed, 0u);
}

TEST(Churn, IsWhatDiffersFromThePageBefore) {
  const cost::Report reports[] = {samples::every_family({"a"}),
                                  samples::every_family({"a"}),
                                  samples::every_family({"a", "b"}),
                                  samples::every_family({"b", "a"}),
                                  samples::every_family({"b"}),
                                  {},
                                  {},
                                  samples::current({cost::samples::pod("a", "shop", "x", 3)}),
                                  samples::every_family({"a"})};
  Renderer renderer;
  std::set<std::string> before;
  int changes = 0;
  for (const cost::Report& report : reports) {
    const Page page = renderer.render(report, {});
    const std::set<std::string> after = series_of(page);
    std::vector<std::string> came, went;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(came));
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(went));
    EXPECT_EQ(page.added, came.size());
    EXPECT_EQ(page.removed, went.size());
    changes += came.empty() && went.empty() ? 0 : 1;
    before = after;
  }
  EXPECT_EQ(changes, 6);
}

TEST(Churn, ChangesOfAmountsAreNone) {
  Renderer renderer;
  using cost::samples::pod;
  static_cast<void>(renderer.render(samples::current({pod("c", "ns", "p", 1)}), {}));
  const Page page = renderer.render(samples::current({pod("c", "ns", "p", 2)}), {});
  EXPECT_EQ(page.added, 0u);
  EXPECT_EQ(page.removed, 0u);
}

}  // namespace
}  // namespace exporter::metrics
