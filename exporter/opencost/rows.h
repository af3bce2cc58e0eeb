// What the decoders of allocations and assets have in common. Private to opencost/.
#pragma once

#include <simdjson.h>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "exporter/model/model.h"
#include "exporter/opencost/fields.h"
#include "exporter/opencost/opencost.h"
#include "exporter/opencost/scalars.h"
#include "exporter/opencost/splitter.h"

namespace exporter::opencost {

namespace json = simdjson::ondemand;

/// Why a row is rejected, before it is known which row it was.
struct RowFault {
  Rejection reason = Rejection::malformed;
  std::string detail;
};

/// Stores names in an arena once each, as far as a small direct-mapped cache remembers them: rows
/// that stand together share namespace, controller and node.
class Names {
 public:
  explicit Names(model::TextArena& arena) : arena_(arena) {}
  std::string_view store(std::string_view name);

 private:
  model::TextArena& arena_;
  std::array<std::string_view, 4096> recent_{};
};

/// The cluster of each row: OpenCost's word, or the configured name in its place.
class Clusters {
 public:
  Clusters(std::string_view configured, Names& names) : configured_(configured), names_(names) {}

  /// `stated` is stored by the names already.
  std::string_view name(std::string_view stated);
  /// The same for a row that does not count.
  std::string_view shown(std::string_view stated);
  /// When a configured name would have merged several clusters.
  std::optional<Fault> fault() const;

 private:
  std::string configured_;
  Names& names_;
  std::string first_, second_;  // different clusters stated, empty if there were none
};

/// Start and end of a row. Most rows of an answer share theirs, so the last ones are remembered.
class RowTimes {
 public:
  /// Nothing when the text is not a time.
  std::optional<std::chrono::sys_seconds> read(std::string_view text);

 private:
  std::string last_text_;
  std::optional<std::chrono::sys_seconds> last_;
};

struct LifeTimes {
  RowTimes start, end;
};

/// What a row says of its own life.
struct Life {
  std::optional<std::chrono::sys_seconds> start, end;
  std::optional<std::int64_t> micro_minutes;
};

/// The faults that only a row's life and amounts show, in the order of their gravity; nothing when
/// it is sound. `largest` is the largest absolute amount of the row, in millionths.
std::optional<RowFault> check_life(const Life& life, const model::Window& window, bool costs);
std::optional<RowFault> check_amount(double largest, const model::Window& window,
                                     const Limits& limits);
std::optional<RowFault> check_name(std::string_view name, std::string_view what,
                                   const Limits& limits);

/// Small negative amounts are rounding and read as zero.
inline constexpr std::int64_t kNegligibleMicros = 100;

/// The first member of a row that is not what it should be.
using Wrong = std::optional<RowFault>;

/// Stores a string member. As for all of these: an error means that the text is not JSON, anything
/// else goes to `wrong`.
simdjson::error_code read_name(json::value& value, std::string_view what, std::string_view& name,
                               Names& names, const Limits& limits, Wrong& wrong);

/// Hands each member of an object that `table` names to `take(slot, value)`; what is not an object
/// has none.
template <class Take>
simdjson::error_code read_members(json::value& value, std::span<const Field> table, Take take) {
  json::object members;
  if (value.get_object().get(members) != simdjson::SUCCESS) return simdjson::SUCCESS;
  FieldCursor cursor(table);
  for (auto item : members) {
    json::field field;
    SIMDJSON_TRY(std::move(item).get(field));
    const std::uint8_t slot = cursor.match(field.key().raw());
    if (slot != FieldCursor::kUnknown) SIMDJSON_TRY(take(slot, field.value()));
  }
  return simdjson::SUCCESS;
}
void read_time(json::value& value, RowTimes& times, std::optional<std::chrono::sys_seconds>& time,
               Wrong& wrong);
/// In millionths. What does not fit keeps its sign: the largest or smallest there is.
Number read_number(json::value& value, std::int64_t& micros, Wrong& wrong);

/// What a figure is that is missing, null, no number, below zero or too large for its millionths.
inline constexpr std::int64_t kUnknown = -1;
/// In millionths, for what may be unknown: nothing is wrong with a row for it.
std::int64_t read_figure(json::value& value);

/// Counts, and keeps the first of each reason.
void reject(Rejected& rejected, const RowFault& fault, std::string_view key);

/// Takes an answer in as it arrives and hands on its rows one by one, whatever they hold.
class RowReader {
 public:
  /// An error ends the answer: it is not JSON. `key` is as it stands in the text, escapes and all.
  using Row = std::function<simdjson::error_code(std::string_view key, json::object& row)>;

  RowReader(const Limits& limits, Rejected& rejected, Row row);

  bool feed(std::string_view bytes) { return !fault_ && splitter_.feed(bytes); }
  /// After the last byte: what is wrong with the answer as a whole. `list` as for check_envelope.
  std::optional<Fault> finish(bool list);
  std::uint64_t rows() const { return rows_; }

 private:
  bool batch(const char* text, std::size_t length, std::size_t capacity);
  simdjson::error_code read(simdjson::padded_string_view text);

  Limits limits_;
  Rejected& rejected_;
  Row row_;
  std::optional<Fault> fault_;  // found inside a batch
  std::uint64_t rows_ = 0;
  json::parser parser_;
  RowSplitter splitter_;
};

/// Refuses what does not even begin like a JSON object: a login page, an error in plain text.
std::optional<Fault> check_beginning(std::string_view text);

/// Checks what is left of an answer when its rows are taken out. `rows` is how many there were.
/// `list` is true where `data` must be a list of one object (allocations).
std::optional<Fault> check_envelope(const std::string& envelope, bool list, std::uint64_t rows);

/// At most `limit` bytes, control characters escaped, for a message.
std::string excerpt(std::string_view text, std::size_t limit = 80);

/// Beyond this an answer's sum is no bill; it also keeps sums of millionths inside 63 bits.
inline constexpr double kLargestSum = 1e12;

}  // namespace exporter::opencost
