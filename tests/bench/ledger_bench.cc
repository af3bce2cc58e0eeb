// What a month in the ledger costs: writing a day, opening the file, adding the month up. Prints a
// row of a Markdown table.
//
//   bench_ledger WORKLOADS FOLDER
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>

#include "exporter/ledger/ledger.h"

namespace {

using namespace exporter;

constexpr int kDays = 31;

std::shared_ptr<const model::AllocationTable> day_of(int workloads, model::Window window) {
  auto table = std::make_shared<model::AllocationTable>();
  table->window = table->lived = window;
  for (int i = 0; i < workloads; ++i) {
    model::Allocation row;
    row.cluster = table->text.store("prod-eu");
    row.name_space = table->text.store(fmt::format("namespace-{:04}", i / 20));
    row.controller_kind = table->text.store("deployment");
    row.controller = table->text.store(fmt::format("workload-{:06}", i));
    for (const auto resource : {model::Resource::cpu, model::Resource::memory,
                                model::Resource::storage, model::Resource::network}) {
      row.costs[resource] = Cost{1000 + i % 977};
    }
    row.reported_total = row.costs.total();
    table->rows.push_back(row);
  }
  return table;
}

template <class Work>
double milliseconds(Work work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
      .count();
}

}  // namespace

int main(int argc, char** argv) {
  const int workloads = argc > 2 ? std::atoi(argv[1]) : 0;
  if (workloads < 1) {
    std::cerr << "usage: bench_ledger WORKLOADS FOLDER\n";
    return 2;
  }
  const std::string path = std::string(argv[2]) + "/ledger.db";
  const std::chrono::sys_seconds start = std::chrono::sys_days(std::chrono::year(2026) / 10 / 1);
  const model::Window month{start, start + std::chrono::days(kDays)};
  std::optional<ledger::Ledger> file(std::in_place, ledger::Options{.path = path});
  double writing = 0;
  for (int i = 0; i < kDays; ++i) {
    ledger::Entry entry;
    entry.window = {start + std::chrono::days(i), start + std::chrono::days(i + 1)};
    entry.lived = entry.window;
    const auto table = day_of(workloads, entry.window);
    writing += milliseconds([&] {
      if (const auto failure = file->record("bench", entry, table.get())) {
        std::cerr << failure->detail << '\n';
        std::exit(1);
      }
    });
  }
  file.reset();
  const double opening = milliseconds([&] { file.emplace(ledger::Options{.path = path}); });
  std::size_t rows = 0;
  const double adding =
      milliseconds([&] { rows = file->sum("bench", month).value()->rows.size(); });
  file.reset();
  const double megabytes = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
  std::cout << fmt::format("| {} | {:.0f} ms | {:.1f} MB | {:.0f} ms | {:.0f} ms |\n", rows,
                           writing / kDays, megabytes, opening, adding);
  return 0;
}
