#include "exporter/backfill_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "exporter/interruptible.h"

namespace exporter {
namespace {

using backfill::Progress;

constexpr int kBarWidth = 32;
// Log lines a run; a bar is drawn after every window.
constexpr std::uint64_t kLines = 20;

std::string time_left(std::chrono::seconds so_far, std::uint64_t done, std::uint64_t left) {
  if (done == 0) return "";
  const auto seconds =
      so_far.count() * static_cast<std::int64_t>(left) / static_cast<std::int64_t>(done);
  if (seconds >= 3600) return fmt::format(", {} h {} min left", seconds / 3600, seconds / 60 % 60);
  return seconds >= 60 ? fmt::format(", {} min left", seconds / 60)
                       : fmt::format(", {} s left", seconds);
}

/// Shows the progress of one run.
class Display {
 public:
  Display(const log::Logger& logger, const Clock& clock)
      : logger_(logger), clock_(clock), began_(clock.steady()), bar_(isatty(STDERR_FILENO) == 1) {}

  void show(const Progress& progress) {
    if (first_ == kNotYet) first_ = progress.done - 1;
    if (bar_) return draw(progress);
    const std::uint64_t every = std::max<std::uint64_t>(1, progress.total / kLines);
    if (progress.done % every != 0 && progress.done != progress.total) return;
    logger_.write({log::Level::info,
                   "backfill",
                   {{"windows", std::to_string(progress.done)},
                    {"of", std::to_string(progress.total)},
                    {"empty", std::to_string(progress.empty)},
                    {"until", model::format_time(progress.window.end)}}});
  }

  void end() const {
    if (bar_) std::cerr << '\n';
  }

 private:
  void draw(const Progress& progress) const {
    const auto so_far = std::chrono::floor<std::chrono::seconds>(clock_.steady() - began_);
    const auto filled = static_cast<int>(progress.done * kBarWidth / progress.total);
    std::cerr << fmt::format(
        "\r[{:#<{}}{:.<{}}] {} of {} windows, {} empty{}\033[K", "", filled, "", kBarWidth - filled,
        progress.done, progress.total, progress.empty,
        time_left(so_far, progress.done - first_, progress.total - progress.done));
  }

  static constexpr std::uint64_t kNotYet = UINT64_MAX;

  const log::Logger& logger_;
  const Clock& clock_;
  SteadyTime began_;
  bool bar_;
  std::uint64_t first_ = kNotYet;  // windows that an earlier run had done
};

}  // namespace

int run_backfill(const config::Config& config, const backfill::Options& options,
                 const sigset_t& signals) {
  const log::Logger logger(config.log);
  const SystemClock clock;
  backfill::Setup setup;
  setup.sources = config.clusters;
  setup.calendar = config.schedule.calendar;
  setup.settle = config.schedule.settle;
  setup.retry = config.retry;
  setup.metrics = config.metrics;
  setup.rules = {config.tenants, config.metric_labels};
  setup.labels = config.schedule.labels;
  setup.make_transport = [](const poll::Source& source) {
    return std::make_unique<http::CurlTransport>(source.http);
  };
  Display display(logger, clock);
  std::stop_source stop;
  Result<Progress> result = fail("not run");
  const auto work = [&] {
    result = backfill::run(
        options, setup, clock, [&](const Progress& progress) { display.show(progress); },
        stop.get_token());
  };
  run_interruptible(work, stop, signals);
  display.end();
  if (!result) {
    std::cerr << result.error().message << '\n';
    return config::kExitFailure;
  }
  std::cout << fmt::format("{}: {} windows, {} of them empty, {} rows rejected in this run\n",
                           options.output, result->total, result->empty, result->rejected);
  return config::kExitOk;
}

}  // namespace exporter
