// Writes what the golden test compares with; see tests/golden/update.
//
//   golden_pages record DIR      asks two demo clusters at fixed times and records their answers
//   golden_pages write DIR OUT   writes OUT/metrics.txt and OUT/exporter.txt from recordings
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "exporter/demo/demo.h"
#include "tests/golden/golden.h"

namespace {

using namespace exporter;

constexpr std::string_view kPodRows = demo::kPodRows;
constexpr std::string_view kWorkloadRows = demo::kWorkloadRows;

/// Answers with what a demo cluster would say, and now and then with what goes wrong.
class ClusterTransport final : public http::Transport {
 public:
  explicit ClusterTransport(demo::ClusterOptions options) : cluster_(std::move(options)) {}

  Result<http::Answer, http::Failure> get(const std::string& url, const http::Body& body,
                                          std::stop_token) override {
    const auto question = opencost::parse_url(url);
    if (!question) return tl::unexpected(failure(question.error().message));
    const bool faulty = cluster_.options().name == "us";
    if (faulty && question->query == opencost::Query::assets && !failed_) {
      failed_ = true;
      return tl::unexpected(failure("upstream connect error"));
    }
    std::string answer = say(*question);
    if (faulty && question->query == opencost::Query::current) spoil(answer);
    if (!body(answer)) return tl::unexpected(failure("refused by the reader"));
    return http::Answer{"application/json", answer.size()};
  }

 private:
  static http::Failure failure(std::string detail) {
    return {http::FailureKind::http_status, 502, std::move(detail), {}};
  }
  std::string say(const opencost::Question& question) const {
    if (question.query == opencost::Query::assets) return cluster_.assets_json(question.window);
    const bool pods = question.query == opencost::Query::current;
    return cluster_.allocation_json(question.window, pods ? kPodRows : kWorkloadRows, true);
  }
  /// The total of one pod becomes null, and that of another absurd.
  static void spoil(std::string& answer) {
    constexpr std::string_view kMember = "\"totalCost\":";
    std::size_t at = 0;
    for (int row = 1; row <= 20; ++row) {
      at = answer.find(kMember, at) + kMember.size();
      const std::string_view value = row == 10 ? "null" : row == 20 ? "1e30" : "";
      if (!value.empty()) answer.replace(at, answer.find_first_of(",}", at) - at, value);
    }
  }

  demo::Cluster cluster_;
  bool failed_ = false;
};

int record(const std::string& directory) {
  const SystemTime start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) +
                           std::chrono::hours(10) + std::chrono::minutes(13);
  ManualClock clock(start);
  metrics::SelfMetrics self(clock.now());
  poll::Board board;
  const log::Log log = [](const log::Event&) {};
  ledger::Ledger ledger({});
  poll::History history(ledger, self, log);
  poll::Publisher publisher(clock, history, ledger, self, board, log);
  poll::PublisherOptions options;
  options.sources = {"eu", "us"};
  options.backfill_days = 3;
  publisher.adopt(options);
  poll::Collections collections(clock);
  std::vector<std::unique_ptr<poll::Poller>> pollers;
  for (const char* name : {"eu", "us"}) {
    const demo::ClusterOptions cluster{
        .seed = pollers.size() + 1, .name = name, .nodes = 2, .pods = 8};
    auto transport = std::make_unique<http::RecordingTransport>(
        std::make_unique<ClusterTransport>(cluster), directory, name, clock,
        [](const Error& error) { throw std::runtime_error(error.message); });
    poll::Source source;
    source.name = name;
    source.url = "http://opencost:9003";
    pollers.push_back(std::make_unique<poll::Poller>(
        source, poll::Schedule{.jitter = 0, .labels = {"team"}}, http::RetryPolicy{.retries = 0},
        clock, std::move(transport), history, publisher, collections, log, 1));
  }
  for (int second = 0; second < 70; ++second) {
    for (auto& poller : pollers) poller->step({});
    clock.advance(std::chrono::seconds(1));
  }
  return 0;
}

int write(const std::string& recordings, const std::string& directory) {
  const golden::Pages pages = golden::replay(recordings);
  std::ofstream cost(directory + "/metrics.txt", std::ios::binary);
  std::ofstream exporter(directory + "/exporter.txt", std::ios::binary);
  cost << pages.cost;
  exporter << pages.exporter;
  return cost.flush() && exporter.flush() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    if (arguments.size() == 2 && arguments[0] == "record") return record(arguments[1]);
    if (arguments.size() == 3 && arguments[0] == "write") return write(arguments[1], arguments[2]);
    std::cerr << "usage: golden_pages record DIR | write DIR OUT\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
  return 2;
}
