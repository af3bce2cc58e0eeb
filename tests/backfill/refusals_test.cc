#include "tests/backfill/backfilling.h"

namespace exporter::backfill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Refusals : public samples::Backfilling {
 protected:
  void refused(std::string_view message) {
    EXPECT_EQ(refusal(), message);
    EXPECT_THAT(server().requests(), IsEmpty());
    EXPECT_THAT(files(), IsEmpty());
  }
};

TEST_F(Refusals, OfSpans) {
  const auto check = [&](std::string_view from, std::string_view to, Step step,
                         std::string_view message) {
    SCOPED_TRACE(message);
    options_.from = from;
    options_.to = to;
    options_.step = step;
    refused(message);
  };
  const std::string shape =
      " is neither a date like 2026-10-01 nor a time like 2026-10-01T12:00:00Z";
  check("", "2026-10-02", Step::hour, "from: \"\"" + shape);
  check("yesterday", "2026-10-02", Step::hour, "from: \"yesterday\"" + shape);
  check("2026-10-01", "2026-02-30", Step::hour, "to: \"2026-02-30\"" + shape);
  check("2026-10-01", "2026-10-01T12:00:00", Step::hour, "to: \"2026-10-01T12:00:00\"" + shape);
  check("2026-10-01", "2026-10-01T12:00:00+02:00", Step::hour,
        "to: \"2026-10-01T12:00:00+02:00\"" + shape);
  check("2026-10-01T00:30:00Z", "2026-10-02", Step::hour,
        "from: 2026-10-01T00:30:00Z is not where an hour begins; the marks around it are "
        "2026-10-01T00:00:00Z and 2026-10-01T01:00:00Z");
  check("2026-10-01", "2026-10-01T05:59:59Z", Step::hour,
        "to: 2026-10-01T05:59:59Z is not where an hour begins; the marks around it are "
        "2026-10-01T05:00:00Z and 2026-10-01T06:00:00Z");
  check("2026-10-01", "2026-10-02T01:00:00Z", Step::day,
        "to: 2026-10-02T01:00:00Z is not where a day begins; the marks around it are "
        "2026-10-02T00:00:00Z and 2026-10-03T00:00:00Z");
  check("2026-10-01", "2026-10-01", Step::hour,
        "to: 2026-10-01T00:00:00Z is not after from, 2026-10-01T00:00:00Z");
  check("2026-10-02", "2026-10-01", Step::hour,
        "to: 2026-10-01T00:00:00Z is not after from, 2026-10-02T00:00:00Z");
  check("2016-08-15", "2026-10-03", Step::day,
        "to: 2026-10-03T00:00:00Z is more than 3700 days after from, 2016-08-15T00:00:00Z");
  check("2026-10-01", "2026-10-03T13:00:00Z", Step::hour,
        "to: 2026-10-03T13:00:00Z is later than what is over and settled; the latest possible is "
        "2026-10-03T12:00:00Z");
  check("2026-10-01", "2026-10-04", Step::day,
        "to: 2026-10-04T00:00:00Z is later than what is over and settled; the latest possible is "
        "2026-10-03T00:00:00Z");
  check("1969-12-31T23:30:00Z", "2026-10-04", Step::hour,
        "from: 1969-12-31T23:30:00Z is not where an hour begins; the marks around it are "
        "1969-12-31T23:00:00Z and 1970-01-01T00:00:00Z");
}

TEST_F(Refusals, OfWhatHasNotSettled) {
  options_.to = "2026-10-03T12:00:00Z";
  setup_.settle = std::chrono::minutes(35);
  refused(
      "to: 2026-10-03T12:00:00Z is later than what is over and settled; the latest possible is "
      "2026-10-03T11:00:00Z");
}

TEST_F(Refusals, OfMarksThatAreNotTheCalendars) {
  setup_.calendar.utc_offset = std::chrono::minutes(330);
  refused(
      "from: 2026-10-01T00:00:00Z is not where an hour begins; the marks around it are "
      "2026-09-30T23:30:00Z and 2026-10-01T00:30:00Z");
  options_.from = "2026-10-01";
  options_.to = "2026-10-02T00:00:00Z";
  options_.step = Step::day;
  refused(
      "to: 2026-10-02T00:00:00Z is not where a day begins; the marks around it are "
      "2026-10-01T18:30:00Z and 2026-10-02T18:30:00Z");
}

TEST_F(Refusals, OfSourcesThatKnowWholeHoursOnly) {
  setup_.calendar.utc_offset = std::chrono::minutes(330);
  setup_.sources[0].alignment = opencost::Alignment::hour;
  options_.from = "2026-10-01";
  options_.to = "2026-10-02";
  refused(
      "from: 2026-09-30T18:30:00Z is not a whole hour of UTC, and demo can answer for no others");
}

TEST_F(Refusals, OfLabels) {
  const auto check = [&](std::vector<std::pair<std::string, std::string>> labels,
                         std::string_view message) {
    SCOPED_TRACE(message);
    options_.labels = std::move(labels);
    refused(message);
  };
  check({{"", "a"}}, "label: \"\" is not the name of a label");
  check({{"job", "a"}, {"1st", "a"}}, "label: \"1st\" is not the name of a label");
  check({{"a-b", "a"}}, "label: \"a-b\" is not the name of a label");
  check({{"a:b", "a"}}, "label: \"a:b\" is not the name of a label");
  check({{"größe", "a"}}, "label: \"größe\" is not the name of a label");
  check({{"__name__", "a"}}, "label: __name__ is a name that Prometheus keeps to itself");
  check({{"__", "a"}}, "label: __ is a name that Prometheus keeps to itself");
  check({{"job", ""}}, "label: job is empty, which is the same as having no such label");
  check({{"job", "a"}, {"b", "c"}, {"job", "a"}}, "label: job is given twice");
}

TEST_F(Refusals, OfOutputs) {
  options_.output = "";
  refused("output: no file is named");
  options_.output = file("no/such/folder/past.om");
  refused(file("no/such/folder/past.om.partial") +
          ": unable to open database file: No such file or directory");
}

TEST_F(Refusals, OfAFileThatExists) {
  std::ofstream(file("past.om")) << "precious";
  EXPECT_EQ(refusal(),
            "output: " + file("past.om") + " exists already; remove it or name another file");
  EXPECT_EQ(read("past.om"), "precious");
  EXPECT_THAT(server().requests(), IsEmpty());
  EXPECT_THAT(files(), ElementsAre("past.om"));
  std::filesystem::remove(file("past.om"));
  std::filesystem::create_symlink(file("nowhere"), file("past.om"));
  EXPECT_EQ(refusal(),
            "output: " + file("past.om") + " exists already; remove it or name another file");
}

TEST_F(Refusals, OfAFileThatAppearsMeanwhile) {
  on_window_ = [this](const Progress& progress) {
    if (progress.done == 6) std::ofstream(file("past.om")) << "precious";
  };
  EXPECT_EQ(refusal(),
            "output: " + file("past.om") + " exists already; remove it or name another file");
  EXPECT_EQ(read("past.om"), "precious");
  EXPECT_THAT(files(), ElementsAre("past.om", "past.om.partial"));
}

TEST_F(Refusals, OfQuestionsNameTheWindow) {
  const auto check = [&](const char* kind, int nth, std::string_view message) {
    SCOPED_TRACE(kind);
    ASSERT_TRUE(nth == 0 || server().fail_next("negative-idle", nth));  // answers that do count
    ASSERT_TRUE(server().fail_next(kind, 1));
    EXPECT_EQ(refusal(), message);
    std::filesystem::remove(file("past.om.partial"));
  };
  const std::string end = "; 0 of 6 windows are done, and the same command goes on from there";
  const std::string hour = " from 2026-10-01T00:00:00Z to 2026-10-01T01:00:00Z: ";
  const std::string place = server().url().substr(std::string_view("http://").size());
  check("error503", 0,
        "demo: current" + hour + "http_status: " + place +
            " answered 503: service unavailable\\x0a" + end);
  check(
      "login-page", 1,
      "demo: assets" + hour +
          "content_type: the answer is \"text/html; charset=utf-8\", not JSON; is a login page or "
          "proxy in between?" +
          end);
  check("empty-body", 0, "demo: current" + hour + "parse: the answer is empty" + end);
}

TEST_F(Refusals, OfAServerThatIsNotThere) {
  servers_.clear();
  const std::string message = refusal();
  EXPECT_THAT(message, ::testing::StartsWith("demo: current from 2026-10-01T00:00:00Z to "
                                             "2026-10-01T01:00:00Z: connect: "));
}

}  // namespace
}  // namespace exporter::backfill
