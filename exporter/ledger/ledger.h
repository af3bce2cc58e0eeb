// Finished days, kept: what OpenCost answered for each, so that it is never asked for a month.
//
// On disk in one SQLite file (WAL, held by one process). Whatever the disk does, the exporter goes
// on from memory: a day that cannot be written stays in memory and is written when the file works
// again, and a file that cannot be read is left alone until somebody repairs or removes it. Without
// a path there is memory only. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/clock.h"
#include "exporter/model/model.h"
#include "exporter/result.h"

namespace exporter::ledger {

struct Options {
  /// The SQLite file; its folder must exist. Empty: memory only.
  std::string path;
  /// Days that ended longer ago are deleted. At least 62, which two months and their days need.
  int keep_days = 400;

  friend bool operator==(const Options&, const Options&) = default;
};

/// Why the file cannot be used; the value of the label `reason`.
enum class Trouble : std::uint8_t {
  in_use,     // another process holds it
  damaged,    // not SQLite, not a ledger, or its pages do not fit together
  newer,      // written by a later version of this program
  read_only,  // it or its folder cannot be written
  full,       // no space is left
  io,         // anything else the disk refuses
};
inline constexpr std::size_t kTroubles = 6;
std::string_view to_string(Trouble trouble);

struct Failure {
  Trouble trouble = Trouble::io;
  std::string detail;  // one clause with the path, SQLite's word and what to do

  friend bool operator==(const Failure&, const Failure&) = default;
};

/// `recorded` holds what OpenCost answered; `absent` holds that it knew of nothing that day, which
/// is not a day that cost nothing.
enum class State : std::uint8_t { recorded, absent };

/// What is known of one finished day of one source.
struct Entry {
  model::Window window;  // 24 hours
  State state = State::recorded;
  SystemTime answered_at{};  // the answer it holds
  int answers = 1;           // how many accepted answers there were
  bool settled = true;       // not to be asked again
  model::Window lived;       // from the first sample to the last, inside `window`
  std::uint64_t answer_bytes = 0;
  std::uint64_t rows_rejected = 0;
  /// Names of the labels that were asked for, sorted. A day knows nothing of others.
  std::vector<std::string> labels;

  // Set by the ledger.
  std::uint64_t rows = 0;
  Cost total;  // workloads, idle and unmounted together

  friend bool operator==(const Entry&, const Entry&) = default;
};

/// What somebody wants to know again after a restart, beside the days: small texts by key.
using Notes = std::map<std::string, std::string>;

class Ledger {
 public:
  /// Opens and checks the file, and brings an older one up to date. Never fails: see trouble().
  explicit Ledger(Options options);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Why the file was not used as it should be when it was last tried; nothing when all went well,
  /// or when there is no path. A file that is full or cannot be written is still read.
  std::optional<Failure> trouble() const;

  /// Puts a day in the place of what is known of it, whole or not at all. `table` is null for an
  /// absent day. A failure says that it stands in memory only, for now.
  /// REQUIRES: the rows are workloads, idle and unmounted ones; pods are not told apart.
  std::optional<Failure> record(const std::string& source, const Entry& entry,
                                const model::AllocationTable* table);

  /// The days of a source, oldest first.
  std::vector<Entry> entries(const std::string& source) const;

  /// The rows of all recorded days inside `window` that begin a whole number of days after it,
  /// added up by workload and labels, as one table sorted as tables are. (Days of another calendar
  /// begin at other hours.) A failure closes the file; ask entries() anew.
  Result<std::shared_ptr<const model::AllocationTable>, Failure> sum(const std::string& source,
                                                                     model::Window window);

  /// Deletes the days that ended more than Options::keep_days before `now`, of all sources.
  std::optional<Failure> expire(std::chrono::sys_seconds now);

  /// Opens the file again if it could not be used, and writes what waits in memory. Nothing to do
  /// is no failure.
  std::optional<Failure> recover();

  /// Puts notes of one topic in the place of those with their keys, all or none; an empty text
  /// deletes its key. What a failure leaves out is the caller's to offer again, and everything when
  /// a file is in use again. Without a path nothing is kept, which is no failure.
  std::optional<Failure> remember(const std::string& source, std::string_view topic,
                                  const Notes& notes);
  Result<Notes, Failure> remembered(const std::string& source, std::string_view topic);

  struct Figures {
    bool persistent = false;    // every known day is in the file
    std::uint64_t waiting = 0;  // days that are in memory but belong into the file
    std::uint64_t bytes = 0;    // of the file and its journal
  };
  Figures figures() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace exporter::ledger
