#include "tests/backfill/backfilling.h"

namespace exporter::backfill {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;

/// Sleeping on this clock is what moves it, and so is asking. For one thread.
class JumpingClock final : public Clock {
 public:
  explicit JumpingClock(SystemTime now) : now_(now) {}

  SystemTime now() const override { return now_; }
  SteadyTime steady() const override { return steady_; }
  bool sleep_until(SteadyTime when, std::stop_token stop) const override {
    if (when > steady_) {
      slept_.push_back(std::chrono::duration_cast<seconds>(when - steady_));
      steady_ = when;
    }
    return !stop.stop_requested();
  }
  void take(seconds time) { steady_ += time; }
  std::vector<seconds> slept() const { return slept_; }

 private:
  SystemTime now_;
  mutable SteadyTime steady_{};
  mutable std::vector<seconds> slept_;
};

/// Takes one second longer each time.
class Slow final : public http::Transport {
 public:
  Slow(JumpingClock& clock, int& asked, http::Options options)
      : clock_(clock), asked_(asked), curl_(std::move(options)) {}

  Result<http::Answer, http::Failure> get(const std::string& url, const http::Body& body,
                                          std::stop_token stop) override {
    clock_.take(seconds(++asked_));
    return curl_.get(url, body, stop);
  }

 private:
  JumpingClock& clock_;
  int& asked_;
  http::CurlTransport curl_;
};

class Pace : public samples::Backfilling {
 protected:
  JumpingClock slow_{samples::at("2026-10-03T12:34:56Z")};
  int asked_ = 0;
};

TEST_F(Pace, PausesAsLongAsTheLastAnswerTookWhoeverGaveIt) {
  add_server("second", "west");
  options_.to = "2026-10-01T01:00:00Z";
  setup_.make_transport = [this](const poll::Source& source) {
    return std::make_unique<Slow>(slow_, asked_, source.http);
  };
  ASSERT_TRUE(backfill::run(options_, setup_, slow_, [](const Progress&) {}, {}));
  EXPECT_EQ(asked_, 4);
  EXPECT_THAT(slow_.slept(), ElementsAre(seconds(1), seconds(2), seconds(3)));
}

TEST_F(Pace, AsksOldestFirstAndAllocationsBeforeAssets) {
  options_.to = "2026-10-01T02:00:00Z";
  ASSERT_TRUE(run());
  const auto about = [](const char* window) { return ::testing::HasSubstr(window); };
  const char* first = "2026-10-01T00%3A00%3A00Z%2C2026-10-01T01%3A00%3A00Z";
  const char* second = "2026-10-01T01%3A00%3A00Z%2C2026-10-01T02%3A00%3A00Z";
  using ::testing::AllOf;
  using ::testing::StartsWith;
  EXPECT_THAT(server().requests(), ElementsAre(AllOf(StartsWith("/allocation?"), about(first)),
                                               AllOf(StartsWith("/assets?"), about(first)),
                                               AllOf(StartsWith("/allocation?"), about(second)),
                                               AllOf(StartsWith("/assets?"), about(second))));
}

TEST_F(Pace, AStopEndsTheWaitForAnAnswer) {
  ASSERT_TRUE(server().fail_next("stall", 1));
  setup_.make_transport = [this](const poll::Source& source) {
    // Stops as soon as the question is under way.
    class Stopping final : public http::Transport {
     public:
      Stopping(std::stop_source& stop, http::Options options)
          : stop_(stop), curl_(std::move(options)) {}
      Result<http::Answer, http::Failure> get(const std::string& url, const http::Body& body,
                                              std::stop_token stop) override {
        stop_.request_stop();
        return curl_.get(url, body, stop);
      }

     private:
      std::stop_source& stop_;
      http::CurlTransport curl_;
    };
    return std::make_unique<Stopping>(stop_, source.http);
  };
  EXPECT_EQ(refusal(), "stopped after 0 of 6 windows; the same command goes on from there");
}

}  // namespace
}  // namespace exporter::backfill
