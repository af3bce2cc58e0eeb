#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/web/client.h"
#include "tests/web/gunzip.h"
#include "tests/web/running.h"

namespace exporter::web {
namespace {

using samples::Answer;
using samples::Client;
using samples::Running;
using samples::Socket;

constexpr const char* kCost = "/metrics?collect[]=cost";

bool has_cost(const std::string& body) {
  return body.find("opencost_namespace_cost_per_hour{") != std::string::npos;
}
bool has_exporter(const std::string& body) {
  return body.find("opencost_exporter_build_info{") != std::string::npos;
}

TEST(Scrape, TakesTheHalvesItIsAskedFor) {
  Running running;
  running.publish(samples::uniform_page(7, 3));
  Client client(running.address());
  const auto check = [&](const std::string& query, bool cost, bool exporter) {
    SCOPED_TRACE(query);
    const Answer answer = client.get("/metrics" + query);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(has_cost(answer.body), cost);
    EXPECT_EQ(has_exporter(answer.body), exporter);
  };
  check("", true, true);
  check("?", true, true);
  check("?unrelated=1", true, true);
  check("?collect=cost", true, true);
  check("?collect[]=cost", true, false);
  check("?collect[]=exporter", false, true);
  check("?collect%5B%5D=cost", true, false);
  check("?collect%5b%5d=%63ost", true, false);
  check("?collect[]=cost&collect[]=cost", true, false);
  check("?collect[]=cost&collect[]=exporter", true, true);
  check("?a=b&&collect[]=exporter&", false, true);
}

TEST(Scrape, RefusesOtherHalves) {
  Running running;
  running.publish(samples::uniform_page(7, 3));
  Client client(running.address());
  const auto check = [&](const std::string& query, const std::string& named) {
    SCOPED_TRACE(query);
    const Answer answer = client.get("/metrics" + query);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.header("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    EXPECT_EQ(answer.body, fmt::format("collect[] cannot be \"{}\"; it may be cost or exporter, "
                                       "or both\n",
                                       named));
  };
  check("?collect[]=", "");
  check("?collect[]", "");
  check("?collect[]=Cost", "Cost");
  check("?collect[]=cost,exporter", "cost,exporter");
  check("?collect[]=cost+", "cost ");
  check("?collect[]=cost&collect[]=nodes", "nodes");
  check("?collect[]=%3Cb%3E%0A", "<b>\\x0A");
  check("?collect[]=cost%", "cost%");
  check("?collect[]=cost%2", "cost%2");
  check("?collect[]=cost%zz", "cost%zz");
  check("?collect[]=cost%00", "cost\\x00");
}

TEST(Scrape, BeforeAnythingIsPublished) {
  Running running;
  Client client(running.address());
  const Answer all = client.get("/metrics");
  EXPECT_EQ(all.status, 200);
  EXPECT_TRUE(has_exporter(all.body));
  const Answer cost = client.get(kCost);
  EXPECT_EQ(cost.status, 200);
  EXPECT_EQ(cost.body, "");
  EXPECT_EQ(cost.header("content-length"), "0");
  const Answer open = client.get(kCost, {"Accept: application/openmetrics-text"});
  EXPECT_EQ(open.body, "# EOF\n");
}

TEST(Scrape, AgreesOnTheFormat) {
  Running running;
  running.publish(samples::uniform_page(7, 3));
  Client client(running.address());
  const auto check = [&](const std::vector<std::string>& headers, metrics::Format format) {
    SCOPED_TRACE(headers.empty() ? "" : headers.front());
    const Answer answer = client.get("/metrics", headers);
    EXPECT_EQ(answer.header("content-type"), metrics::content_type(format));
    EXPECT_EQ(answer.header("vary"), "Accept, Accept-Encoding");
    EXPECT_EQ(answer.header("content-length"), std::to_string(answer.body.size()));
    EXPECT_EQ(answer.body.ends_with("# EOF\n"), format == metrics::Format::openmetrics);
  };
  check({"Accept:"}, metrics::Format::text);
  check({"Accept: */*"}, metrics::Format::text);
  check({"Accept: text/html"}, metrics::Format::text);
  check({"Accept: application/openmetrics-text; version=1.0.0"}, metrics::Format::openmetrics);
  check({"Accept: text/plain;q=0.2", "Accept: application/openmetrics-text;q=0.5"},
        metrics::Format::openmetrics);
}

TEST(Scrape, GzipHoldsTheSameText) {
  Running running;
  running.publish(samples::uniform_page(7, 2000));
  Client client(running.address());
  for (const char* accept : {"Accept: text/plain", "Accept: application/openmetrics-text"}) {
    const Answer plain = client.get(kCost, {accept});
    const Answer gzip = client.get(kCost, {accept, "Accept-Encoding: gzip"});
    EXPECT_EQ(plain.header("content-encoding"), "");
    EXPECT_EQ(gzip.header("content-encoding"), "gzip");
    EXPECT_EQ(gzip.header("content-length"), std::to_string(gzip.body.size()));
    EXPECT_LT(gzip.body.size(), plain.body.size());
    EXPECT_EQ(samples::gunzip(gzip.body), plain.body);
    EXPECT_NE(gzip.header("etag"), plain.header("etag"));
  }
}

// A page of so many short pieces.
std::shared_ptr<const metrics::Page> page_of_pieces(int pieces) {
  std::vector<std::string> text;
  text.reserve(static_cast<std::size_t>(pieces));
  for (int i = 0; i < pieces; ++i) text.push_back(fmt::format("piece{{number=\"{}\"}} 1\n", i));
  return std::make_shared<const metrics::Page>(std::move(text));
}

TEST(Scrape, PagesInManyPiecesArriveWhole) {
  Running running;
  Client client(running.address());
  for (const int pieces : {1, 2, 511, 512, 513, 1024, 1025, 20'000}) {
    SCOPED_TRACE(pieces);
    const auto page = page_of_pieces(pieces);
    running.publish(page);
    const std::string expected = samples::joined(page->text());
    EXPECT_EQ(client.get(kCost).body, expected);
    EXPECT_EQ(client.send("HEAD", kCost).header("content-length"), std::to_string(expected.size()));
  }
}

// What a request takes of its connection's memory must never be missing for the answer.
TEST(Scrape, LargeRequestsAreAnsweredOrRefused) {
  Running running;
  const auto page = page_of_pieces(500);
  running.publish(page);
  const std::string expected = samples::joined(page->text());
  const auto check = [&](const std::string& headers, const std::string& after) {
    Socket socket(running.address());
    try {
      socket.write("GET /metrics?collect[]=cost HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                   headers + "\r\n" + after);
    } catch (const std::runtime_error&) {
      return;  // refused before it was sent to the end
    }
    const std::string answer = socket.read_all();
    const bool refused = answer.empty() || answer.starts_with("HTTP/1.1 4");
    EXPECT_TRUE(refused || answer.ends_with("\r\n\r\n" + expected)) << headers.size();
  };
  for (std::size_t bytes = 0; bytes < 40'000; bytes += 500) {
    check("A: " + std::string(bytes, 'a') + "\r\n", "");
    check("", std::string(bytes, 'a'));
    check("Content-Length: " + std::to_string(bytes) + "\r\n",
          std::string(bytes, 'a') + std::string(20'000, 'b'));
    std::string many;
    while (many.size() < bytes) many += "a:b\r\n";
    check(many, "");
    check(many, std::string(20'000, 'b'));
    std::string cookies = "Cookie: x=y";
    while (cookies.size() < bytes / 4) cookies += ";a=b";
    check(cookies + "\r\n", "");
  }
  EXPECT_EQ(Client(running.address()).get(kCost).body, expected);
}

TEST(Scrape, UnchangedPagesAreNotSentAgain) {
  Running running;
  running.publish(samples::uniform_page(7, 50));
  Client client(running.address());
  const Answer first = client.get(kCost);
  const std::string etag = first.header("etag");
  ASSERT_TRUE(etag.size() > 2 && etag.front() == '"' && etag.back() == '"') << etag;
  const auto check = [&](const std::vector<std::string>& values, long status) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(values, " | ")));
    std::vector<std::string> headers;
    headers.reserve(values.size());
    for (const std::string& value : values) headers.push_back("If-None-Match: " + value);
    for (const char* method : {"GET", "HEAD"}) {
      const Answer answer = client.send(method, kCost, headers);
      EXPECT_EQ(answer.status, status);
      EXPECT_EQ(answer.header("etag"), etag);
      EXPECT_EQ(answer.header("vary"), "Accept, Accept-Encoding");
      EXPECT_EQ(answer.header("content-length"), std::to_string(first.body.size()));
      EXPECT_EQ(answer.body.empty(), status == 304 || method == std::string_view("HEAD"));
    }
  };
  const std::string bare = etag.substr(1, etag.size() - 2);
  check({etag}, 304);
  check({"W/" + etag}, 304);
  check({"*"}, 304);
  check({" * "}, 304);
  check({"\"a\", " + etag}, 304);
  check({"\"a,b\"," + etag + ", \"c\""}, 304);
  check({"\"a\" ,, W/" + etag}, 304);
  check({"\"a\"", etag}, 304);
  check({"\"a\""}, 200);
  check({"\"\""}, 200);
  check({bare}, 200);
  check({"\"" + bare}, 200);
  check({"w/" + etag}, 200);
  check({"W/ " + etag}, 200);
  check({"*, \"a\""}, 200);
  check({"\"a\", *"}, 200);
  check({"\"a\" junk " + etag}, 200);

  running.publish(samples::uniform_page(8, 50));
  const Answer changed = client.get(kCost, {"If-None-Match: " + etag});
  EXPECT_EQ(changed.status, 200);
  EXPECT_NE(changed.header("etag"), etag);
  EXPECT_EQ(client.get(kCost, {"If-None-Match: " + etag, "Accept-Encoding: gzip"}).status, 200);
}

TEST(Scrape, NothingFollowsTheHeadersOfAnUnchangedPage) {
  Running running;
  running.publish(samples::large_page(1, 'a'));
  Socket socket(running.address());
  socket.write(
      "GET /metrics?collect[]=cost HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n"
      "Connection: close\r\n\r\n");
  const std::string answer = socket.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 304 Not Modified\r\n")) << answer;
  EXPECT_EQ(answer.find("\r\n\r\n"), answer.size() - 4);
}

TEST(Scrape, TheConnectionIsKeptAfterEachKindOfAnswer) {
  Running running;
  running.publish(samples::uniform_page(7, 50));
  Client client(running.address());
  EXPECT_EQ(client.get(kCost).status, 200);
  const auto check = [&](const Answer& answer, long status) {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(client.new_connections(), 0) << status;
  };
  check(client.get(kCost, {"If-None-Match: *"}), 304);
  check(client.get("/metrics", {"Accept-Encoding: gzip"}), 200);
  check(client.get("/metrics?collect[]=x"), 400);
  check(client.get("/nowhere"), 404);
  check(client.send("HEAD", kCost), 200);
  check(client.send("POST", "/-/reload", {}, "body"), 200);
  check(client.get("/"), 200);
}

TEST(Scrape, IsServedUnderAnotherPathWhenToldSo) {
  Running running({.telemetry_path = "/cost/metrics"});
  Client client(running.address());
  EXPECT_TRUE(has_exporter(client.get("/cost/metrics").body));
  EXPECT_EQ(client.get("/metrics").status, 404);
  const std::string landing = client.get("/").body;
  EXPECT_NE(landing.find("href=\"/cost/metrics?collect%5B%5D=cost\""), std::string::npos);
  EXPECT_EQ(landing.find("href=\"/metrics"), std::string::npos);
}

}  // namespace
}  // namespace exporter::web
