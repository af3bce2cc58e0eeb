#include "exporter/access/token_review.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "exporter/access/access.h"

namespace exporter::access {
namespace {

using nlohmann::json;

constexpr int kDeepest = 16;
constexpr std::size_t kLongestName = 1024;

tl::unexpected<Error> refuse(std::string_view what) {
  return fail(fmt::format("the answer is no TokenReview: {}", what));
}

Result<json> parse(std::string_view text) {
  if (text.size() > kLongestReview)
    return refuse(fmt::format("longer than {} bytes", kLongestReview));
  // The parser would take a NUL for the end.
  if (text.find('\0') != std::string_view::npos) return refuse("not JSON");
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, json::parse_event_t, const json&) {
    too_deep = too_deep || depth > kDeepest;
    return !too_deep;
  };
  json answer = json::parse(text.begin(), text.end(), watch, false);
  if (too_deep) return refuse(fmt::format("nested deeper than {}", kDeepest));
  if (answer.is_discarded()) return refuse("not JSON");
  if (!answer.is_object()) return refuse("not an object");
  return answer;
}

/// The member of an object; null when there is none.
const json& member(const json& object, std::string_view name) {
  static const json kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

bool is_name(const json& value) {
  const auto* text = value.get_ptr<const json::string_t*>();
  return text != nullptr && !text->empty() && text->size() <= kLongestName &&
         std::none_of(text->begin(), text->end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<std::vector<std::string>> read_names(const json& list, std::string_view where) {
  std::vector<std::string> names;
  if (list.is_null()) return names;
  if (!list.is_array()) return refuse(fmt::format("{} is not a list", where));
  for (const json& name : list) {
    if (!is_name(name)) {
      return refuse(fmt::format("{}[{}] is not a name of at most {} printable bytes", where,
                                names.size(), kLongestName));
    }
    names.push_back(name.get_ref<const json::string_t&>());
  }
  return names;
}

Result<Review> read_identity(const json& status) {
  Review review{.authenticated = true};
  const json& user = member(status, "user");
  if (!user.is_object()) return refuse("status.user is not an object");
  const json& name = member(user, "username");
  if (!is_name(name)) {
    return refuse(fmt::format("status.user.username is not a name of at most {} printable bytes",
                              kLongestName));
  }
  review.user = name.get_ref<const json::string_t&>();
  auto groups = read_names(member(user, "groups"), "status.user.groups");
  if (!groups) return tl::unexpected<Error>(groups.error());
  review.groups = *std::move(groups);
  auto audiences = read_names(member(status, "audiences"), "status.audiences");
  if (!audiences) return tl::unexpected<Error>(audiences.error());
  review.audiences = *std::move(audiences);
  return review;
}

Result<Review> read_status(const json& status) {
  if (!status.is_object()) return refuse("status is not an object");
  const json& error = member(status, "error");
  if (!error.is_null() && !error.is_string()) return refuse("status.error is not a text");
  const json& authenticated = member(status, "authenticated");
  if (!authenticated.is_null() && !authenticated.is_boolean()) {
    return refuse("status.authenticated is neither true nor false");
  }
  // Kubernetes leaves out what is false. An error says that the token could not be checked.
  const bool vouched = authenticated.is_boolean() && authenticated.get<bool>();
  const bool doubted = error.is_string() && !error.get_ref<const json::string_t&>().empty();
  if (!vouched || doubted) return Review{};
  return read_identity(status);
}

}  // namespace

Result<Review> parse_review(std::string_view answer) {
  const Result<json> object = parse(answer);
  if (!object) return tl::unexpected<Error>(object.error());
  if (member(*object, "kind") != kReviewKind)
    return refuse(fmt::format("kind is not {}", kReviewKind));
  if (member(*object, "apiVersion") != kReviewVersion) {
    return refuse(fmt::format("apiVersion is not {}", kReviewVersion));
  }
  return read_status(member(*object, "status"));
}

std::string review_question(const Kubernetes& kubernetes, std::string_view token) {
  json spec{{"token", token}};
  if (!kubernetes.audiences.empty()) spec["audiences"] = kubernetes.audiences;
  const json question{{"apiVersion", kReviewVersion}, {"kind", kReviewKind}, {"spec", spec}};
  return question.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace exporter::access
