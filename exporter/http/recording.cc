#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "exporter/http/failure.h"
#include "exporter/http/http.h"
#include "exporter/http/recording_format.h"

namespace exporter::http {
namespace {

struct Close {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using File = std::unique_ptr<std::FILE, Close>;

std::string reason(int error) { return std::generic_category().message(error); }

/// A body on its way to a recording: a file without a name, since it is not known before the end
/// whether there will be a recording and what its head says. The first error is kept.
class Spool {
 public:
  explicit Spool(const std::string& directory);

  void append(std::string_view bytes);
  void clear();
  /// Writes `head` and the body under a temporary name, then renames.
  Result<void> keep_as(const std::string& path, std::string_view head);

 private:
  bool copy_to(std::FILE* target);

  File file_;
  std::string error_;
};

Spool::Spool(const std::string& directory) {
  std::error_code ignored;  // opening the file says it better
  std::filesystem::create_directories(directory, ignored);
  std::string path = directory + "/.body-XXXXXX";
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor >= 0) {
    ::unlink(path.c_str());
    file_.reset(::fdopen(descriptor, "w+b"));
    if (!file_) ::close(descriptor);
  }
  if (!file_) error_ = fmt::format("cannot record in {}: {}", directory, reason(errno));
}

void Spool::append(std::string_view bytes) {
  if (!error_.empty() || std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) {
    return;
  }
  error_ = fmt::format("cannot record an answer: {}", reason(errno));
}

void Spool::clear() {
  if (!file_) return;
  std::rewind(file_.get());
  if (::ftruncate(::fileno(file_.get()), 0) != 0 && error_.empty()) error_ = reason(errno);
}

bool Spool::copy_to(std::FILE* target) {
  std::array<char, 65536> buffer{};
  std::rewind(file_.get());
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file_.get())) {
    if (std::fwrite(buffer.data(), 1, count, target) != count) return false;
  }
  return std::ferror(file_.get()) == 0;
}

Result<void> Spool::keep_as(const std::string& path, std::string_view head) {
  if (!error_.empty()) return fail(error_);
  const std::string temporary = path + ".part";
  File part(std::fopen(temporary.c_str(), "wbe"));
  const bool written = part &&
                       std::fwrite(head.data(), 1, head.size(), part.get()) == head.size() &&
                       copy_to(part.get());
  // Closed by hand: only closing tells whether the last bytes found room.
  const bool closed = part && std::fclose(part.release()) == 0;
  if (written && closed && std::rename(temporary.c_str(), path.c_str()) == 0) return {};
  const int error = errno;
  std::remove(temporary.c_str());
  return fail(fmt::format("cannot write {}: {}", path, reason(error)));
}

}  // namespace

RecordingTransport::RecordingTransport(std::unique_ptr<Transport> next, std::string directory,
                                       std::string source, const Clock& clock,
                                       std::function<void(const Error&)> on_error)
    : next_(std::move(next)),
      directory_(std::move(directory)),
      source_(std::move(source)),
      clock_(clock),
      on_error_(std::move(on_error)) {}

Result<Answer, Failure> RecordingTransport::get(const std::string& url, const Body& body,
                                                std::stop_token stop) {
  Spool spool(directory_);
  bool refused = false;
  const auto record = [&](std::string_view bytes) {
    spool.append(bytes);
    refused = refused || !body(bytes);
    return true;
  };
  Result<Answer, Failure> result = next_->get(url, record, std::move(stop));
  if (!result && result.error().kind == FailureKind::cancelled) return result;

  Recording recording{.source = source_, .url = without_server(url), .fetched_at = clock_.now()};
  if (result) {
    recording.content_type = result->content_type;
  } else {
    recording.failure = result.error();
    spool.clear();
  }
  const std::string path = directory_ + '/' + recording_name(recording, sequence_++);
  const auto kept = spool.keep_as(path, recording_head(recording));
  if (!kept) on_error_(kept.error());
  if (refused) return failure(FailureKind::reset, "refused by the reader");
  return result;
}

}  // namespace exporter::http
