// Cuts an answer into rows while it arrives. Private to opencost/.
//
// An answer is a small envelope around many rows: {"code":200,"data":[{"key":{row},"key":{row}}]}.
// The splitter follows nesting and strings only, 64 bytes at a time, and hands on batches of whole
// rows as padded JSON objects, so that neither the answer nor its structural index is ever held
// whole. What is left when the rows are taken out is the envelope: {"code":200,"data":[{}]}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exporter/opencost/opencost.h"

namespace exporter::opencost {

/// Where structure is in 64 bytes of JSON, one bit a byte, bytes inside strings left out.
struct BlockMasks {
  std::uint64_t open = 0;   // { [
  std::uint64_t close = 0;  // } ]
};

/// Carries string state from one block to the next.
class BlockScanner {
 public:
  BlockMasks scan(const char* block);           // 64 readable bytes
  BlockMasks scan_portably(const char* block);  // the same without SIMD; also the test's oracle
  bool in_string() const { return in_string_ != 0; }

 private:
  BlockMasks combine(std::uint64_t quote, std::uint64_t backslash, std::uint64_t open,
                     std::uint64_t close);
  std::uint64_t in_string_ = 0;  // all ones inside a string
  std::uint64_t escaped_ = 0;    // 1 when the next byte is escaped
};

class RowSplitter {
 public:
  /// A batch is `{"key":row,...}` in `length` bytes, followed by at least 64 readable ones within
  /// `capacity`. False refuses the answer.
  using Batch = std::function<bool(const char* json, std::size_t length, std::size_t capacity)>;

  RowSplitter(const Limits& limits, Batch batch);

  /// False when the answer is already known to be refused; see fault().
  bool feed(std::string_view bytes);
  /// After the last byte.
  bool finish();

  const std::optional<Fault>& fault() const { return fault_; }
  /// The answer without its rows. What is not JSON at all is in here whole, up to the limit.
  const std::string& envelope() const { return envelope_; }
  /// The answer's first bytes, as far as no row stands among them.
  std::string beginning() const;
  std::uint64_t bytes() const { return consumed_ + size_; }

 private:
  bool take(std::string_view bytes);
  bool scan(bool final);
  bool structural(std::size_t at);
  bool opened(std::size_t at, char bracket);
  bool closed(std::size_t at, char bracket);
  bool hand_on_whole_rows();
  bool hand_on(std::size_t last);
  void to_envelope(std::size_t until);
  bool opens_data(std::size_t at) const;
  bool blank(std::size_t from, std::size_t until) const;
  void make_room(std::size_t more);
  void drop_front(std::size_t count);
  bool refuse(Refusal refusal, std::string detail);

  Limits limits_;
  Batch batch_;
  BlockScanner scanner_;
  std::optional<Fault> fault_;
  std::string envelope_;

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::size_t scanned_ = 0;
  std::uint64_t consumed_ = 0;     // bytes that have left the buffer
  std::size_t envelope_from_ = 0;  // outside rows: first byte not yet in envelope_

  int depth_ = 0;
  std::uint64_t objects_ = 0;  // bit d: the bracket at depth d+1 is `{`
  bool in_data_list_ = false;
  int rows_depth_ = 0;          // depth inside the object that holds rows; 0: not in one
  std::size_t batch_from_ = 0;  // `{` or the comma that stands for it
  std::size_t row_end_ = 0;     // behind the last whole row of the batch; 0: none
  bool continued_ = false;      // the batch starts at a comma, so a row must follow
};

}  // namespace exporter::opencost
