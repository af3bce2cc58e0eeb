// Backfills from fake OpenCosts that know their right figures.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/backfill/backfill.h"
#include "exporter/demo/demo.h"

namespace exporter::backfill::samples {

inline std::chrono::sys_seconds at(std::string_view time) { return *model::parse_time(time); }

inline std::int64_t unix_seconds(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}

/// The present of the fakes is 2026-10-03T12:34:56Z, and no time passes.
class Backfilling : public ::testing::Test {
 protected:
  Backfilling() {
    std::string path = std::filesystem::temp_directory_path() / "exporter-backfill-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
    folder_ = path;
    options_ = {.from = "2026-10-01T00:00:00Z",
                .to = "2026-10-01T06:00:00Z",
                .step = Step::hour,
                .output = file("past.om"),
                .labels = {{"job", "opencost"}, {"instance", "localhost:9754"}}};
    setup_.retry.retries = 0;
    setup_.make_transport = [](const poll::Source& source) {
      return std::make_unique<http::CurlTransport>(source.http);
    };
    add_server("demo");
  }
  ~Backfilling() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// One more OpenCost, and the source `name` for it.
  demo::Server& add_server(const std::string& name, const std::string& cluster = "demo") {
    servers_.push_back(
        *demo::Server::start({.seed = 42, .name = cluster, .nodes = 3, .pods = 20}, clock_));
    poll::Source source;
    source.name = name;
    source.url = servers_.back()->url();
    setup_.sources.push_back(source);
    return *servers_.back();
  }

  std::string file(std::string_view name) const { return folder_ + "/" + std::string(name); }
  bool exists(std::string_view name) const { return std::filesystem::exists(file(name)); }
  std::string read(std::string_view name = "past.om") const {
    std::ostringstream content;
    content << std::ifstream(file(name), std::ios::binary).rdbuf();
    return content.str();
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<Progress> run() {
    return backfill::run(
        options_, setup_, clock_,
        [this](const Progress& progress) {
          seen_.push_back(progress);
          if (on_window_) on_window_(progress);
        },
        stop_.get_token());
  }
  /// The message of the error a run ends with.
  std::string refusal() {
    const auto made = run();
    return made ? "no error" : made.error().message;
  }
  /// Runs until `windows` are done and breaks off.
  void run_until(std::uint64_t windows) {
    stop_ = {};
    on_window_ = [this, windows](const Progress& progress) {
      if (progress.done == windows) stop_.request_stop();
    };
    EXPECT_FALSE(run());
    on_window_ = nullptr;
    stop_ = {};
  }
  demo::Server& server() { return *servers_.front(); }

  ManualClock clock_{at("2026-10-03T12:34:56Z")};
  std::vector<std::unique_ptr<demo::Server>> servers_;
  std::string folder_;
  Options options_;
  backfill::Setup setup_;  // testing::Test has a Setup of its own
  std::stop_source stop_;
  std::function<void(const Progress&)> on_window_;
  std::vector<Progress> seen_;
};

}  // namespace exporter::backfill::samples
