#include "exporter/http/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "exporter/http/failure.h"

namespace exporter::http {
namespace {

constexpr std::size_t kLongestSecret = std::size_t{64} << 10;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Failure> refuse(std::string detail) {
  return failure(FailureKind::credentials, std::move(detail));
}

tl::unexpected<Failure> unreadable(const std::string& path, int error) {
  return refuse(fmt::format("cannot read {}: {}", path, std::generic_category().message(error)));
}

Result<std::string, Failure> read_file(const std::string& path) {
  // Non-blocking, since opening a pipe nobody writes to would hang before it can be refused.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return unreadable(path, errno);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return unreadable(path, errno);
  if (!S_ISREG(status.st_mode)) return refuse(fmt::format("{} is not a regular file", path));

  std::string content(kLongestSecret + 1, '\0');
  std::size_t length = 0;
  while (length < content.size()) {
    const ssize_t count = ::read(file.number(), content.data() + length, content.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(path, errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  if (length > kLongestSecret) {
    return refuse(fmt::format("{} is longer than {} bytes", path, kLongestSecret));
  }
  content.resize(length);
  return content;
}

Result<std::string, Failure> read_secret(const std::string& path) {
  Result<std::string, Failure> content = read_file(path);
  if (!content) return content;
  constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";
  const std::size_t first = content->find_first_not_of(kWhiteSpace);
  if (first == std::string::npos) return refuse(fmt::format("{} is empty", path));
  std::string secret = content->substr(first, content->find_last_not_of(kWhiteSpace) - first + 1);
  if (secret.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return refuse(fmt::format("{} holds a line break or a NUL", path));
  }
  return secret;
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view kToken =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !name.empty() && name.find_first_not_of(kToken) == std::string_view::npos;
}

}  // namespace

Result<Credentials, Failure> read_credentials(const Auth& auth) {
  Credentials credentials;
  if (!auth.bearer_token_file.empty()) {
    const auto token = read_secret(auth.bearer_token_file);
    if (!token) return tl::unexpected<Failure>(token.error());
    credentials.headers.push_back("Authorization: Bearer " + *token);
  }
  if (auth.basic) {
    auto password = read_secret(auth.basic->password_file);
    if (!password) return tl::unexpected<Failure>(password.error());
    credentials.basic = Credentials::Basic{auth.basic->username, *std::move(password)};
  }
  for (const auto& [name, path] : auth.header_files) {
    if (!is_header_name(name))
      return refuse(fmt::format("\"{}\" is no header name", excerpt(name)));
    const auto value = read_secret(path);
    if (!value) return tl::unexpected<Failure>(value.error());
    credentials.headers.push_back(name + ": " + *value);
  }
  return credentials;
}

}  // namespace exporter::http
