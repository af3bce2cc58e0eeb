#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Result<Invocation, Exit> run(std::vector<const char*> words) {
  words.insert(words.begin(), "/usr/bin/opencost-exporter");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

Invocation taken(const std::vector<const char*>& words) {
  auto result = run(words);
  if (result) return *result;
  ADD_FAILURE() << result.error().output;
  return {};
}

TEST(CommandLine, RunsWithoutWords) {
  const Invocation invocation = taken({});
  EXPECT_EQ(invocation.command, Command::run);
  EXPECT_EQ(invocation.config_file, "");
  EXPECT_TRUE(invocation.flags.empty());
  EXPECT_EQ(invocation.demo, demo::ClusterOptions{});
}

TEST(CommandLine, TakesFlagsOnBothSidesOfTheCommand) {
  EXPECT_EQ(taken({"run"}).command, Command::run);
  EXPECT_EQ(taken({"check-config", "--config.file", "a.yaml"}).command, Command::check_config);
  EXPECT_EQ(taken({"check-config", "--config.file", "a.yaml"}).config_file, "a.yaml");
  EXPECT_EQ(taken({"--config.file=a.yaml", "check-config"}).config_file, "a.yaml");
  EXPECT_EQ(taken({"print-docs"}).docs_directory, "");
  EXPECT_EQ(taken({"print-docs", "--output", "docs"}).docs_directory, "docs");
  EXPECT_EQ(taken({"--record", "d"}).record_directory, "d");
  EXPECT_EQ(taken({"--replay", "d"}).replay_directory, "d");

  const Invocation demo = taken({"--log.level=debug", "demo", "--seed", "7", "--pods=100",
                                 "--nodes", "9", "--log.format", "json", "--name=eu 1"});
  EXPECT_EQ(demo.command, Command::demo);
  EXPECT_EQ(demo.demo.seed, 7u);
  EXPECT_EQ(demo.demo.pods, 100);
  EXPECT_EQ(demo.demo.nodes, 9);
  EXPECT_EQ(demo.demo.name, "eu 1");
  EXPECT_THAT(demo.flags, ElementsAre(Pair("log.format", "json"), Pair("log.level", "debug")));
}

TEST(CommandLine, TakesWhatToExplain) {
  const Invocation space = taken({"explain", "payments", "--config.file", "a.yaml"});
  EXPECT_EQ(space.command, Command::explain);
  EXPECT_EQ(space.explain.name_space, "payments");
  EXPECT_EQ(space.explain.workload, "");
  EXPECT_EQ(space.config_file, "a.yaml");

  const Invocation workload = taken({"--log.level=debug", "explain", "dev-ada", "web.0-1"});
  EXPECT_EQ(workload.explain.name_space, "dev-ada");
  EXPECT_EQ(workload.explain.workload, "web.0-1");

  const Invocation same = taken({"explain", "--log.level", "debug", "demo", "run"});
  EXPECT_EQ(same.command, Command::explain) << "for a namespace may be called like a command";
  EXPECT_EQ(same.explain.name_space, "demo");
  EXPECT_EQ(same.explain.workload, "run");
  EXPECT_EQ(taken({"explain", "__unallocated__"}).explain.name_space, "__unallocated__");
}

TEST(CommandLine, KeepsSettingsByTheirKey) {
  EXPECT_THAT(
      taken({"--web.listen-address", ":1", "--web.listen-address=[::1]:2", "--web.telemetry-path",
             "/m"})
          .flags,
      ElementsAre(Pair("web.listen_addresses", ":1,[::1]:2"), Pair("web.telemetry_path", "/m")));
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  const auto check = [](const std::vector<const char*>& words, std::string_view message) {
    SCOPED_TRACE(testing::PrintToString(words));
    const auto result = run(words);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, kExitUsage);
    EXPECT_EQ(result.error().output, "opencost-exporter: " + std::string(message) + "\n");
  };

  check({"--log.levle", "debug"}, "\"--log.levle\" is not a flag; did you mean --log.level?");
  check({"--config-file=x"}, "\"--config-file\" is not a flag; did you mean --config.file?");
  check({"demo", "--pod", "3"}, "\"--pod\" is not a flag; did you mean --pods?");
  check({"--zzzzzzzzzzzz"}, "\"--zzzzzzzzzzzz\" is not a flag; see opencost-exporter --help");
  check({"-x"}, "\"-x\" is not a flag; see opencost-exporter --help");
  check({"--token=hunter2"}, "\"--token\" is not a flag; see opencost-exporter --help");
  check({"chek-config"}, "\"chek-config\" is not a command; did you mean check-config?");
  check({"serve"}, "\"serve\" is not a command; see opencost-exporter --help");
  check({"run", "demo"}, "\"demo\" is a second command; write one");
  check({"--seed", "3"},
        "flag --seed belongs to the command demo; write opencost-exporter demo --seed N");
  check({"run", "--output", "x"},
        "flag --output belongs to the commands backfill and print-docs; write opencost-exporter "
        "backfill --output FILE or opencost-exporter print-docs --output DIR");
  check({"--config.file"}, "flag --config.file: has no value; write one");
  check({"--config.file="}, "flag --config.file: has no value; write one");
  check({"--log.level", "a", "--log.level", "b"}, "flag --log.level: stands twice; leave one out");
  check({"demo", "--seed", "x"},
        "flag --seed: \"x\" is not a whole number from 0 to 18446744073709551615; write one");
  check({"demo", "--pods", "0"},
        "flag --pods: \"0\" is not a whole number from 1 to 200000; write one");
  check({"demo", "--nodes", "1.5"},
        "flag --nodes: \"1.5\" is not a whole number from 1 to 10000; write one");
  check({"--name", "eu"},
        "flag --name belongs to the command demo; write opencost-exporter demo --name NAME");
  check({"demo", "--name="}, "flag --name: has no value; write one");
  check({"demo", "--name", "a\tb"},
        "flag --name: \"a\\x09b\" holds a control character; write letters, digits and dashes");
  check({"demo", "--name", "\xff"}, "flag --name: \"\\xff\" is not UTF-8; write the name in UTF-8");
  check({"demo", "--name", "a", "--name", "b"}, "flag --name: stands twice; leave one out");
  check({"explain"}, "NAMESPACE is missing; write opencost-exporter explain payments");
  check({"explain", ""},
        "NAMESPACE: \"\" is not the name of a namespace; write lower-case letters, digits and "
        "dashes, such as payments");
  check({"explain", "pay-*"},
        "NAMESPACE: \"pay-*\" is not the name of a namespace; write lower-case letters, digits "
        "and dashes, such as payments");
  check({"explain", "a/b"},
        "NAMESPACE: \"a/b\" is not the name of a namespace; write lower-case letters, digits and "
        "dashes, such as payments");
  check({"explain", "a", ""},
        "WORKLOAD: \"\" is not the name of a workload; write that of a controller or of a pod "
        "that has none, such as gateway");
  check({"explain", "a", "deployment/b"},
        "WORKLOAD: \"deployment/b\" is not the name of a workload; write that of a controller or "
        "of a pod that has none, such as gateway");
  check({"explain", "a", "b", "c"},
        "\"c\" is one word too many; write opencost-exporter explain NAMESPACE [WORKLOAD]");
  check({"explain", "a", "b", "demo"},
        "\"demo\" is one word too many; write opencost-exporter explain NAMESPACE [WORKLOAD]");
  check({"explain", "a", "--pods", "3"},
        "flag --pods belongs to the command demo; write opencost-exporter demo --pods N");
  check({"explain", "a", "--nam"}, "\"--nam\" is not a flag; see opencost-exporter --help");
  check({"run", "explain"}, "\"explain\" is a second command; write one");
  check({"payments"}, "\"payments\" is not a command; see opencost-exporter --help");
  check({"explian", "a"}, "\"explian\" is not a command; did you mean explain?");
  check({"--record", "a", "--replay", "b"},
        "flag --record: has nothing to record beside --replay; leave one out");
}

TEST(CommandLine, PrintsHelpOfTheWholeAndOfEachCommand) {
  for (const char* flag : {"--help", "-h"}) {
    const auto result = run({flag});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, kExitOk);
    EXPECT_THAT(
        result.error().output,
        AllOf(HasSubstr("Usage: opencost-exporter [OPTIONS] [SUBCOMMAND]"),
              HasSubstr("--config.file FILE"), HasSubstr("--web.listen-address ADDRESS"),
              HasSubstr("--web.telemetry-path PATH"), HasSubstr("--log.level LEVEL"),
              HasSubstr("--log.format FORMAT"), HasSubstr("--record DIR"),
              HasSubstr("--replay DIR"), HasSubstr("check-config"), HasSubstr("print-docs")));
  }
  const auto demo = run({"demo", "--help"});
  ASSERT_FALSE(demo);
  EXPECT_EQ(demo.error().code, kExitOk);
  EXPECT_THAT(demo.error().output,
              AllOf(HasSubstr("Usage: opencost-exporter demo [OPTIONS]"), HasSubstr("--seed N"),
                    HasSubstr("--pods N"), HasSubstr("--nodes N")));
}

TEST(CommandLine, PrintsHelpOfExplain) {
  const auto result = run({"explain", "--help"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, kExitOk);
  EXPECT_THAT(result.error().output,
              AllOf(HasSubstr("opencost-exporter explain [OPTIONS] [NAMESPACE] [WORKLOAD]"),
                    HasSubstr("which tenant each workload"), HasSubstr("Namespace to explain.")));
}

TEST(CommandLine, PrintsTheVersion) {
  const auto result = run({"--version"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, kExitOk);
  EXPECT_THAT(result.error().output,
              testing::MatchesRegex("opencost-exporter [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace exporter::config
