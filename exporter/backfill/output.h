// A file that appears whole or not at all. Private to backfill/.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/result.h"

namespace exporter::backfill {

/// Written under `<path>.tmp`, which is gone again unless publish() went well.
class Output {
 public:
  static Result<Output> create(std::string path);
  Output(Output&&) noexcept = default;
  Output& operator=(Output&&) = delete;
  ~Output();

  Result<void> write(std::string_view text);
  /// On the disk, and under its own name.
  Result<void> publish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
  };

  Output(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::string temporary() const { return path_ + ".tmp"; }
  tl::unexpected<Error> failed() const;  // with errno

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;  // null: published, or moved from
};

}  // namespace exporter::backfill
