// What has been asked so far, in a SQLite file beside the output. Private to backfill/.
//
//   meta(name, value)                what the run was begun with
//   done(source, start, empty)       windows that need not be asked again
//   family(id, name, header)         id: its place in the catalogue
//   series(id, family, labels)       labels as printed, without braces
//   point(time, series, value)       value as printed; the key finds a series given twice
//
// Samples come in by time and are wanted by series. They are stored as they come, at the end of the
// file, and sorted once at the end: kept in order of series, every window would touch a page of
// each.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "exporter/metrics/metrics.h"
#include "exporter/result.h"
#include "exporter/sqlite/sqlite.h"

namespace exporter::backfill {

/// Names and values. Two runs with the same ones can be one.
using Parameters = std::vector<std::pair<std::string, std::string>>;
using Labels = std::vector<std::pair<std::string, std::string>>;

/// After a failure it is of no more use, but the file is. One process at a time: another one is
/// refused until this is gone.
class Partial {
 public:
  /// Begins a new file or goes on with one that was begun with the same parameters.
  static Result<Partial> open(const std::string& path, const Parameters& parameters);

  /// Windows that are done, and those of them that are empty.
  struct Count {
    std::uint64_t done = 0;
    std::uint64_t empty = 0;
  };
  Result<Count> count();
  Result<bool> is_done(std::string_view source, std::chrono::sys_seconds start);

  /// A window of a source is done: its samples, at `time`, or that there are none. All or nothing.
  Result<void> keep(std::string_view source, std::chrono::sys_seconds start,
                    std::chrono::sys_seconds time, const metrics::Page& page, const Labels& more);
  Result<void> keep_empty(std::string_view source, std::chrono::sys_seconds start);

  /// The OpenMetrics text of all samples, line by line, `# EOF` aside: families in catalogue order,
  /// their series sorted, times rising. Ends with the first error of `put`.
  Result<void> print(const std::function<Result<void>(std::string_view)>& put);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Ids = std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>>;
  enum class Use : std::uint8_t {
    is_done,
    mark_done,
    add_family,
    find_series,
    add_series,
    add_point
  };

  Partial(std::string path, sqlite::Database database)
      : path_(std::move(path)), database_(std::move(database)) {}
  sqlite::Statement& statement(Use use) { return statements_[static_cast<std::size_t>(use)]; }
  tl::unexpected<Error> failed(const sqlite::Failure& failure) const;

  sqlite::Outcome<void> settle_in();
  Result<void> begin_or_compare(const Parameters& parameters);
  sqlite::Outcome<void> prepare();

  Result<void> add_page(const metrics::Page& page, std::int64_t time, const Labels& more);
  Result<void> add_sample(std::string_view line, std::int64_t time, const Labels& more);
  sqlite::Outcome<std::int64_t> series_id(std::string_view line, const Labels& more);
  sqlite::Outcome<void> mark_done(std::string_view source, std::chrono::sys_seconds start,
                                  bool empty);
  sqlite::Outcome<void> rank_series();

  std::string path_;
  sqlite::Database database_;
  std::vector<sqlite::Statement> statements_;  // by Use
  Ids ids_;  // of series, by name and labels as pages print them; bounded
};

}  // namespace exporter::backfill
