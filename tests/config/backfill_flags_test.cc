// The command line of `backfill`.
#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Result<Invocation, Exit> run(std::vector<std::string> words) {
  words.insert(words.begin(), "/usr/bin/opencost-exporter");
  std::vector<const char*> argv;
  argv.reserve(words.size());
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

std::vector<std::string> complete(std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"backfill",   "--from",   "2026-10-01", "--to",
                                    "2026-11-01", "--output", "costs.om"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(BackfillFlags, SayWhatIsWritten) {
  const auto invocation = run(complete());
  ASSERT_TRUE(invocation) << invocation.error().output;
  EXPECT_EQ(invocation->command, Command::backfill);
  EXPECT_EQ(invocation->backfill, (backfill::Options{.from = "2026-10-01",
                                                     .to = "2026-11-01",
                                                     .step = backfill::Step::hour,
                                                     .output = "costs.om",
                                                     .labels = {}}));
  EXPECT_EQ(invocation->docs_directory, "");
}

TEST(BackfillFlags, StandBesideThoseOfEveryCommand) {
  const auto invocation =
      run({"--config.file=c.yaml", "backfill", "--to=2026-10-02T00:00:00Z", "--step=1d", "--output",
           "/tmp/a b.om", "--label", "job=opencost-exporter", "--label=instance=[::1]:9754",
           "--label", "_x9=a=b,\"zürich\"", "--from=2026-10-01T12:00:00Z", "--log.level", "debug"});
  ASSERT_TRUE(invocation) << invocation.error().output;
  EXPECT_EQ(invocation->config_file, "c.yaml");
  EXPECT_THAT(invocation->flags, ElementsAre(Pair("log.level", "debug")));
  EXPECT_EQ(invocation->backfill.from, "2026-10-01T12:00:00Z");
  EXPECT_EQ(invocation->backfill.to, "2026-10-02T00:00:00Z");
  EXPECT_EQ(invocation->backfill.step, backfill::Step::day);
  EXPECT_EQ(invocation->backfill.output, "/tmp/a b.om");
  EXPECT_THAT(invocation->backfill.labels,
              ElementsAre(Pair("job", "opencost-exporter"), Pair("instance", "[::1]:9754"),
                          Pair("_x9", "a=b,\"zürich\"")));
}

TEST(BackfillFlags, LeaveTheOrderOfDateAndTimeToTheCalendar) {
  EXPECT_TRUE(
      run({"backfill", "--from", "2026-10-02", "--to", "2026-10-01T22:00:00Z", "--output", "x"}));
}

TEST(BackfillFlags, AreInTheHelp) {
  const auto help = run({"backfill", "--help"});
  ASSERT_FALSE(help);
  EXPECT_EQ(help.error().code, kExitOk);
  for (const char* flag : {"--from TIME", "--to TIME", "--step STEP", "--output FILE",
                           "--label NAME=VALUE", "Repeatable."}) {
    EXPECT_THAT(help.error().output, HasSubstr(flag));
  }
}

void bad(const std::vector<std::string>& words, const std::string& message) {
  SCOPED_TRACE(testing::PrintToString(words));
  const auto result = run(words);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, kExitUsage);
  EXPECT_EQ(result.error().output, "opencost-exporter: " + message + "\n");
}

TEST(BadBackfillFlags, AreMissing) {
  bad({"backfill"},
      "flags --from, --to, --output are missing; write opencost-exporter backfill --from "
      "2026-10-01 --to 2026-11-01 --output costs.om");
  bad({"backfill", "--to", "2026-11-01", "--output", "x"},
      "flag --from is missing; write opencost-exporter backfill --from 2026-10-01");
  bad({"backfill", "--from", "2026-10-01", "--output", "x"},
      "flag --to is missing; write opencost-exporter backfill --to 2026-11-01");
  bad({"backfill", "--from", "2026-10-01", "--to", "2026-11-01"},
      "flag --output is missing; write opencost-exporter backfill --output costs.om");
}

TEST(BadBackfillFlags, BelongToNoOtherCommand) {
  bad({"--from", "2026-10-01"},
      "flag --from belongs to the command backfill; write opencost-exporter backfill --from TIME");
  bad({"print-docs", "--label", "a=b"},
      "flag --label belongs to the command backfill; write opencost-exporter backfill --label "
      "NAME=VALUE");
  bad({"check-config", "--output", "x"},
      "flag --output belongs to the commands backfill and print-docs; write opencost-exporter "
      "backfill --output FILE or opencost-exporter print-docs --output DIR");
  bad(complete({"--seed", "3"}),
      "flag --seed belongs to the command demo; write opencost-exporter demo --seed N");
  bad(complete({"--form", "3"}), "\"--form\" is not a flag; did you mean --from?");
  bad(complete({"demo"}), "\"demo\" is a second command; write one");
  bad(complete({"--to", "2026-12-01"}), "flag --to: stands twice; leave one out");
  bad(complete({"--label"}), "flag --label: has no value; write one");
}

TEST(BadBackfillFlags, HaveTimesThatAreNone) {
  for (const std::string time :
       {"yesterday", "2026-13-01", "2026-02-30", "2026-10-1", "01.10.2026", "20261001",
        "1790812800", "2026-10-01T12:00:00", "2026-10-01T12:00:00+02:00", "2026-10-01T24:00:00Z",
        "2026-10-01 12:00:00Z", " 2026-10-01", "2026-10-01T12Z"}) {
    bad({"backfill", "--from", time, "--to", "2026-11-01", "--output", "x"},
        "flag --from: \"" + time +
            "\" is neither a date nor a time in UTC; write it as 2026-10-01 or "
            "2026-10-01T12:00:00Z");
  }
  bad({"backfill", "--from", "2026-10-01", "--to", "now", "--output", "x"},
      "flag --to: \"now\" is neither a date nor a time in UTC; write it as 2026-10-01 or "
      "2026-10-01T12:00:00Z");
  bad({"backfill", "--to", "2026-10-01", "--from", "2026-10-01", "--output", "x"},
      "flag --to: \"2026-10-01\" is not after \"2026-10-01\", which is --from; write a later one");
  bad({"backfill", "--from", "2026-10-01T12:00:00Z", "--to", "2026-10-01T11:00:00Z", "--output",
       "x"},
      "flag --to: \"2026-10-01T11:00:00Z\" is not after \"2026-10-01T12:00:00Z\", which is --from; "
      "write a later one");
}

TEST(BadBackfillFlags, HaveStepsThatAreNone) {
  for (const std::string step : {"2h", "1H", "hour", "60m", "24h", "1", "1d1h"}) {
    bad(complete({"--step", step}),
        "flag --step: \"" + step + "\" is not one of 1h, 1d; write one of them");
  }
}

TEST(BadBackfillFlags, WriteNowhere) {
  bad({"backfill", "--from", "2026-10-01", "--to", "2026-11-01", "--output="},
      "flag --output: has no value; write one");
  bad({"backfill", "--from", "2026-10-01", "--to", "2026-11-01", "--output", "a\nb"},
      "flag --output: holds a control character; write the path of a file");
}

TEST(BadBackfillFlags, HaveLabelsThatAreNone) {
  const auto label = [](const std::string& text, const std::string& message) {
    bad(complete({"--label", text}), "flag --label: " + message);
  };
  for (const std::string text : {"job", "job=", "="}) {
    label(text, "\"" + text + "\" is not a name and a value; write them as job=opencost-exporter");
  }
  for (const std::string name :
       {"", "9a", "a-b", "a.b", "a b", "__name__", "__x", "größe", "a:b"}) {
    label(name + "=x", "\"" + name +
                           "\" is not the name of a label; write letters, digits and underscores, "
                           "no digit first and no two underscores");
  }
  for (const std::string name : {"cluster", "namespace", "pod", "controller", "controller_kind",
                                 "node", "resource", "instance_type"}) {
    label(name + "=x", "\"" + name + "\" is a label the costs have already; write another name");
  }
  label("job=a\tb",
        "\"job=a\\x09b\" has a value that is not UTF-8 or holds a control character; write plain "
        "text");
  label("job=\xff",
        "\"job=\\xff\" has a value that is not UTF-8 or holds a control character; write plain "
        "text");
  bad(complete({"--label", "job=a", "--label", "job=b"}),
      "flag --label: \"job\" stands twice; leave one out");
}

}  // namespace
}  // namespace exporter::config
