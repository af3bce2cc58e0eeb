// Hashes, each with the number at which it came first. Private to metrics/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace exporter::metrics {

/// An open hash table of hashes: a few nanoseconds each, where std::unordered_map takes a hundred.
class KeyIndex {
 public:
  KeyIndex() = default;
  explicit KeyIndex(std::span<const std::uint64_t> keys) {
    reserve(keys.size());
    for (const std::uint64_t key : keys) add(key);
  }

  void reserve(std::size_t keys) {
    std::size_t slots = 16;
    while (slots < 2 * keys) slots *= 2;
    if (slots > slots_.size()) rehash(slots);
  }

  /// Its number: a new one, counted from 0, if it was not there.
  std::size_t add(std::uint64_t key) {
    if (2 * (size_ + 1) > slots_.size()) rehash(slots_.empty() ? 16 : 2 * slots_.size());
    Slot& slot = slots_[place(key)];
    if (slot.number == 0) slot = {key, static_cast<std::uint32_t>(++size_)};
    return slot.number - 1;
  }

  bool contains(std::uint64_t key) const {
    return !slots_.empty() && slots_[place(key)].number != 0;
  }
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t number = 0;  // from 1; 0: free
  };

  std::size_t place(std::uint64_t key) const {
    std::size_t at = key & (slots_.size() - 1);
    while (slots_[at].number != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  void rehash(std::size_t slots) {
    std::vector<Slot> old(slots);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != 0) slots_[place(slot.key)] = slot;
    }
  }

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t size_ = 0;
};

}  // namespace exporter::metrics
