#include "exporter/backfill/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace exporter::backfill {
namespace {

// A rename is on the disk once its folder is. Not every file system knows how to, and then there
// is nothing to be done.
void sync_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const int handle =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  static_cast<void>(::fsync(handle));
  static_cast<void>(::close(handle));
}

}  // namespace

Result<Output> Output::create(std::string path) {
  Output output(std::move(path), nullptr);
  output.file_.reset(std::fopen(output.temporary().c_str(), "wbe"));
  if (!output.file_) return output.failed();
  return output;
}

Output::~Output() {
  if (file_) static_cast<void>(std::remove(temporary().c_str()));
}

tl::unexpected<Error> Output::failed() const {
  return fail(
      fmt::format("cannot write {}: {}", temporary(), std::generic_category().message(errno)));
}

Result<void> Output::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) return failed();
  return {};
}

Result<void> Output::publish() {
  if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) return failed();
  if (std::rename(temporary().c_str(), path_.c_str()) != 0) return failed();
  file_.reset();
  sync_folder_of(path_);
  return {};
}

}  // namespace exporter::backfill
