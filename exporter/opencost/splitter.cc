#include "exporter/opencost/splitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace exporter::opencost {
namespace {

// What the buffer holds beyond a batch: the padding simdjson wants, and room for a last block.
constexpr std::size_t kSlack = 128;
// A batch and its structural index stay inside the second-level cache.
constexpr std::size_t kBatchBytes = 256u << 10;
constexpr std::size_t kPieceBytes = 64u << 10;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

RowSplitter::RowSplitter(const Limits& limits, Batch batch)
    : limits_(limits), batch_(std::move(batch)) {
  limits_.max_depth = std::min(limits_.max_depth, 64);
}

bool RowSplitter::refuse(Refusal refusal, std::string detail) {
  if (!fault_) fault_ = Fault{refusal, std::move(detail)};
  return false;
}

bool RowSplitter::feed(std::string_view bytes) {
  while (!bytes.empty() && !fault_) {
    const std::size_t piece = std::min(bytes.size(), kPieceBytes);
    if (!take(bytes.substr(0, piece))) return false;
    bytes.remove_prefix(piece);
  }
  return !fault_;
}

bool RowSplitter::take(std::string_view bytes) {
  make_room(bytes.size());
  std::memcpy(buffer_.get() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
  if (!scan(false)) return false;
  if (rows_depth_ > 0) {
    if (size_ - batch_from_ >= kBatchBytes && !hand_on_whole_rows()) return false;
    if (size_ - batch_from_ > limits_.max_row_bytes + kBatchBytes) {
      return refuse(Refusal::parse, fmt::format("a row near byte {} is longer than {} bytes",
                                                consumed_ + batch_from_, limits_.max_row_bytes));
    }
  } else {
    to_envelope(scanned_);
    drop_front(scanned_);
  }
  if (envelope_.size() > limits_.max_envelope_bytes) {
    return refuse(Refusal::shape, fmt::format("more than {} bytes are outside the rows of `data`",
                                              limits_.max_envelope_bytes));
  }
  return true;
}

bool RowSplitter::finish() {
  if (fault_) return false;
  make_room(64);
  std::memset(buffer_.get() + size_, ' ', 64);
  if (!scan(true)) return false;
  if (depth_ > 0 || scanner_.in_string()) {
    return refuse(Refusal::parse,
                  fmt::format("the answer is cut off after {} bytes", consumed_ + size_));
  }
  to_envelope(size_);
  return true;
}

bool RowSplitter::scan(bool final) {
  while (scanned_ < size_ && (final || size_ - scanned_ >= 64)) {
    const BlockMasks masks = scanner_.scan(buffer_.get() + scanned_);
    std::uint64_t bits = masks.open | masks.close;
    if (size_ - scanned_ < 64) bits &= (std::uint64_t{1} << (size_ - scanned_)) - 1;
    const std::size_t block = scanned_;
    scanned_ = std::min(scanned_ + 64, size_);
    for (; bits != 0; bits &= bits - 1) {
      if (!structural(block + static_cast<std::size_t>(__builtin_ctzll(bits)))) return false;
    }
  }
  return true;
}

bool RowSplitter::structural(std::size_t at) {
  const char bracket = buffer_[at];
  return bracket == '{' || bracket == '[' ? opened(at, bracket) : closed(at, bracket);
}

bool RowSplitter::opened(std::size_t at, char bracket) {
  if (depth_ >= limits_.max_depth) {
    return refuse(Refusal::parse, fmt::format("nested deeper than {} levels at byte {}",
                                              limits_.max_depth, consumed_ + at));
  }
  const std::uint64_t bit = std::uint64_t{1} << depth_;
  objects_ = bracket == '{' ? objects_ | bit : objects_ & ~bit;
  ++depth_;
  if (rows_depth_ > 0) return true;
  const bool data = depth_ == 2 && opens_data(at);
  if (data && bracket == '[') in_data_list_ = true;
  if (bracket == '{' && (data || (in_data_list_ && depth_ == 3))) {
    to_envelope(at + 1);
    rows_depth_ = depth_;
    batch_from_ = at;
    row_end_ = 0;
    continued_ = false;
  }
  return true;
}

bool RowSplitter::closed(std::size_t at, char bracket) {
  const bool object = depth_ > 0 && (objects_ >> (depth_ - 1) & 1) != 0;
  if (depth_ == 0 || object != (bracket == '}')) {
    return refuse(Refusal::parse,
                  fmt::format("`{}` at byte {} closes nothing", bracket, consumed_ + at));
  }
  --depth_;
  if (depth_ == 1) in_data_list_ = false;
  if (rows_depth_ == 0) return true;
  if (depth_ == rows_depth_) row_end_ = at + 1;
  if (depth_ == rows_depth_ - 1) {
    rows_depth_ = 0;
    if (continued_ && row_end_ == 0 && blank(batch_from_ + 1, at)) {
      return refuse(Refusal::parse,
                    fmt::format("no row after the comma before byte {}", consumed_ + at));
    }
    if (!hand_on(at)) return false;
    envelope_from_ = at;
  }
  return true;
}

// Whether the bracket at `at` is the value of the top-level member `data`. Read backwards, from the
// buffer into the envelope: the white space in between may be of any length.
bool RowSplitter::opens_data(std::size_t at) const {
  constexpr std::string_view kKey = "\"data\"";
  std::size_t left = envelope_.size() + at - envelope_from_;
  const auto last = [&] {
    if (left == 0) return '\0';
    const std::size_t i = left - 1;
    return i < envelope_.size() ? envelope_[i] : buffer_[envelope_from_ + i - envelope_.size()];
  };
  const auto skip_space = [&] {
    while (is_space(last())) --left;
  };
  skip_space();
  if (last() != ':') return false;
  --left;
  skip_space();
  for (auto c = kKey.rbegin(); c != kKey.rend(); ++c, --left) {
    if (last() != *c) return false;
  }
  skip_space();
  return last() == '{' || last() == ',';
}

// The comma behind the last whole row closes this batch and then opens the next one.
bool RowSplitter::hand_on_whole_rows() {
  if (row_end_ == 0) return true;
  std::size_t comma = row_end_;
  while (comma < size_ && is_space(buffer_[comma])) ++comma;
  // Not scanned yet: the scanner must see the comma, not what stands in for it.
  if (comma >= scanned_ || buffer_[comma] == '}') return true;
  if (buffer_[comma] != ',') {
    return refuse(Refusal::parse,
                  fmt::format("no comma between two rows at byte {}", consumed_ + comma));
  }
  buffer_[comma] = '}';
  if (!hand_on(comma)) return false;
  buffer_[comma] = '{';
  batch_from_ = comma;
  row_end_ = 0;
  continued_ = true;
  drop_front(comma);
  return true;
}

bool RowSplitter::hand_on(std::size_t last) {
  const std::size_t length = last + 1 - batch_from_;
  if (batch_(buffer_.get() + batch_from_, length, capacity_ - batch_from_)) return true;
  return refuse(Refusal::parse, "refused by the reader of its rows");
}

bool RowSplitter::blank(std::size_t from, std::size_t until) const {
  return std::all_of(buffer_.get() + from, buffer_.get() + until, is_space);
}

std::string RowSplitter::beginning() const {
  constexpr std::size_t kEnough = 200;
  std::string text;
  const auto add = [&](std::string_view part) {
    while (text.empty() && !part.empty() && is_space(part.front())) part.remove_prefix(1);
    text += part.substr(0, kEnough - text.size());
  };
  add(envelope_);
  // No further than it was scanned, which does not depend on how it arrived.
  if (envelope_from_ < scanned_) {
    add({buffer_.get() + envelope_from_, scanned_ - envelope_from_});
  }
  return text;
}

void RowSplitter::to_envelope(std::size_t until) {
  envelope_.append(buffer_.get() + envelope_from_, until - envelope_from_);
  envelope_from_ = until;
}

void RowSplitter::drop_front(std::size_t count) {
  std::memmove(buffer_.get(), buffer_.get() + count, size_ - count);
  size_ -= count;
  scanned_ -= count;
  consumed_ += count;
  batch_from_ -= std::min(batch_from_, count);
  row_end_ -= std::min(row_end_, count);
  envelope_from_ -= std::min(envelope_from_, count);
}

void RowSplitter::make_room(std::size_t more) {
  if (size_ + more + kSlack <= capacity_) return;
  const std::size_t needed =
      std::max({size_ + more + kSlack, capacity_ + capacity_ / 2, kBatchBytes + 2 * kPieceBytes});
  auto grown = std::make_unique_for_overwrite<char[]>(needed);
  // Only the padding behind a batch is ever read before it is written.
  std::memset(grown.get() + size_, ' ', needed - size_);
  if (size_ > 0) std::memcpy(grown.get(), buffer_.get(), size_);
  buffer_ = std::move(grown);
  capacity_ = needed;
}

}  // namespace exporter::opencost
