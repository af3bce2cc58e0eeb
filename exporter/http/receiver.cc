#include "exporter/http/receiver.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "exporter/http/failure.h"

namespace exporter::http {
namespace {

constexpr std::size_t kLongestHead = std::size_t{256} << 10;

// A short error page is read to its end, so that the connection can be used again.
constexpr std::size_t kLongestUnwantedBody = std::size_t{64} << 10;

std::uint64_t length(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  return value;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

bool is_known_coding(std::string_view coding) {
  const std::string name = lower_case(coding);
  return name.empty() || name == "gzip" || name == "x-gzip" || name == "deflate" ||
         name == "identity";
}

bool all_known(std::string_view codings) {
  while (!codings.empty()) {
    const std::size_t comma = std::min(codings.find(','), codings.size());
    std::string_view coding = codings.substr(0, comma);
    codings.remove_prefix(std::min(comma + 1, codings.size()));
    while (!coding.empty() && (coding.front() == ' ' || coding.front() == '\t')) {
      coding.remove_prefix(1);
    }
    while (!coding.empty() && (coding.back() == ' ' || coding.back() == '\t')) {
      coding.remove_suffix(1);
    }
    if (!is_known_coding(coding)) return false;
  }
  return true;
}

}  // namespace

bool Receiver::refuse(FailureKind kind, std::string detail) {
  verdict_ = Failure{.kind = kind, .detail = std::move(detail)};
  return false;
}

bool Receiver::header_line(std::size_t bytes) {
  header_bytes_ += bytes;
  if (header_bytes_ <= kLongestHead) return true;
  return refuse(FailureKind::too_large,
                fmt::format("the headers of {} are longer than {} bytes", place_, kLongestHead));
}

bool Receiver::head(const Head& head) {
  if (status_ != 0) return true;
  status_ = head.status;
  return !wanted() || judge(head);
}

bool Receiver::wanted() const {
  return status_ == 200 || (status_ == 201 && wanted_ == Wanted::ok_or_created);
}

bool Receiver::judge(const Head& head) {
  for (const std::string& codings : head.content_codings) {
    if (all_known(codings)) continue;
    return refuse(FailureKind::encoding,
                  fmt::format("{} sent the content encoding \"{}\"", place_, excerpt(codings)));
  }
  if (length(head.content_length) <= max_bytes_) return true;
  return refuse(FailureKind::too_large, fmt::format("{} announced {} bytes, more than {}", place_,
                                                    excerpt(head.content_length), max_bytes_));
}

bool Receiver::take(std::string_view bytes) {
  if (wanted()) return pass_on(bytes);
  opening_ += bytes.substr(0, kExcerptBytes - std::min(kExcerptBytes, opening_.size()));
  unwanted_bytes_ += bytes.size();
  return unwanted_bytes_ <= kLongestUnwantedBody;
}

bool Receiver::pass_on(std::string_view bytes) {
  if (bytes.size() > max_bytes_ - bytes_) {
    return refuse(FailureKind::too_large,
                  fmt::format("the answer of {} is longer than {} bytes", place_, max_bytes_));
  }
  bytes_ += bytes.size();
  return body_(bytes) || refuse(FailureKind::reset, "refused by the reader");
}

}  // namespace exporter::http
