// Peak memory from answer to page: `bench_memory write PODS FILE`, then in a process of its own
// `bench_memory read FILE`, which publishes the answer three times as the daemon would, the last
// publication still being held while the next is made, and prints what the kernel counted.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <vector>

#include "exporter/poll/poll.h"
#include "tests/bench/answers.h"

namespace {

using namespace exporter;

// Kilobytes of `VmHWM`, the highest resident memory so far.
long peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  return 0;
}

int read(const std::string& path) {
  SystemClock clock;
  metrics::SelfMetrics self(clock.now());
  poll::Board board;
  ledger::Ledger ledger({});
  poll::History history(ledger, self, [](const log::Event&) {});
  poll::Publisher publisher(clock, history, ledger, self, board, [](const log::Event&) {});
  poll::PublisherOptions options;
  options.sources = {"bench"};
  options.max_age = std::chrono::hours(24);
  options.metrics.max_series = options.metrics.max_family_series = UINT64_MAX;  // the most there is
  publisher.adopt(options);
  const long before = peak_kilobytes();
  long long bytes = 0;
  for (int round = 0; round < 3; ++round) {
    opencost::AllocationDecoder decoder(bench::question(), {}, {});
    std::ifstream file(path, std::ios::binary);
    std::vector<char> chunk(bench::kChunk);
    bytes = 0;
    while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())), file.gcount() > 0) {
      bytes += file.gcount();
      if (!decoder.feed({chunk.data(), static_cast<std::size_t>(file.gcount())})) break;
    }
    poll::Observation observation;
    observation.source = "bench";
    observation.question = bench::question();
    observation.fetched_at = clock.now();
    observation.outcome = std::move(*decoder.finish());
    publisher.observe(observation);
  }
  const auto page = board.latest()->page;
  fmt::print("| {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.2f} |\n", page->series,
             static_cast<double>(bytes) / 1e6, static_cast<double>(page->text_bytes) / 1e6,
             static_cast<double>(page->deflated_bytes) / 1e6,
             static_cast<double>(peak_kilobytes()) * 1024 / 1e6,
             static_cast<double>(peak_kilobytes()) * 1024 / static_cast<double>(bytes));
  return before > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 3 && arguments[0] == "write") {
    std::ofstream(arguments[2], std::ios::binary) << bench::answer(std::stoi(arguments[1]));
    return 0;
  }
  if (arguments.size() == 2 && arguments[0] == "read") return read(arguments[1]);
  std::cerr << "bench_memory write PODS FILE | read FILE\n";
  return 2;
}
