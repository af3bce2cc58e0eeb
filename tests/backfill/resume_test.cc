#include "tests/backfill/backfilling.h"
#include "tests/backfill/openmetrics.h"

namespace exporter::backfill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Resume : public samples::Backfilling {
 protected:
  /// What a run that nothing disturbs writes; what it asked.
  std::string undisturbed() {
    const Options mine = options_;
    options_.output = file("undisturbed.om");
    EXPECT_TRUE(run());
    options_ = mine;
    asked_ = server().requests();
    seen_.clear();
    return read("undisturbed.om");
  }
  std::vector<std::string> asked_since() {
    auto requests = server().requests();
    requests.erase(requests.begin(), requests.begin() + static_cast<std::ptrdiff_t>(asked_.size()));
    return requests;
  }
  std::vector<std::string> asked_;
};

TEST_F(Resume, AfterAFailureAsksWhatIsMissingAndWritesTheSame) {
  const std::string expected = undisturbed();
  on_window_ = [this](const Progress& progress) {
    if (progress.done == 2) {
      ASSERT_TRUE(server().fail_next("envelope500", 1));
    }
  };
  EXPECT_EQ(
      refusal(),
      "demo: current from 2026-10-01T02:00:00Z to 2026-10-01T03:00:00Z: envelope: the envelope "
      "says code 500: "
      "Internal Server Error; 2 of 6 windows are done, and the same command goes on from there");
  EXPECT_THAT(files(), ElementsAre("past.om.partial", "undisturbed.om"));
  on_window_ = nullptr;
  const auto made = run();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->done, 6u);
  EXPECT_EQ(read(), expected);
  EXPECT_THAT(files(), ElementsAre("past.om", "undisturbed.om"));
  std::vector<std::string> again = asked_since();
  EXPECT_EQ(again.at(4), again.at(5));  // the one that failed
  again.erase(again.begin() + 4);
  EXPECT_EQ(again, asked_);
}

TEST_F(Resume, AfterAnyFailureWritesTheSame) {
  options_.to = "2026-10-01T03:00:00Z";
  const std::string expected = undisturbed();
  for (const char* kind : {"envelope500", "error500", "error503", "error429", "text400",
                           "old-window-error", "empty-body", "invalid-utf8", "deep-nesting",
                           "login-page", "redirect", "truncated", "truncated-connection"}) {
    for (int questions : {1, 2, 3}) {  // of the window in the middle: allocations or assets
      SCOPED_TRACE(::testing::Message() << kind << ' ' << questions);
      int failures = 0;
      setup_.make_transport = [&](const poll::Source& source) {
        class Failing final : public http::Transport {
         public:
          Failing(demo::Server& server, const http::Options& options, const char* kind, int at)
              : server_(server), curl_(options), kind_(kind), at_(at) {}
          Result<http::Answer, http::Failure> get(const std::string& url, const http::Body& body,
                                                  std::stop_token stop) override {
            if (at_-- == 0) {
              EXPECT_TRUE(server_.fail_next(kind_, 1));
            }
            return curl_.get(url, body, stop);
          }

         private:
          demo::Server& server_;
          http::CurlTransport curl_;
          const char* kind_;
          int at_;
        };
        return std::make_unique<Failing>(server(), source.http, kind,
                                         failures++ == 0 ? questions : -1);
      };
      EXPECT_FALSE(run());
      ASSERT_TRUE(run());
      EXPECT_EQ(read(), expected);
      std::filesystem::remove(options_.output);
    }
  }
}

TEST_F(Resume, AfterAStopAsksNoWindowTwice) {
  const std::string expected = undisturbed();
  on_window_ = [this](const Progress& progress) {
    if (progress.done == 4) stop_.request_stop();
  };
  EXPECT_EQ(refusal(), "stopped after 4 of 6 windows; the same command goes on from there");
  EXPECT_THAT(files(), ElementsAre("past.om.partial", "undisturbed.om"));
  stop_ = {};
  on_window_ = nullptr;
  ASSERT_TRUE(run());
  EXPECT_EQ(read(), expected);
  EXPECT_EQ(asked_since(), asked_);
  std::vector<std::uint64_t> done;
  for (const Progress& progress : seen_) done.push_back(progress.done);
  EXPECT_THAT(done, ElementsAre(1u, 2u, 3u, 4u, 5u, 6u));
}

TEST_F(Resume, StoppedBeforeItBeginsAsksNothing) {
  stop_.request_stop();
  EXPECT_EQ(refusal(), "stopped after 0 of 6 windows; the same command goes on from there");
  EXPECT_THAT(server().requests(), IsEmpty());
}

TEST_F(Resume, StoppedWhileItWritesLeavesNothingHalf) {
  const std::string expected = undisturbed();
  on_window_ = [this](const Progress& progress) {
    if (progress.done == progress.total) stop_.request_stop();
  };
  EXPECT_EQ(refusal(),
            "stopped while " + file("past.om") + " was written; the same command writes it");
  EXPECT_THAT(files(), ElementsAre("past.om.partial", "undisturbed.om"));
  stop_ = {};
  const std::size_t asked = server().requests().size();
  ASSERT_TRUE(run());
  EXPECT_EQ(read(), expected);
  EXPECT_EQ(server().requests().size(), asked);
}

// The files as they stand after each window, taken away without being closed: what is left when the
// process or the machine ends there.
TEST_F(Resume, AfterAKillAtAnyWindowWritesTheSame) {
  const std::string expected = undisturbed();
  on_window_ = [this](const Progress& progress) {
    for (const char* end : {".partial", ".partial-wal"}) {
      const std::string copy = file("killed" + std::to_string(progress.done) + ".om" + end);
      std::filesystem::copy_file(file("past.om") + end, copy);
    }
  };
  ASSERT_TRUE(run());
  on_window_ = nullptr;
  for (std::size_t windows = 1; windows <= 6; ++windows) {
    SCOPED_TRACE(windows);
    seen_.clear();
    options_.output = file("killed" + std::to_string(windows) + ".om");
    const auto made = run();
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(seen_.size(), 6 - windows);
    EXPECT_EQ(read("killed" + std::to_string(windows) + ".om"), expected);
  }
}

TEST_F(Resume, EmptyWindowsAreNotAskedAgainAndStillCounted) {
  options_.from = "2019-12-31T21:00:00Z";
  options_.to = "2020-01-01T02:00:00Z";
  run_until(2);
  const auto made = run();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->empty, 3u);
  EXPECT_EQ(made->done, 5u);
  EXPECT_EQ(server().requests().size(), 3u + 2 * 2);
}

TEST_F(Resume, KnowsTwoSourcesApart) {
  add_server("second", "west");
  const std::string expected = undisturbed();
  run_until(5);
  ASSERT_TRUE(run());
  EXPECT_EQ(read(), expected);
}

TEST_F(Resume, IsRefusedWithOtherParameters) {
  run_until(2);
  const Options options = options_;
  const backfill::Setup setup = setup_;
  const auto refused = [&](std::string_view differs) {
    EXPECT_EQ(refusal(),
              file("past.om") +
                  ".partial was begun with other parameters: " + std::string(differs) +
                  "; remove the file to begin anew, or go on with those it was begun with");
    options_ = options;
    setup_ = setup;
  };
  options_.from = "2026-09-30";
  refused(R"(from was "2026-10-01T00:00:00Z" and is "2026-09-30T00:00:00Z")");
  options_.to = "2026-10-02";
  refused(R"(to was "2026-10-01T06:00:00Z" and is "2026-10-02T00:00:00Z")");
  options_.to = "2026-10-02";
  options_.step = Step::day;
  refused(R"(to was "2026-10-01T06:00:00Z" and is "2026-10-02T00:00:00Z", )"
          R"(step was "hour" and is "day")");
  options_.labels.pop_back();
  refused(R"(labels was "job=opencost,instance=localhost:9754" and is "job=opencost")");
  options_.labels.clear();
  refused(R"(labels was "job=opencost,instance=localhost:9754" and is "")");
  setup_.sources[0].name = "eu";
  refused(R"-(sources was "demo (no name)" and is "eu (no name)")-");
  setup_.sources[0].named = true;
  refused(R"-(sources was "demo (no name)" and is "demo")-");
  setup_.sources.push_back(setup_.sources[0]);
  setup_.sources[1].name = "us";
  refused(R"-(sources was "demo (no name)" and is "demo (no name),us (no name)")-");
  setup_.metrics.currency_rate = 0.92;
  refused(R"(currency rate was "1" and is "0.92")");
  setup_.metrics.pods = false;
  refused(R"(pods was "yes" and is "no")");
  setup_.metrics.workloads = false;
  refused(R"(workloads was "yes" and is "no")");
  // How it is asked may change, and the address.
  setup_.retry.retries = 5;
  setup_.sources[0].url += "/";
  EXPECT_TRUE(run());
}

TEST_F(Resume, DatesAndTimesOfTheSameMomentAreTheSame) {
  run_until(1);
  options_.from = "2026-10-01";
  EXPECT_TRUE(run());
}

TEST_F(Resume, AFileThatIsNoPartialIsLeftAlone) {
  std::ofstream(file("past.om.partial")) << "a shopping list, longer than any header: milk, bread";
  EXPECT_EQ(refusal(), file("past.om.partial") + ": file is not a database");
  EXPECT_EQ(read("past.om.partial"), "a shopping list, longer than any header: milk, bread");
  EXPECT_THAT(server().requests(), IsEmpty());
}

TEST_F(Resume, TwoRunsAtOnceAreRefused) {
  std::string second;
  on_window_ = [&](const Progress&) {
    on_window_ = nullptr;
    second = refusal();
  };
  EXPECT_TRUE(run());
  EXPECT_EQ(second, file("past.om.partial") + ": another backfill is writing it");
}

}  // namespace
}  // namespace exporter::backfill
