// Whether files have changed since somebody last looked. Part of the program.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace exporter {

/// Files are told apart by what a replacement changes: device, inode, size and time. A link is
/// followed, so that a Secret whose link was turned over has changed. A file that is not there is
/// one that has changed when it appears.
class WatchedFiles {
 public:
  WatchedFiles() = default;
  explicit WatchedFiles(std::vector<std::string> paths);

  /// Since this object was made, or this was last called.
  bool changed();

 private:
  using Print = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;

  std::vector<Print> look() const;

  std::vector<std::string> paths_;
  std::vector<Print> seen_;
};

}  // namespace exporter
