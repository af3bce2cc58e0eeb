// Telling an object's members apart at the speed of one comparison each. Private to opencost/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace exporter::opencost {

/// One member OpenCost is known to send, its key laid out for comparison in whole words.
class Field {
 public:
  /// REQUIRES: a key of at most 31 bytes.
  consteval Field(std::string_view key, std::uint8_t slot) : slot_(slot) {
    if (key.size() >= 8 * kWords) throw "a key longer than the comparison";
    // The closing quote is part of it: it tells `cpuCost` from `cpuCostAdjustment`.
    for (std::size_t i = 0; i <= key.size(); ++i) {
      const auto byte =
          static_cast<std::uint64_t>(static_cast<unsigned char>(i < key.size() ? key[i] : '"'));
      words_[i / 8] |= byte << (8 * (i % 8));
      masks_[i / 8] |= std::uint64_t{0xff} << (8 * (i % 8));
    }
  }

  /// `key` points behind the opening quote and has at least 32 readable bytes.
  bool is(const char* key) const {
    std::array<std::uint64_t, kWords> read{};
    std::memcpy(read.data(), key, sizeof read);
    std::uint64_t different = 0;
    for (std::size_t i = 0; i < kWords; ++i) different |= (read[i] ^ words_[i]) & masks_[i];
    return different == 0;
  }
  std::uint8_t slot() const { return slot_; }

 private:
  static constexpr std::size_t kWords = 4;
  std::array<std::uint64_t, kWords> words_{};  // little-endian, as the machine reads them
  std::array<std::uint64_t, kWords> masks_{};
  std::uint8_t slot_ = 0;
};

/// OpenCost writes the members of every row in the same order, so the next one is nearly always
/// the next in the table; anything else is looked for behind it and then from the front. A version
/// that adds, drops or moves members costs time, never correctness.
class FieldCursor {
 public:
  static constexpr std::uint8_t kUnknown = 255;

  explicit FieldCursor(std::span<const Field> table) : table_(table) {}

  /// The slot of the member whose key starts at `key`; see Field::is.
  std::uint8_t match(const char* key) {
    if (next_ < table_.size() && table_[next_].is(key)) return table_[next_++].slot();
    return search(key);
  }

 private:
  std::uint8_t search(const char* key) {
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (!table_[i].is(key)) continue;
      next_ = i + 1;
      return table_[i].slot();
    }
    return kUnknown;
  }

  std::span<const Field> table_;
  std::size_t next_ = 0;
};

}  // namespace exporter::opencost
