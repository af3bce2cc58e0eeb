#include "exporter/ledger/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "exporter/ledger/failure.h"
#include "exporter/ledger/schema.h"
#include "exporter/ledger/sum.h"

namespace exporter::ledger {
namespace {

std::uint64_t file_bytes(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

std::string log_of(const std::string& path) { return path + "-wal"; }

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// SQLite takes what is shorter than its header for an empty file, and writes into it; and it fills
// up a last page that was cut off. As long as a journal says more, the length says nothing.
sqlite::Outcome<void> check_length(const std::string& path) {
  constexpr std::string_view kMagic = "SQLite format 3";
  const std::uint64_t length = file_bytes(path);
  if (length == 0) return {};
  std::array<char, 32> bytes{};
  std::ifstream(path, std::ios::binary).read(bytes.data(), bytes.size());
  const std::string_view header(bytes.data(), bytes.size());
  if (!header.starts_with(kMagic)) return damage("file is not a database");
  if (file_bytes(log_of(path)) > 0 || file_bytes(path + "-journal") > 0) return {};
  const std::uint64_t page = std::max<std::uint64_t>(big_endian(header.substr(16, 2)), 512);
  const std::uint64_t pages = big_endian(header.substr(28, 4));
  if (length >= std::max<std::uint64_t>(pages, 1) * page && length % page == 0) return {};
  return damage(fmt::format("it is cut off after {} bytes", length));
}

// The kernel's lock is taken here and lasts until the file is closed, however that happens. Asking
// for it before the log is touched keeps the log's index in memory, without a file of its own.
sqlite::Outcome<void> take(sqlite::Database& database) {
  return database.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
}

struct Identity {
  std::int64_t application = 0;
  std::int64_t version = 0;
  std::int64_t tables = 0;

  bool is_new() const { return application == 0 && version == 0 && tables == 0; }
};

sqlite::Outcome<Identity> identify(sqlite::Database& database) {
  Identity identity;
  for (const auto& [value, sql] :
       {std::pair(&Identity::application, "PRAGMA application_id"),
        std::pair(&Identity::version, "PRAGMA user_version"),
        std::pair(&Identity::tables, "SELECT count(*) FROM sqlite_schema")}) {
    const auto found = database.integer(sql);
    if (!found) return tl::unexpected(found.error());
    identity.*value = *found;
  }
  return identity;
}

sqlite::Outcome<void> check_pages(sqlite::Database& database) {
  auto verdict = database.text("PRAGMA quick_check(1)");
  if (!verdict) return tl::unexpected(verdict.error());
  if (*verdict == "ok") return {};
  std::replace(verdict->begin(), verdict->end(), '\n', ' ');
  return damage(*verdict);
}

sqlite::Outcome<void> prepare(sqlite::Database& database, Store& reference) {
  const auto mode = database.text("PRAGMA journal_mode = WAL");
  if (!mode) return tl::unexpected(mode.error());
  if (auto set = database.execute("PRAGMA synchronous = FULL"); !set) return set;
  if (auto done = migrate(database, schema_steps()); !done) return done;
  return compare_schema(database, reference.database());
}

}  // namespace

Result<Store, Failure> open_file(const std::string& path, Store& reference) {
  const auto refuse = [&](const sqlite::Failure& failure) {
    return tl::unexpected(described(path, failure));
  };
  const bool has_log = file_bytes(log_of(path)) > 0;
  if (const auto whole = check_length(path); !whole) return refuse(whole.error());
  auto database = sqlite::Database::open(path);
  if (!database) return refuse(database.error());
  database->keep_log(has_log);
  if (const auto taken = take(*database); !taken) return refuse(taken.error());
  const auto identity = identify(*database);
  if (!identity) return refuse(identity.error());
  if (!identity->is_new() && identity->application != kApplicationId) {
    return refuse(damage(fmt::format("it belongs to another program (application_id {})",
                                     identity->application))
                      .value());
  }
  const auto newest = static_cast<std::int64_t>(schema_steps().size());
  if (identity->version > newest) {
    return tl::unexpected(Failure{
        Trouble::newer, fmt::format("cannot use {}: a later version of this program wrote it "
                                    "(schema {}, known up to {}); run that version or name "
                                    "another file",
                                    path, identity->version, newest)});
  }
  if (identity->version < 0) {
    return refuse(damage(fmt::format("its schema version is {}", identity->version)).value());
  }
  if (const auto whole = check_pages(*database); !whole) return refuse(whole.error());
  if (const auto ready = prepare(*database, reference); !ready) return refuse(ready.error());
  database->keep_log(false);
  return Store(*std::move(database));
}

sqlite::Outcome<void> read_all(Store& store) {
  const auto sources = store.sources();
  if (!sources) return tl::unexpected(sources.error());
  for (const std::string& source : *sources) {
    const auto days = store.days(source);
    if (!days) return tl::unexpected(days.error());
    for (const Day& day : *days) {
      if (auto read = Sum(day.entry.window).add(store, {day}); !read) return read;
    }
  }
  return {};
}

std::uint64_t bytes_on_disk(const std::string& path) {
  return file_bytes(path) + file_bytes(log_of(path));
}

}  // namespace exporter::ledger
