#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "exporter/http/http.h"
#include "exporter/http/recording_format.h"

namespace exporter::http {
namespace {

struct Close {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using File = std::unique_ptr<std::FILE, Close>;

Result<std::string> read_file(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rbe"));
  if (!file)
    return fail(fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
  std::string content;
  std::array<char, 65536> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    content.append(buffer.data(), count);
  }
  if (std::ferror(file.get()) != 0) {
    return fail(fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
  }
  return content;
}

Result<std::vector<std::string>> names_of_recordings(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".http") names.push_back(entry->path().filename().string());
  }
  if (error) return fail(fmt::format("cannot read {}: {}", directory, error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<std::vector<Recording>> read_recordings(const std::string& directory) {
  const auto names = names_of_recordings(directory);
  if (!names) return tl::unexpected<Error>(names.error());
  std::vector<Recording> recordings;
  for (const std::string& name : *names) {
    const std::string path = fmt::format("{}/{}", directory, name);
    const Result<std::string> content = read_file(path);
    if (!content) return tl::unexpected<Error>(content.error());
    Result<Recording> recording = parse_recording(*content);
    if (!recording) return fail(fmt::format("{}:{}", path, recording.error().message));
    recordings.push_back(*std::move(recording));
  }
  std::stable_sort(
      recordings.begin(), recordings.end(),
      [](const Recording& a, const Recording& b) { return a.fetched_at < b.fetched_at; });
  return recordings;
}

}  // namespace exporter::http
