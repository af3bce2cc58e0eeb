#include <fmt/format.h>

#include "exporter/web/answer.h"

namespace exporter::web {

namespace {

constexpr std::string_view kRealm = "opencost-exporter";

// One sentence, whatever clause it is made from.
std::string sentence(std::string_view clause) {
  std::string text(clause);
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  if (!text.ends_with('.')) text += '.';
  return text;
}

void challenge(Reply& reply, const access::Refused& refused, const Rules& rules) {
  if (!rules.security.users.empty()) {
    reply.headers.emplace_back("WWW-Authenticate", fmt::format("Basic realm=\"{}\"", kRealm));
  }
  const bool absent = refused.refusal == access::Refusal::absent;
  reply.headers.emplace_back(
      "WWW-Authenticate",
      fmt::format("Bearer realm=\"{}\"{}", kRealm, absent ? "" : ", error=\"invalid_token\""));
}

void retry_after(Reply& reply, std::chrono::seconds wait) {
  reply.headers.emplace_back("Retry-After",
                             fmt::format("{}", std::max<std::int64_t>(wait.count(), 1)));
}

}  // namespace

Reply refusal(const Request& request, unsigned status, std::string_view code, std::string detail) {
  if (!under_api(request.path)) return plain(status, std::move(detail) + "\n");
  return api_reply(api::problem(code, detail));
}

Reply refuse(const access::Refused& refused, const Rules& rules, const Request& request) {
  std::string detail = sentence(refused.detail);
  switch (refused.refusal) {
    case access::Refusal::absent:
    case access::Refusal::malformed:
    case access::Refusal::unknown:
    case access::Refusal::expired: {
      Reply reply = refusal(request, 401, "unauthorized", std::move(detail));
      challenge(reply, refused, rules);
      return reply;
    }
    case access::Refusal::forbidden:
      return refusal(request, 403, "forbidden", std::move(detail));
    case access::Refusal::unavailable: {
      Reply reply = refusal(request, 503, "authentication_unavailable", std::move(detail));
      retry_after(reply, refused.retry_after);
      return reply;
    }
    case access::Refusal::limited: {
      Reply reply = refusal(request, 429, "too_many_requests", std::move(detail));
      retry_after(reply, refused.retry_after);
      return reply;
    }
  }
  return apologise(request, "an unknown refusal");
}

Reply refuse_all_but_admins() {
  return api_reply(api::problem("forbidden", "Only admins may ask for this."));
}

Reply busy(const Request& request) {
  Reply reply = refusal(request, 503, "busy", "Too many requests wait already.");
  retry_after(reply, std::chrono::seconds(1));
  return reply;
}

Reply apologise(const Request& request, std::string_view fault) {
  return refusal(request, 500, "internal", fmt::format("Internal error: {}", printable(fault)));
}

}  // namespace exporter::web
