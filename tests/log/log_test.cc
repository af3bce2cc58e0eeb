#include "exporter/log/log.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>
#include <thread>

namespace exporter::log {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

template <class Action>
std::vector<std::string> written(Action action) {
  testing::internal::CaptureStderr();
  action();
  return lines(testing::internal::GetCapturedStderr());
}

TEST(ParseLevel, TakesTheFourNamesInAnyCase) {
  EXPECT_EQ(parse_level("debug"), Level::debug);
  EXPECT_EQ(parse_level("INFO"), Level::info);
  EXPECT_EQ(parse_level("Warn"), Level::warn);
  EXPECT_EQ(parse_level("warning"), Level::warn);
  EXPECT_EQ(parse_level("error"), Level::error);
  for (const char* bad : {"", "trace", "infos", " info", "1"}) {
    SCOPED_TRACE(bad);
    EXPECT_EQ(parse_level(bad), fail("not one of debug, info, warn, error"));
  }
}

TEST(ParseFormat, TakesTheTwoNames) {
  EXPECT_EQ(parse_format("logfmt"), Format::logfmt);
  EXPECT_EQ(parse_format("JSON"), Format::json);
  for (const char* bad : {"", "text", "json "}) {
    SCOPED_TRACE(bad);
    EXPECT_EQ(parse_format(bad), fail("not one of logfmt, json"));
  }
}

TEST(Names, ReadBackAsWhatTheyAre) {
  for (const Level level : {Level::debug, Level::info, Level::warn, Level::error}) {
    EXPECT_EQ(parse_level(to_string(level)), level);
  }
  for (const Format format : {Format::logfmt, Format::json}) {
    EXPECT_EQ(parse_format(to_string(format)), format);
  }
}

TEST(Logger, WritesOneLinePerEventWithTheTime) {
  const Logger logger(Options{});
  const auto output = written([&] {
    logger.write({Level::info, "first\nstill first", {}});
    logger.write({Level::error, "second {} %v", {{"k", "v"}}});
  });
  const std::string time = "ts=[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9][0-9][0-9]Z ";
  EXPECT_THAT(output, ElementsAre(MatchesRegex(time + R"(level=info msg="first\\nstill first")"),
                                  MatchesRegex(time + R"(level=error msg="second \{\} %v" k=v)")));
}

TEST(Logger, DropsWhatIsBelowItsLevel) {
  const auto kept = [](Level threshold) {
    const Logger logger(Options{.level = threshold});
    return written([&] {
             for (const Level level : {Level::debug, Level::info, Level::warn, Level::error}) {
               logger.write({level, "m", {}});
             }
           })
        .size();
  };
  EXPECT_EQ(kept(Level::debug), 4u);
  EXPECT_EQ(kept(Level::info), 3u);
  EXPECT_EQ(kept(Level::warn), 2u);
  EXPECT_EQ(kept(Level::error), 1u);
}

TEST(Logger, AdoptsLevelAndFormatForSinksAlreadyGivenOut) {
  Logger logger(Options{});
  const Log sink = logger.sink();
  const auto output = written([&] {
    sink({Level::debug, "unseen", {}});
    logger.adopt({.level = Level::debug, .format = Format::json});
    sink({Level::debug, "seen", {}});
  });
  EXPECT_THAT(output, ElementsAre(MatchesRegex(R"(\{"ts":.*"level":"debug","msg":"seen"\})")));
}

TEST(Logger, ItsSinkOutlivesIt) {
  Log sink;
  {
    const Logger logger(Options{});
    sink = logger.sink();
  }
  EXPECT_EQ(written([&] { sink({Level::info, "late", {}}); }).size(), 1u);
}

TEST(Logger, KeepsLinesWholeWhileThreadsWriteAndOptionsChange) {
  Logger logger(Options{});
  const std::string long_text(2000, 'x');
  const auto output = written([&] {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 100; ++n) logger.write({Level::error, long_text, {}});
      });
    }
    for (int n = 0; n < 100; ++n) {
      logger.adopt({.format = n % 2 == 0 ? Format::json : Format::logfmt});
    }
  });
  EXPECT_EQ(output.size(), 400u);
  EXPECT_TRUE(std::all_of(output.begin(), output.end(), [&](const std::string& line) {
    return line.ends_with("\"" + long_text + "\"") || line.ends_with("\"" + long_text + "\"}");
  }));
}

}  // namespace
}  // namespace exporter::log
