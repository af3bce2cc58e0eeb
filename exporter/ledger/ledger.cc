#include "exporter/ledger/ledger.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <set>
#include <type_traits>
#include <utility>

#include "exporter/ledger/failure.h"
#include "exporter/ledger/file.h"
#include "exporter/ledger/store.h"
#include "exporter/ledger/sum.h"

namespace exporter::ledger {

using std::chrono::sys_seconds;

struct Ledger::Inside {
  explicit Inside(Options chosen) : options(std::move(chosen)) {}

  void open();
  /// The file stays open where it can still be read.
  Failure write_failed(const sqlite::Failure& failure);
  Failure read_failed(const sqlite::Failure& failure);
  void close();

  /// Memory holds what is newer, so the file's days that it holds too are left out.
  sqlite::Outcome<std::vector<Day>> days_of_file(const std::string& source,
                                                 const std::vector<Day>& in_memory);
  sqlite::Outcome<void> move_waiting();
  sqlite::Outcome<void> move(const std::string& source, const Day& day);

  const Options options;
  std::mutex mutex;
  Store memory = Store::in_memory();  // guarded by mutex, as is all that follows
  std::optional<Store> file;
  std::optional<Failure> trouble;
};

namespace {

// Memory does not fail but for want of memory, and no way is known to go on then.
template <class T>
T must(sqlite::Outcome<T> outcome) {
  if (!outcome) std::abort();
  if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

// The recorded days inside the window that begin a whole number of days after it.
std::vector<Day> inside(const std::vector<Day>& days, model::Window window) {
  std::vector<Day> chosen;
  std::copy_if(days.begin(), days.end(), std::back_inserter(chosen), [&](const Day& day) {
    const Entry& entry = day.entry;
    return entry.state == State::recorded && entry.window.start >= window.start &&
           entry.window.end <= window.end &&
           (entry.window.start - window.start) % std::chrono::days(1) == std::chrono::seconds(0);
  });
  return chosen;
}

}  // namespace

void Ledger::Inside::open() {
  const bool was_damaged = trouble && trouble->trouble == Trouble::damaged;
  auto opened = open_file(options.path, memory);
  if (!opened) {
    trouble = opened.error();
    return;
  }
  file.emplace(*std::move(opened));
  // Pages can fit together and yet hold what nobody wrote: a file that was found out once is to
  // prove itself.
  if (was_damaged) {
    if (const auto read = read_all(*file); !read) {
      read_failed(read.error());
      return;
    }
  }
  trouble.reset();
}

void Ledger::Inside::close() {
  // Nothing more is written into a damaged file.
  if (trouble && trouble->trouble == Trouble::damaged) file->database().keep_log(true);
  file.reset();
}

Failure Ledger::Inside::read_failed(const sqlite::Failure& failure) {
  trouble = described(options.path, failure);
  close();
  return *trouble;
}

Failure Ledger::Inside::write_failed(const sqlite::Failure& failure) {
  trouble = described(options.path, failure);
  if (trouble->trouble == Trouble::damaged || trouble->trouble == Trouble::in_use) close();
  return *trouble;
}

sqlite::Outcome<std::vector<Day>> Ledger::Inside::days_of_file(const std::string& source,
                                                               const std::vector<Day>& in_memory) {
  if (!file) return {};
  auto days = file->days(source);
  if (!days) return days;
  std::set<sys_seconds> newer;
  for (const Day& day : in_memory) newer.insert(day.entry.window.start);
  std::erase_if(*days, [&](const Day& day) { return newer.contains(day.entry.window.start); });
  return days;
}

sqlite::Outcome<void> Ledger::Inside::move(const std::string& source, const Day& day) {
  std::shared_ptr<const model::AllocationTable> table;
  if (day.entry.state == State::recorded) {
    Sum sum(day.entry.window);
    must(sum.add(memory, {day}));
    table = sum.finish();
  }
  if (auto written = file->record(source, day.entry, table.get()); !written) return written;
  return memory.remove(source, day.entry.window.start);
}

sqlite::Outcome<void> Ledger::Inside::move_waiting() {
  for (const std::string& source : must(memory.sources())) {
    for (const Day& day : must(memory.days(source))) {
      if (auto moved = move(source, day); !moved) return moved;
    }
  }
  return {};
}

Ledger::Ledger(Options options) : inside_(std::make_unique<Inside>(std::move(options))) {
  if (!inside_->options.path.empty()) inside_->open();
}

Ledger::~Ledger() = default;

std::optional<Failure> Ledger::trouble() const {
  const std::lock_guard lock(inside_->mutex);
  return inside_->trouble;
}

std::optional<Failure> Ledger::record(const std::string& source, const Entry& entry,
                                      const model::AllocationTable* table) {
  const std::lock_guard lock(inside_->mutex);
  if (entry.state == State::absent) table = nullptr;
  if (inside_->file) {
    const auto written = inside_->file->record(source, entry, table);
    if (written) {
      must(inside_->memory.remove(source, entry.window.start));
      inside_->trouble.reset();
      return std::nullopt;
    }
    inside_->write_failed(written.error());
  }
  must(inside_->memory.record(source, entry, table));
  return inside_->trouble;
}

std::vector<Entry> Ledger::entries(const std::string& source) const {
  const std::lock_guard lock(inside_->mutex);
  std::vector<Day> days = must(inside_->memory.days(source));
  if (const auto more = inside_->days_of_file(source, days)) {
    days.insert(days.end(), more->begin(), more->end());
  } else {
    inside_->read_failed(more.error());
  }
  std::vector<Entry> entries;
  entries.reserve(days.size());
  for (Day& day : days) entries.push_back(std::move(day.entry));
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.window < b.window; });
  return entries;
}

Result<std::shared_ptr<const model::AllocationTable>, Failure> Ledger::sum(
    const std::string& source, model::Window window) {
  const std::lock_guard lock(inside_->mutex);
  Sum sum(window);
  const std::vector<Day> in_memory = must(inside_->memory.days(source));
  const auto in_file = inside_->days_of_file(source, in_memory);
  if (!in_file) return tl::unexpected(inside_->read_failed(in_file.error()));
  if (const auto days = inside(*in_file, window); !days.empty()) {
    if (const auto added = sum.add(*inside_->file, days); !added) {
      return tl::unexpected(inside_->read_failed(added.error()));
    }
  }
  if (const auto days = inside(in_memory, window); !days.empty()) {
    must(sum.add(inside_->memory, days));
  }
  return sum.finish();
}

std::optional<Failure> Ledger::expire(sys_seconds now) {
  const std::lock_guard lock(inside_->mutex);
  const sys_seconds limit = now - std::chrono::days(inside_->options.keep_days);
  must(inside_->memory.expire(limit));
  if (!inside_->file) return std::nullopt;
  if (const auto expired = inside_->file->expire(limit); !expired) {
    return inside_->write_failed(expired.error());
  }
  return std::nullopt;
}

std::optional<Failure> Ledger::recover() {
  const std::lock_guard lock(inside_->mutex);
  if (inside_->options.path.empty()) return std::nullopt;
  if (!inside_->file) inside_->open();
  if (!inside_->file) return inside_->trouble;
  if (const auto moved = inside_->move_waiting(); !moved) {
    return inside_->write_failed(moved.error());
  }
  inside_->trouble.reset();
  return std::nullopt;
}

std::optional<Failure> Ledger::remember(const std::string& source, std::string_view topic,
                                        const Notes& notes) {
  const std::lock_guard lock(inside_->mutex);
  if (!inside_->file) return inside_->trouble;
  if (const auto written = inside_->file->remember(source, topic, notes); !written) {
    return inside_->write_failed(written.error());
  }
  return std::nullopt;
}

Result<Notes, Failure> Ledger::remembered(const std::string& source, std::string_view topic) {
  const std::lock_guard lock(inside_->mutex);
  if (!inside_->file) return Notes{};
  auto notes = inside_->file->remembered(source, topic);
  if (!notes) return tl::unexpected(inside_->read_failed(notes.error()));
  return *std::move(notes);
}

Ledger::Figures Ledger::figures() const {
  const std::lock_guard lock(inside_->mutex);
  if (inside_->options.path.empty()) return {};
  Figures figures;
  figures.waiting = must(inside_->memory.count());
  figures.persistent = inside_->file && figures.waiting == 0;
  figures.bytes = bytes_on_disk(inside_->options.path);
  return figures;
}

}  // namespace exporter::ledger
