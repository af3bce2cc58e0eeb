// What Kubernetes says about a token, and what is no such thing.
#include "exporter/access/token_review.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exporter::access {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::string answer(std::string_view status) {
  return fmt::format(
      R"({{"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1","metadata":{{}},"status":{}}})",
      status);
}

TEST(ParseReview, OfAServiceAccount) {
  // As an API server of 1.30 answers.
  const auto review = parse_review(R"({
    "kind": "TokenReview",
    "apiVersion": "authentication.k8s.io/v1",
    "metadata": {"creationTimestamp": null, "managedFields": [{"manager": "curl"}]},
    "spec": {"token": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "audiences": ["opencost-exporter"]},
    "status": {
      "authenticated": true,
      "user": {
        "username": "system:serviceaccount:payments:grafana",
        "uid": "7c1f5a1e-7d5b-4ee1-9c3f-1f2f3b6a7c55",
        "groups": ["system:serviceaccounts", "system:serviceaccounts:payments",
                   "system:authenticated"],
        "extra": {"authentication.kubernetes.io/pod-name": ["grafana-0"]}
      },
      "audiences": ["opencost-exporter"]
    }
  })");
  ASSERT_TRUE(review) << review.error().message;
  EXPECT_TRUE(review->authenticated);
  EXPECT_EQ(review->user, "system:serviceaccount:payments:grafana");
  EXPECT_THAT(review->groups,
              ElementsAre("system:serviceaccounts", "system:serviceaccounts:payments",
                          "system:authenticated"));
  EXPECT_THAT(review->audiences, ElementsAre("opencost-exporter"));
}

TEST(ParseReview, ListsMayBeAbsent) {
  for (
      const std::string_view status :
      {R"({"authenticated":true,"user":{"username":"ada"}})",
       R"({"authenticated":true,"user":{"username":"ada","groups":null},"audiences":null})",
       R"({"authenticated":true,"error":"","user":{"username":"ada","groups":[]},"audiences":[]})"}) {
    const auto review = parse_review(answer(status));
    ASSERT_TRUE(review) << review.error().message;
    EXPECT_TRUE(review->authenticated);
    EXPECT_EQ(review->user, "ada");
    EXPECT_THAT(review->groups, IsEmpty());
    EXPECT_THAT(review->audiences, IsEmpty());
  }
}

TEST(ParseReview, WhoeverIsNotVouchedForIsNobody) {
  auto is_nobody = [](std::string_view status) {
    SCOPED_TRACE(status);
    const auto review = parse_review(answer(status));
    ASSERT_TRUE(review) << review.error().message;
    EXPECT_FALSE(review->authenticated);
    EXPECT_EQ(review->user, "");
    EXPECT_THAT(review->groups, IsEmpty());
    EXPECT_THAT(review->audiences, IsEmpty());
  };
  is_nobody("{}");
  is_nobody(R"({"user":{}})");
  is_nobody(R"({"authenticated":null})");
  is_nobody(R"({"authenticated":false})");
  is_nobody(R"({"authenticated":false,"user":{"username":"ada"},"audiences":["a"]})");
  is_nobody(R"({"user":{"username":"ada"}})");
  is_nobody(R"({"user":{},"error":"[invalid bearer token, token lookup failed]"})");
  is_nobody(R"({"authenticated":true,"error":"expired","user":{"username":"ada"}})");
}

TEST(ParseReview, RefusesWhatIsNoAnswer) {
  auto refuses = [](const std::string& text, const std::string& complaint) {
    SCOPED_TRACE(text.substr(0, 200));
    const auto review = parse_review(text);
    ASSERT_FALSE(review);
    EXPECT_EQ(review.error().message, "the answer is no TokenReview: " + complaint);
  };
  const std::string good = answer(R"({"authenticated":true,"user":{"username":"ada"}})");
  ASSERT_TRUE(parse_review(good));

  refuses("", "not JSON");
  refuses(" ", "not JSON");
  refuses("<html>", "not JSON");
  refuses("{", "not JSON");
  refuses("{'a':1}", "not JSON");
  refuses("nan", "not JSON");
  refuses(good + "}", "not JSON");
  refuses(good + good, "not JSON");
  refuses(good.substr(0, good.size() - 1), "not JSON");
  refuses(good + "\0"s, "not JSON");
  refuses("// comment\n" + good, "not JSON");
  refuses(answer(R"({"authenticated":true,"user":{"username":"ad)"
                 "\xff"
                 R"("}})"),
          "not JSON");
  refuses(answer(R"({"authenticated":true,"user":{"username":"\ud800"}})"), "not JSON");
  refuses("null", "not an object");
  refuses("true", "not an object");
  refuses("1e999", "not JSON");
  refuses("\"TokenReview\"", "not an object");
  refuses("[" + good + "]", "not an object");
  refuses("[]", "not an object");

  refuses("{}", "kind is not TokenReview");
  refuses(R"({"kind":"Status","apiVersion":"v1","status":"Failure","code":403})",
          "kind is not TokenReview");
  refuses(R"({"kind":["TokenReview"]})", "kind is not TokenReview");
  refuses(R"({"kind":"TokenReview"})", "apiVersion is not authentication.k8s.io/v1");
  refuses(R"({"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1beta1","status":{}})",
          "apiVersion is not authentication.k8s.io/v1");
  refuses(R"({"kind":"TokenReview","apiVersion":1,"status":{}})",
          "apiVersion is not authentication.k8s.io/v1");

  refuses(R"({"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1"})",
          "status is not an object");
  refuses(answer("null"), "status is not an object");
  refuses(answer("[]"), "status is not an object");
  refuses(answer("\"Success\""), "status is not an object");
  refuses(answer("true"), "status is not an object");

  const std::string flag = "status.authenticated is neither true nor false";
  refuses(answer(R"({"authenticated":"true"})"), flag);
  refuses(answer(R"({"authenticated":1})"), flag);
  refuses(answer(R"({"authenticated":{}})"), flag);
  refuses(answer(R"({"authenticated":[true]})"), flag);
  refuses(answer(R"({"authenticated":true,"error":1})"), "status.error is not a text");
  refuses(answer(R"({"authenticated":true,"error":{}})"), "status.error is not a text");
  refuses(answer(R"({"authenticated":true,"error":false})"), "status.error is not a text");

  refuses(answer(R"({"authenticated":true})"), "status.user is not an object");
  refuses(answer(R"({"authenticated":true,"user":null})"), "status.user is not an object");
  refuses(answer(R"({"authenticated":true,"user":"ada"})"), "status.user is not an object");
  refuses(answer(R"({"authenticated":true,"user":["ada"]})"), "status.user is not an object");
}

TEST(ParseReview, RefusesNamesThatAreNone) {
  auto refuses = [](const std::string& status, const std::string& where) {
    SCOPED_TRACE(status.substr(0, 200));
    const auto review = parse_review(answer(status));
    ASSERT_FALSE(review);
    EXPECT_EQ(review.error().message, "the answer is no TokenReview: " + where);
  };
  const std::string none = " is not a name of at most 1024 printable bytes";
  for (const std::string name : {"\"\"", "null", "1", "true", "{}", "[\"ada\"]", R"("a\nb")",
                                 R"("a\u0000b")", R"("\u001b[31m")", R"("a\u007f")"}) {
    refuses(R"({"authenticated":true,"user":{"username":)" + name + "}}",
            "status.user.username" + none);
    refuses(R"({"authenticated":true,"user":{"username":"ada","groups":["a",)" + name + "]}}",
            "status.user.groups[1]" + none);
    refuses(R"({"authenticated":true,"user":{"username":"ada"},"audiences":[)" + name + "]}",
            "status.audiences[0]" + none);
  }
  refuses(R"({"authenticated":true,"user":{"uid":"1"}})", "status.user.username" + none);
  refuses(R"({"authenticated":true,"user":{"username":")" + std::string(1025, 'a') + "\"}}",
          "status.user.username" + none);
  refuses(R"({"authenticated":true,"user":{"username":"ada","groups":"admins"}})",
          "status.user.groups is not a list");
  refuses(R"({"authenticated":true,"user":{"username":"ada","groups":{"a":"b"}}})",
          "status.user.groups is not a list");
  refuses(R"({"authenticated":true,"user":{"username":"ada"},"audiences":"a"})",
          "status.audiences is not a list");
  refuses(R"({"authenticated":true,"user":{"username":"ada"},"audiences":false})",
          "status.audiences is not a list");
}

TEST(ParseReview, IsBoundedInSizeAndDepth) {
  std::string whole = answer(R"({"authenticated":true,"user":{"username":"ada"}})");
  whole.resize(65'536, ' ');
  EXPECT_TRUE(parse_review(whole));
  EXPECT_EQ(parse_review(whole + ' ').error().message,
            "the answer is no TokenReview: longer than 65536 bytes");

  auto nested = [](std::size_t depth) {
    return answer(R"({"user":{"extra":)" + std::string(depth, '[') + std::string(depth, ']') +
                  "}}");
  };
  EXPECT_TRUE(parse_review(nested(10)));
  for (const std::size_t depth : {20U, 1'000U, 30'000U}) {
    EXPECT_EQ(parse_review(nested(depth)).error().message,
              "the answer is no TokenReview: nested deeper than 16");
  }
  EXPECT_EQ(parse_review(std::string(60'000, '[')).error().message,
            "the answer is no TokenReview: nested deeper than 16");
}

TEST(ReviewQuestion, IsWhatKubernetesReads) {
  EXPECT_EQ(
      review_question({}, "a.b-c"),
      R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"a.b-c"}})");
  EXPECT_EQ(review_question({.audiences = {"one", "tw\"o"}}, "t"),
            R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview",)"
            R"("spec":{"audiences":["one","tw\"o"],"token":"t"}})");
  // What the configuration let through must not end the process.
  EXPECT_EQ(review_question({.audiences = {"\xff"}}, "t"),
            R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview",)"
            "\"spec\":{\"audiences\":[\"\xef\xbf\xbd\"],\"token\":\"t\"}}");
}

}  // namespace
}  // namespace exporter::access
