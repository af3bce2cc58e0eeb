#include "exporter/access/kubernetes.h"

#include <fmt/format.h>

#include "exporter/access/token_review.h"
#include "exporter/http/http.h"

namespace exporter::access {
namespace {

constexpr std::chrono::seconds kTimeout{5};  // somebody waits

http::Options options(const Kubernetes& kubernetes, std::chrono::milliseconds timeout) {
  return {.connect_timeout = timeout,
          .timeout = timeout,
          .max_answer_bytes = kLongestReview,
          .auth = {.bearer_token_file = kubernetes.token_file},
          .tls = {.ca_file = kubernetes.ca_file}};
}

std::string address(const Kubernetes& kubernetes) {
  const std::size_t end = kubernetes.url.find_last_not_of('/');
  return fmt::format("{}/apis/{}/tokenreviews", kubernetes.url.substr(0, end + 1), kReviewVersion);
}

/// Without the first words of the answer: a server in between may have sent back the token.
std::string explain(const Kubernetes& kubernetes, const http::Failure& failure) {
  if (failure.kind != http::FailureKind::http_status) return failure.detail;
  std::string text = fmt::format("{} answered {}", kubernetes.url, failure.status);
  if (failure.status == 401) {
    text += fmt::format(": it does not know the exporter's own token, {}", kubernetes.token_file);
  } else if (failure.status == 403) {
    text +=
        ": the exporter may not create tokenreviews, which the ClusterRole system:auth-delegator "
        "allows";
  }
  return text;
}

}  // namespace

Result<Review> ask(const Kubernetes& kubernetes, std::string_view token,
                   std::chrono::milliseconds timeout, const std::stop_token& stop) {
  http::CurlTransport transport(options(kubernetes, timeout));
  std::string text;
  const auto keep = [&text](std::string_view bytes) {
    text += bytes;
    return true;
  };
  const auto answer = transport.post(address(kubernetes), "application/json",
                                     review_question(kubernetes, token), keep, stop);
  if (!answer) return fail(explain(kubernetes, answer.error()));
  Result<Review> review = parse_review(text);
  if (!review) return fail(fmt::format("{}: {}", kubernetes.url, review.error().message));
  return review;
}

Reviewer kubernetes_reviewer() {
  return [](const Kubernetes& kubernetes, std::string_view token, const std::stop_token& stop) {
    return ask(kubernetes, token, kTimeout, stop);
  };
}

}  // namespace exporter::access
