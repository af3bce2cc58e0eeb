// Text that stays where it was put.
#include <gtest/gtest.h>

#include "exporter/model/model.h"

namespace exporter::model {
namespace {

constexpr std::size_t kBlock = 64u << 10;

TEST(TextArena, KeepsAddressesAndContents) {
  TextArena arena;
  std::vector<std::string> originals;
  std::vector<std::string_view> stored;
  for (std::size_t i = 0; i < 5000; ++i) {
    originals.push_back(std::string(i % 97, static_cast<char>('a' + i % 26)) + std::to_string(i));
    stored.push_back(arena.store(originals.back()));
  }
  for (std::size_t i = 0; i < originals.size(); ++i) {
    EXPECT_EQ(stored[i], originals[i]);
    EXPECT_NE(stored[i].data(), originals[i].data());
  }
}

TEST(TextArena, HoldsWhatItNeeds) {
  TextArena arena;
  EXPECT_EQ(arena.bytes(), 0u);
  EXPECT_TRUE(arena.store("").empty());
  EXPECT_EQ(arena.bytes(), 0u) << "nothing needs no block";
  arena.store("a");
  EXPECT_EQ(arena.bytes(), kBlock);
  arena.store(std::string(kBlock - 1, 'b'));
  EXPECT_EQ(arena.bytes(), kBlock) << "it fits exactly";
  arena.store("c");
  EXPECT_EQ(arena.bytes(), 2 * kBlock);
}

TEST(TextArena, TakesTextLongerThanABlock) {
  TextArena arena;
  const std::string longer(kBlock + 1, 'x');
  const auto before = arena.store("before");
  const auto stored = arena.store(longer);
  const auto after = arena.store("after");
  EXPECT_EQ(stored, longer);
  EXPECT_EQ(before, "before");
  EXPECT_EQ(after, "after");
  EXPECT_EQ(arena.bytes(), kBlock + longer.size() + kBlock);
}

TEST(TextArena, StoresAnyBytes) {
  TextArena arena;
  const std::string_view bytes("a\0b\xff", 4);
  EXPECT_EQ(arena.store(bytes), bytes);
}

}  // namespace
}  // namespace exporter::model
