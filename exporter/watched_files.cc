#include "exporter/watched_files.h"

#include <sys/stat.h>

#include <utility>

namespace exporter {

WatchedFiles::WatchedFiles(std::vector<std::string> paths)
    : paths_(std::move(paths)), seen_(look()) {}

bool WatchedFiles::changed() {
  const std::vector<Print> before = std::exchange(seen_, look());
  return before != seen_;
}

std::vector<WatchedFiles::Print> WatchedFiles::look() const {
  std::vector<Print> prints;
  for (const std::string& path : paths_) {
    struct stat file {};
    const bool there = ::stat(path.c_str(), &file) == 0;
    prints.push_back(there ? Print{file.st_dev, file.st_ino, file.st_size, file.st_mtim.tv_sec,
                                   file.st_mtim.tv_nsec}
                           : Print{});
  }
  return prints;
}

}  // namespace exporter
