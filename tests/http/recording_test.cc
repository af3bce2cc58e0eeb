#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <stdexcept>

#include "exporter/http/http.h"
#include "tests/http/temporary_directory.h"

namespace exporter::http {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;

constexpr SystemTime kNoon = std::chrono::sys_days(std::chrono::May / 1 / 2024) + 12h + 345ms;

/// Answers from a list, body in pieces.
class Scripted final : public Transport {
 public:
  struct Step {
    std::vector<std::string> pieces{};
    Result<Answer, Failure> result{};
  };
  explicit Scripted(std::deque<Step> steps) : steps_(std::move(steps)) {}

  Result<Answer, Failure> get(const std::string&, const Body& body, std::stop_token) override {
    const Step step = std::move(steps_.front());
    steps_.pop_front();
    for (const std::string& piece : step.pieces) {
      if (!body(piece)) {
        return tl::unexpected<Failure>(
            Failure{.kind = FailureKind::reset, .detail = "refused by the reader"});
      }
    }
    return step.result;
  }

 private:
  std::deque<Step> steps_;
};

Scripted::Step answers(std::vector<std::string> pieces, std::string content_type = "text/plain") {
  std::uint64_t bytes = 0;
  for (const std::string& piece : pieces) bytes += piece.size();
  return {std::move(pieces), Answer{std::move(content_type), bytes}};
}

Scripted::Step fails(Failure failure, std::vector<std::string> pieces = {}) {
  return {std::move(pieces), tl::unexpected<Failure>(std::move(failure))};
}

class RecordingTest : public testing::Test {
 protected:
  RecordingTransport record(std::deque<Scripted::Step> steps, std::string source = "prod") {
    return {std::make_unique<Scripted>(std::move(steps)), directory_.path(), std::move(source),
            clock_, [this](const Error& error) { errors_.push_back(error.message); }};
  }
  Result<Answer, Failure> get(Transport& transport, const std::string& target = "/x") {
    received_.clear();
    return transport.get("http://opencost:9003" + target,
                         [this](std::string_view bytes) {
                           received_ += bytes;
                           return true;
                         },
                         {});
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TemporaryDirectory directory_;
  ManualClock clock_{kNoon};
  std::vector<std::string> errors_;
  std::string received_;
};

TEST_F(RecordingTest, ComesBackAsItWas) {
  const std::string body("one\r\n\r\nstatus: 500\n\0two\xff"sv);
  auto transport = record({answers({body.substr(0, 5), body.substr(5)}, "application/json")});
  const auto answer = get(transport, "/allocation?window=a%2Cb&x=1");

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->content_type, "application/json");
  EXPECT_EQ(answer->bytes, body.size());
  EXPECT_EQ(received_, body);
  EXPECT_THAT(errors_, IsEmpty());
  EXPECT_THAT(names(), ElementsAre("20240501T120000.345Z-000000-prod.http"));

  const auto recordings = read_recordings(directory_.path());
  ASSERT_TRUE(recordings) << recordings.error().message;
  ASSERT_EQ(recordings->size(), 1U);
  const Recording& recording = recordings->front();
  EXPECT_EQ(recording.source, "prod");
  EXPECT_EQ(recording.url, "/allocation?window=a%2Cb&x=1");
  EXPECT_EQ(recording.fetched_at, kNoon);
  EXPECT_EQ(recording.failure, std::nullopt);
  EXPECT_EQ(recording.content_type, "application/json");
  EXPECT_EQ(recording.body, body);
}

TEST_F(RecordingTest, IsAFileThatAPersonCanRead) {
  auto transport = record({answers({"{}"})});
  ASSERT_TRUE(get(transport));
  EXPECT_EQ(directory_.read(names().at(0)),
            "source: prod\n"
            "url: /x\n"
            "fetched-at: 2024-05-01T12:00:00.345Z\n"
            "status: 200\n"
            "content-type: text/plain\n"
            "\n"
            "{}");
}

TEST_F(RecordingTest, KeepsFailuresWithoutTheBeginningOfABody) {
  auto transport =
      record({fails({.kind = FailureKind::reset, .detail = "broke\noff"}, {"half a bo"}),
              fails({.kind = FailureKind::http_status,
                     .status = 503,
                     .detail = "opencost answered 503: busy: very",
                     .retry_after = 7s}),
              fails({.kind = FailureKind::timeout})});
  EXPECT_EQ(get(transport).error().kind, FailureKind::reset);
  EXPECT_EQ(received_, "half a bo");
  EXPECT_EQ(get(transport).error().retry_after, 7s);
  EXPECT_EQ(get(transport).error().kind, FailureKind::timeout);

  const auto recordings = read_recordings(directory_.path());
  ASSERT_TRUE(recordings) << recordings.error().message;
  ASSERT_EQ(recordings->size(), 3U);
  EXPECT_EQ(recordings->at(0).failure->kind, FailureKind::reset);
  EXPECT_EQ(recordings->at(0).failure->detail, "broke\\x0aoff");
  EXPECT_EQ(recordings->at(0).body, "");
  EXPECT_EQ(recordings->at(1).failure->status, 503);
  EXPECT_EQ(recordings->at(1).failure->detail, "opencost answered 503: busy: very");
  EXPECT_EQ(recordings->at(1).failure->retry_after, 7s);
  EXPECT_EQ(recordings->at(2).failure->kind, FailureKind::timeout);
  EXPECT_EQ(recordings->at(2).failure->detail, "");
}

TEST_F(RecordingTest, KeepsNothingOfACancelledRequest) {
  auto transport = record({fails({.kind = FailureKind::cancelled}, {"half"}), answers({"whole"})});
  EXPECT_EQ(get(transport).error().kind, FailureKind::cancelled);
  EXPECT_THAT(names(), IsEmpty());
  ASSERT_TRUE(get(transport));
  EXPECT_THAT(names(), ElementsAre(EndsWith(".http")));
}

TEST_F(RecordingTest, KeepsTheWholeBodyThatItsReaderRefuses) {
  auto transport = record({answers({"good", "bad", "rest"})});
  std::string seen;
  const auto answer = transport.get("http://opencost/x",
                                    [&seen](std::string_view bytes) {
                                      seen += bytes;
                                      return bytes != "bad";
                                    },
                                    {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::reset);
  EXPECT_EQ(answer.error().detail, "refused by the reader");
  EXPECT_EQ(seen, "goodbad");
  EXPECT_EQ(read_recordings(directory_.path())->at(0).body, "goodbadrest");
}

TEST_F(RecordingTest, SortsByTimeThenByOrder) {
  auto first = record({answers({"1"}), answers({"2"}), answers({"4"})}, "zebra");
  auto second = record({answers({"3"})}, "ape");
  ASSERT_TRUE(get(first));
  ASSERT_TRUE(get(first));
  clock_.advance(1ms);
  ASSERT_TRUE(get(second));
  clock_.advance(24h);
  ASSERT_TRUE(get(first));

  std::string bodies;
  const auto recordings = read_recordings(directory_.path());
  ASSERT_TRUE(recordings);
  for (const Recording& recording : *recordings) bodies += recording.body;
  EXPECT_EQ(bodies, "1234");
}

TEST_F(RecordingTest, SourcesNeverShareAFile) {
  for (const std::string source : {"a/b", "a_b", "../a", "m\xc3\xbcnchen"}) {
    auto transport = record({answers({source})}, source);
    ASSERT_TRUE(get(transport));
  }
  EXPECT_THAT(names(), ElementsAre("20240501T120000.345Z-000000-..%2fa.http",
                                   "20240501T120000.345Z-000000-a%2fb.http",
                                   "20240501T120000.345Z-000000-a_b.http",
                                   "20240501T120000.345Z-000000-m%c3%bcnchen.http"));
  const auto recordings = read_recordings(directory_.path());
  ASSERT_TRUE(recordings);
  for (const Recording& recording : *recordings) EXPECT_EQ(recording.source, recording.body);
}

TEST_F(RecordingTest, StripsTheServerFromTheUrl) {
  auto becomes = [this](const std::string& url, const std::string& expected) {
    SCOPED_TRACE(url);
    const TemporaryDirectory directory;
    RecordingTransport transport(std::make_unique<Scripted>(std::deque{answers({})}),
                                 directory.path(), "s", clock_, [](const Error&) {});
    ASSERT_TRUE(transport.get(url, [](std::string_view) { return true; }, {}));
    EXPECT_EQ(read_recordings(directory.path())->at(0).url, expected);
  };

  becomes("http://user:s3cret@host:9003/a?b=http://c/d#e", "/a?b=http://c/d");
  becomes("https://host", "/");
  becomes("https://host?x=1", "/?x=1");
  becomes("https://host#part", "/");
  becomes("/a", "/a");
}

TEST_F(RecordingTest, MakesItsDirectory) {
  RecordingTransport transport(std::make_unique<Scripted>(std::deque{answers({"1"})}),
                               directory_.file("new/deep"), "s", clock_, [](const Error&) {});
  ASSERT_TRUE(get(transport));
  EXPECT_EQ(read_recordings(directory_.file("new/deep"))->size(), 1U);
}

TEST_F(RecordingTest, ReportsAFileThatCannotBeWrittenAndAnswersAllTheSame) {
  const std::string file = directory_.write("file", "");
  RecordingTransport transport(std::make_unique<Scripted>(std::deque{answers({"1", "2"})}), file,
                               "s", clock_,
                               [this](const Error& error) { errors_.push_back(error.message); });
  const auto answer = get(transport);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->bytes, 2U);
  EXPECT_EQ(received_, "12");
  EXPECT_THAT(errors_, ElementsAre("cannot record in " + file + ": Not a directory"));
}

TEST_F(RecordingTest, LeavesNoTemporaryFileWhenTheLastStepFails) {
  std::filesystem::create_directories(
      directory_.file("20240501T120000.345Z-000000-prod.http/occupied"));
  auto transport = record({answers({"1"})});
  ASSERT_TRUE(get(transport));
  EXPECT_THAT(errors_, ElementsAre("cannot write " + directory_.path() +
                                   "/20240501T120000.345Z-000000-prod.http: Is a directory"));
  EXPECT_THAT(names(), ElementsAre("20240501T120000.345Z-000000-prod.http"));
}

TEST_F(RecordingTest, ReadersThatThrowLeaveNothingBehind) {
  auto transport = record({answers({"1"})});
  EXPECT_THROW(
      static_cast<void>(transport.get(
          "http://h/", [](std::string_view) -> bool { throw std::runtime_error("no"); }, {})),
      std::runtime_error);
  EXPECT_THAT(names(), IsEmpty());
}

TEST(ReadRecordings, NamesFileAndLineOfWhatItCannotRead) {
  const TemporaryDirectory directory;
  auto refuses = [&](std::string_view content, const std::string& complaint) {
    SCOPED_TRACE(complaint);
    const std::string path = directory.write("bad.http", content);
    const auto recordings = read_recordings(directory.path());
    ASSERT_FALSE(recordings);
    EXPECT_EQ(recordings.error().message, path + ":" + complaint);
  };
  const std::string start = "source: s\nurl: /x\nfetched-at: 2024-05-01T12:00:00.345Z\n";

  refuses("", "1: no empty line after the headers");
  refuses("\n", "1: no source");
  refuses("\n\nbody", "1: no source");
  refuses("source: s", "1: no empty line after the headers");
  refuses("source: s\n", "2: no empty line after the headers");
  refuses("source: s\n\n", "2: no url");
  refuses("source: s\nurl: /x\n\n", "3: no fetched-at");
  refuses(start + "\n", "4: no status");
  refuses(start + "colour: red\n\n", "4: no such header: colour");
  refuses(start + "status\n\n", "4: no \": \" after status");
  refuses(start + "status:200\n\n", "4: no such header: status:200");
  refuses(start + "status: \n\n", "4: not a status: ");
  refuses(start + "status: 20x\n\n", "4: not a status: 20x");
  refuses(start + "status: -1\n\n", "4: not a status: -1");
  refuses(start + "status: 99999999999\n\n", "4: not a status: 99999999999");
  refuses(start + "status: 404\n\n", "4: a status other than 200 needs a failure");
  refuses(start + "status: 200\nstatus: 200\n\n", "5: status is given twice");
  refuses(start + "status: 200\r\n\n", "4: status holds a control character");
  refuses(start + "status: 200\n\r\n", "5: no such header: \\x0d");
  refuses(start + "failure: \n\n", "4: not a failure: ");
  refuses(start + "failure: bad_luck\n\n", "4: not a failure: bad_luck");
  refuses(start + "failure: cancelled\n\n", "4: not a failure: cancelled");
  refuses(start + "failure: http_status\n\n", "5: no status");
  refuses(start + "failure: http_status\nstatus: 42\n\n", "5: not a status: 42");
  refuses(start + "failure: reset\nretry-after: soon\n\n", "5: not a number of seconds: soon");
  refuses(start + "failure: reset\nretry-after: -1\n\n", "5: not a number of seconds: -1");
  refuses(start + "failure: reset\n\nbody", "6: a failure has no body");
  refuses("source: s\nurl: http://host/x\nfetched-at: 2024-05-01T12:00:00.345Z\n\n",
          "2: not a path: http://host/x");
  refuses("\xff\xfe\x00garbage\n\n"sv, "1: no such header: \\xff\\xfe\\x00garbage");
  refuses(std::string(1'000'000, 'x'), "1: no such header: " + std::string(200, 'x'));
}

TEST(ReadRecordings, RefusesWhatIsNoTime) {
  const TemporaryDirectory directory;
  auto refuses = [&](const std::string& time) {
    SCOPED_TRACE(time);
    const std::string path = directory.write(
        "bad.http", fmt::format("source: s\nurl: /x\nfetched-at: {}\nstatus: 200\n\n", time));
    const auto recordings = read_recordings(directory.path());
    ASSERT_FALSE(recordings);
    EXPECT_EQ(recordings.error().message, path + ":3: not a time: " + time);
  };

  refuses("");
  refuses("yesterday");
  refuses("2024-05-01T12:00:00Z");
  refuses("2024-05-01 12:00:00.000Z");
  refuses("2024-05-01T12:00:00.000+");
  refuses("2024-05-01T12:00:00.0000Z");
  refuses("2024-13-01T12:00:00.000Z");
  refuses("2024-00-01T12:00:00.000Z");
  refuses("2023-02-29T12:00:00.000Z");
  refuses("2024-05-01T24:00:00.000Z");
  refuses("2024-05-01T12:60:00.000Z");
  refuses("2024-05-01T12:00:60.000Z");
  refuses("+024-05-01T12:00:00.000Z");
  refuses("2024-05-01T12:00:00.-01Z");
}

TEST(ReadRecordings, RefusesADirectoryThatIsNone) {
  const TemporaryDirectory directory;
  const std::string missing = directory.file("missing");
  EXPECT_EQ(read_recordings(missing).error().message,
            "cannot read " + missing + ": No such file or directory");

  std::filesystem::create_directory(directory.file("folder.http"));
  EXPECT_EQ(read_recordings(directory.path()).error().message,
            "cannot read " + directory.file("folder.http") + ": Is a directory");
}

TEST(ReadRecordings, LooksAtFinishedRecordingsOnly) {
  const TemporaryDirectory directory;
  directory.write("notes.txt", "garbage");
  directory.write("unfinished.http.part", "garbage");
  const auto recordings = read_recordings(directory.path());
  ASSERT_TRUE(recordings) << recordings.error().message;
  EXPECT_THAT(*recordings, IsEmpty());
}

}  // namespace
}  // namespace exporter::http
