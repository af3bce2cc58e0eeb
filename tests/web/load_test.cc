#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <thread>

#include "tests/web/client.h"
#include "tests/web/gunzip.h"
#include "tests/web/running.h"

namespace exporter::web {
namespace {

using samples::Answer;
using samples::Client;
using samples::Running;
using samples::Socket;

constexpr int kScrapes = 10'000;
constexpr int kPublications = 200;
constexpr int kClients = 8;

// The pages of all generations, by generation.
std::vector<std::shared_ptr<const metrics::Page>> generations() {
  std::vector<std::shared_ptr<const metrics::Page>> pages;
  for (int i = 0; i <= kPublications; ++i) pages.push_back(samples::uniform_page(i, 150));
  return pages;
}

// The generation of which `body` is one whole page, or -1.
int whole_page(const std::string& body, const std::vector<std::string>& texts, bool openmetrics) {
  constexpr std::string_view kFirst = "cluster=\"prod\",resource=\"cpu\"} ";
  const std::size_t at = body.find(kFirst);
  if (at == std::string::npos) return -1;
  const std::size_t generation = std::stoul(body.substr(at + kFirst.size(), 10));
  if (generation >= texts.size() || !body.starts_with(texts[generation])) return -1;
  const std::string_view live = std::string_view(body).substr(texts[generation].size());
  const std::size_t last = live.rfind("\nprocess_start_time_seconds ");
  if (last == std::string_view::npos || live.find("cost_per_hour{") != std::string_view::npos) {
    return -1;
  }
  const std::string_view end = live.substr(live.find('\n', last + 1));
  return end == (openmetrics ? "\n# EOF\n" : "\n") ? static_cast<int>(generation) : -1;
}

// Scrapes over one connection until all scrapes are taken; publications are spread
// evenly among them. Returns the number of answers that were not one whole page.
int scrape_and_publish(Running& running, bool gzip, bool openmetrics, std::atomic<int>& scrapes,
                       const std::vector<std::shared_ptr<const metrics::Page>>& pages,
                       const std::vector<std::string>& texts) {
  Client client(running.address());
  std::vector<std::string> headers;
  if (gzip) headers.emplace_back("Accept-Encoding: gzip");
  if (openmetrics) headers.emplace_back("Accept: application/openmetrics-text");
  int faults = 0;
  for (int number = scrapes++; number < kScrapes; number = scrapes++) {
    const Answer answer = client.get("/metrics", headers);
    const int seen =
        whole_page(gzip ? samples::gunzip(answer.body) : answer.body, texts, openmetrics);
    const bool ours = (answer.header("content-encoding") == "gzip") == gzip;
    if (answer.status != 200 || !ours || seen < 0) ++faults;
    constexpr int kEvery = kScrapes / kPublications;
    if (number % kEvery == 0) {
      const int next = number / kEvery + 1;
      running.publish(pages[static_cast<std::size_t>(next)]);
    }
  }
  return faults;
}

TEST(Load, EveryScrapeIsOneWholePublication) {
  const auto pages = generations();
  std::vector<std::string> texts;
  texts.reserve(pages.size());
  for (const auto& page : pages) texts.push_back(samples::joined(page->text()));
  Running running;
  running.publish(pages.front());
  std::atomic<int> scrapes = 0, faults = 0;
  {
    std::vector<std::jthread> clients;
    clients.reserve(kClients);
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&, i] {
        try {
          faults += scrape_and_publish(running, i % 2 == 0, i % 4 < 2, scrapes, pages, texts);
        } catch (const std::exception& fault) {
          ADD_FAILURE() << fault.what();
        }
      });
    }
  }
  EXPECT_GE(scrapes, kScrapes);
  EXPECT_EQ(faults, 0);
}

// Asks for the page and reads no more than the first bytes of the answer.
Socket slow_reader(const Running& running, int receive_buffer = 0) {
  Socket socket(running.address(), receive_buffer);
  socket.write("GET /metrics?collect[]=cost HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(socket.read_some(8), "HTTP/1.1");
  return socket;
}

constexpr int kMebibytes = 16;  // beyond what the kernel buffers of a connection
constexpr std::size_t kBytes = std::size_t{kMebibytes} << 20;

TEST(Load, SlowReadersHoldUpNobodyAndGetWhatTheyAskedFor) {
  Running running;
  running.publish(samples::large_page(kMebibytes, 'a'));
  constexpr int kSlow = 8;  // more than there are threads
  std::vector<Socket> slow;
  slow.reserve(kSlow);
  for (int i = 0; i < kSlow; ++i) slow.push_back(slow_reader(running, 4096));

  running.publish(samples::uniform_page(7, 10));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Client(running.address()).get("/metrics").status, 200);
  }

  const std::string late = slow.front().read_all();
  ASSERT_GT(late.size(), kBytes);
  EXPECT_EQ(late.find_first_not_of('a', late.size() - kBytes), std::string::npos);
}

TEST(Load, AnswersUnderWayAreFinishedBeforeTheServerEnds) {
  Running running;
  running.publish(samples::large_page(kMebibytes, 'b'));
  Socket slow = slow_reader(running);
  const std::jthread ending([&] { running.server.reset(); });
  const std::string answer = slow.read_all();
  EXPECT_GT(answer.size(), kBytes);
}

TEST(Load, ReadersThatLeaveAreForgotten) {
  Running running;
  running.publish(samples::large_page(kMebibytes, 'c'));
  const std::weak_ptr<const metrics::Page> page = running.board.latest()->page;
  {
    Socket slow = slow_reader(running, 4096);
    running.publish(samples::uniform_page(7, 10));
    EXPECT_FALSE(page.expired());
  }
  running.server.reset();
  EXPECT_TRUE(page.expired());
}

void allow_open_files(rlim_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(Load, AThousandIdleConnectionsDoNotMatter) {
  constexpr int kIdle = 1000;
  allow_open_files(2 * kIdle + 200);
  Running running;
  running.publish(samples::uniform_page(7, 10));
  std::vector<Socket> idle;
  for (int i = 0; i < kIdle; ++i) {
    idle.emplace_back(running.address());
    // Answered once, so that the server has surely taken the connection; then half a request.
    idle.back().write("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(idle.back().read_some().starts_with("HTTP/1.1 200 OK\r\n"));
    if (i % 2 == 0) idle.back().write("GET /metrics HTTP/1.1\r\nHos");
  }
  EXPECT_EQ(Client(running.address()).get("/metrics").status, 200);
}

TEST(Load, OneAddressCannotTakeAllConnections) {
  Running running({.max_connections_per_address = 2});
  Client first(running.address()), second(running.address());
  EXPECT_EQ(first.get("/-/healthy").status, 200);
  EXPECT_EQ(second.get("/-/healthy").status, 200);
  EXPECT_THROW(Client(running.address()).get("/-/healthy"), std::runtime_error);
  EXPECT_EQ(first.get("/-/healthy").status, 200);
}

}  // namespace
}  // namespace exporter::web
