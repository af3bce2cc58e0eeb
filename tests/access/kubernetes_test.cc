// Asking an API server, which here is a socket that does what a test says.
#include "exporter/access/kubernetes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/http/server.h"
#include "tests/http/temporary_directory.h"

namespace exporter::access {
namespace {

using namespace std::chrono_literals;
using http::Connection;
using http::Server;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kAda[] =
    R"({"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1",)"
    R"("status":{"authenticated":true,"user":{"username":"ada","groups":["devs"]},"audiences":["us"]}})";

/// Reads what is posted, keeps it, and sends `raw`.
Server::Script replies(const std::string& raw, std::string* request = nullptr) {
  return [=](Connection& connection) {
    const std::string head = connection.request();
    if (head.empty()) return;
    const std::string content = connection.content(head);
    if (request != nullptr) *request = head + content;
    connection.send(raw);
  };
}

std::string whole(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status +
         "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

class KubernetesTest : public testing::Test {
 protected:
  KubernetesTest() { ::setenv("no_proxy", "*", 1); }

  Kubernetes at(const std::string& url) {
    return {.enabled = true, .url = url, .ca_file = "", .token_file = token_file_};
  }
  Result<Review> ask(const Server& server, const std::stop_token& stop = {}) {
    return kubernetes_reviewer()(at("http://" + server.place()), "s3cret", stop);
  }
  std::string complaint(const Server& server) {
    const auto review = ask(server);
    if (review) return "no complaint";
    EXPECT_THAT(review.error().message, AllOf(Not(HasSubstr("s3cret")), Not(HasSubstr("0wn"))));
    return review.error().message;
  }

  http::TemporaryDirectory directory_;
  std::string token_file_ = directory_.write("token", "0wn\n");
};

TEST_F(KubernetesTest, PostsTheQuestionWithItsOwnToken) {
  std::string request;
  {
    Server server(replies(whole("201 Created", kAda), &request));
    Kubernetes kubernetes = at("http://" + server.place() + "/");
    kubernetes.audiences = {"us"};
    const auto review = kubernetes_reviewer()(kubernetes, "s3cret", {});
    ASSERT_TRUE(review) << review.error().message;
    EXPECT_TRUE(review->authenticated);
    EXPECT_EQ(review->user, "ada");
    EXPECT_THAT(review->groups, ElementsAre("devs"));
    EXPECT_THAT(review->audiences, ElementsAre("us"));
  }
  EXPECT_THAT(request,
              AllOf(StartsWith("POST /apis/authentication.k8s.io/v1/tokenreviews HTTP/1.1\r\n"),
                    HasSubstr("\r\nContent-Type: application/json\r\n"),
                    HasSubstr("\r\nAuthorization: Bearer 0wn\r\n"),
                    HasSubstr("\r\n\r\n{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":"
                              "\"TokenReview\",\"spec\":{\"audiences\":[\"us\"],\"token\":"
                              "\"s3cret\"}}")));
}

TEST_F(KubernetesTest, TakesA200AsWell) {
  Server server(replies(whole("200 OK", kAda)));
  EXPECT_TRUE(ask(server));
}

TEST_F(KubernetesTest, ReadsItsOwnTokenForEveryQuestion) {
  std::string first;
  std::string second;
  {
    Server server(replies(whole("201 Created", kAda), &first));
    ASSERT_TRUE(ask(server));
  }
  directory_.write("token", "r0tated");
  {
    Server server(replies(whole("201 Created", kAda), &second));
    ASSERT_TRUE(ask(server));
  }
  EXPECT_THAT(first, HasSubstr("Bearer 0wn\r\n"));
  EXPECT_THAT(second, HasSubstr("Bearer r0tated\r\n"));
}

TEST_F(KubernetesTest, SaysWhyNobodyKnows) {
  auto says = [&](const std::string& raw, const std::string& why) {
    SCOPED_TRACE(raw.substr(0, 200));
    Server server(replies(raw));
    EXPECT_EQ(complaint(server), "http://" + server.place() + why);
  };
  const std::string none = ": the answer is no TokenReview: ";

  says(whole("401 Unauthorized", "s3cret"),
       " answered 401: it does not know the exporter's own token, " + token_file_);
  says(whole("403 Forbidden", "you sent s3cret with 0wn"),
       " answered 403: the exporter may not create tokenreviews, which the ClusterRole "
       "system:auth-delegator allows");
  says(whole("500 Internal Server Error", "s3cret"), " answered 500");
  says(whole("503 Busy", ""), " answered 503");
  says(whole("404 Not Found", ""), " answered 404");
  says(whole("202 Accepted", kAda), " answered 202");
  says(whole("204 No Content", ""), " answered 204");
  says(whole("201 Created", ""), none + "not JSON");
  says(whole("200 OK", "<html>s3cret</html>"), none + "not JSON");
  says(whole("200 OK", "{}"), none + "kind is not TokenReview");
}

TEST_F(KubernetesTest, SaysHowTheNetworkFailed) {
  auto says = [&](const std::string& raw, const std::string& before, const std::string& after) {
    SCOPED_TRACE(raw.substr(0, 200));
    Server server(replies(raw));
    EXPECT_THAT(complaint(server), StartsWith(before + server.place() + after));
  };
  says(whole("200 OK", std::string(65'537, ' ')), "", " announced 65537 bytes, more than 65536");
  says("HTTP/1.1 201 Created\r\n\r\n" + std::string(65'537, ' '), "the answer of ",
       " is longer than 65536 bytes");
  says("HTTP/1.1 307 Elsewhere\r\nLocation: /s\r\nContent-Length: 0\r\n\r\n", "",
       " redirects to /s, which a POST does not follow");
  says("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{", "no whole answer from ",
       ": transfer closed");
  says("", "no whole answer from ", ": Empty reply from server");
}

TEST_F(KubernetesTest, CannotAskWithoutItsFilesOrItsServer) {
  std::string place;
  {
    const Server gone(replies(""));
    place = gone.place();
  }
  auto says = [](const Kubernetes& kubernetes, const std::string& why) {
    const auto review = kubernetes_reviewer()(kubernetes, "s3cret", {});
    ASSERT_FALSE(review);
    EXPECT_THAT(review.error().message, StartsWith(why));
  };
  says(at("http://" + place), "cannot connect to " + place + ": ");
  says(at(""), "malformed URL: ");
  says({.url = "http://" + place, .token_file = "/nowhere/token"},
       "cannot read /nowhere/token: No such file or directory");
  says({.url = "http://" + place, .token_file = directory_.write("empty", "")},
       directory_.file("empty") + " is empty");
  Server server(replies(whole("201 Created", kAda)));
  says(
      {.url = "https://" + server.place(), .ca_file = "/nowhere/ca.crt", .token_file = token_file_},
      "no trusted connection to " + server.place() + ": ");
}

TEST_F(KubernetesTest, IsCancelled) {
  http::Signal reached;
  Server server([&](Connection& connection) {
    if (!connection.request().empty()) reached.announce();
    connection.wait_for_close();
  });
  std::stop_source stop;
  std::thread canceller([&] {
    reached.wait();
    stop.request_stop();
  });
  const auto review = ask(server, stop.get_token());
  canceller.join();
  ASSERT_FALSE(review);
  EXPECT_EQ(review.error().message, "cancelled");
}

TEST_F(KubernetesTest, DoesNotWaitForEver) {
  Server server([](Connection& connection) { connection.wait_for_close(); });
  const auto review = access::ask(at("http://" + server.place()), "s3cret", 50ms, {});
  ASSERT_FALSE(review);
  EXPECT_THAT(review.error().message,
              StartsWith("no whole answer in time from " + server.place() + ": "));
}

}  // namespace
}  // namespace exporter::access
