// Telling an object's members apart at the speed of one comparison each. Private to opencost/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace exporter::opencost {

/// One member OpenCost is known to send. `key` ends in its closing quote, so that one memcmp tells
/// `cpuCost` from `cpuCostAdjustment`.
struct Field {
  std::string_view key;
  std::uint8_t slot = 0;
};

/// OpenCost writes the members of every row in the same order, so the next one is nearly always
/// the next in the table; anything else is looked for behind it and then from the front. A version
/// that adds, drops or moves members costs time, never correctness.
class FieldCursor {
 public:
  static constexpr std::uint8_t kUnknown = 255;

  explicit FieldCursor(std::span<const Field> table) : table_(table) {}

  void rewind() { next_ = 0; }

  /// `key` points behind the opening quote and has at least 64 readable bytes.
  std::uint8_t match(const char* key) {
    for (std::size_t i = next_; i < table_.size(); ++i) {
      if (is(key, i)) return take(i);
    }
    for (std::size_t i = 0; i < next_; ++i) {
      if (is(key, i)) return take(i);
    }
    return kUnknown;
  }

 private:
  bool is(const char* key, std::size_t i) const {
    const std::string_view field = table_[i].key;
    return key[0] == field[0] && std::memcmp(key, field.data(), field.size()) == 0;
  }
  std::uint8_t take(std::size_t i) {
    next_ = i + 1;
    return table_[i].slot;
  }

  std::span<const Field> table_;
  std::size_t next_ = 0;
};

}  // namespace exporter::opencost
