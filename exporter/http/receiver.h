// What becomes of one answer's bytes while they arrive: handed on, kept as an excerpt, or refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/http/http.h"

namespace exporter::http {

/// The part of an answer's head that decides whether its body is wanted.
struct Head {
  int status = 0;
  std::string content_length{};                // as sent; empty: none
  std::vector<std::string> content_codings{};  // one per Content-Encoding header
};

/// The statuses whose body is handed on.
enum class Wanted { ok, ok_or_created };

/// The methods return false to end the transfer; verdict() then says why, unless the rest was
/// merely not worth waiting for. They throw what the reader throws.
class Receiver {
 public:
  /// `body` must outlive the Receiver. `place` is the server's name in failures.
  Receiver(const Body& body, Wanted wanted, std::uint64_t max_bytes, std::string place)
      : body_(body), wanted_(wanted), max_bytes_(max_bytes), place_(std::move(place)) {}

  bool header_line(std::size_t bytes);
  /// Trailers may follow; only the first head counts.
  bool head(const Head& head);
  bool take(std::string_view bytes);

  int status() const { return status_; }                   // 0 before the head is whole
  bool wanted() const;                                     // whether that status is
  std::uint64_t bytes() const { return bytes_; }           // of a wanted body
  const std::string& opening() const { return opening_; }  // of any other body
  const std::optional<Failure>& verdict() const { return verdict_; }

 private:
  bool refuse(FailureKind kind, std::string detail);
  bool judge(const Head& head);
  bool pass_on(std::string_view bytes);

  const Body& body_;
  Wanted wanted_;
  std::uint64_t max_bytes_;
  std::string place_;
  int status_ = 0;
  std::size_t header_bytes_ = 0;
  std::uint64_t bytes_ = 0;
  std::size_t unwanted_bytes_ = 0;
  std::string opening_;
  std::optional<Failure> verdict_;
};

}  // namespace exporter::http
