// Answers of real servers, where they are at hand: each has its verdict here. They are other
// projects' data and not part of this one.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/opencost/answers.h"
#include "tests/opencost/oracle.h"

namespace exporter::opencost {
namespace {

struct Sample {
  Query query;
  std::string_view start, end;
  std::string_view verdict;
};

// Rows aggregated by namespace are not what is asked for as `current`: they name no pod, except
// where a namespace has only one. Read as `today` they are the workloads of their namespace.
const std::map<std::string, Sample>& samples() {
  constexpr std::string_view kFrom = "2026-10-03T09:58:00Z", kTo = "2026-10-03T10:58:00Z";
  static const std::map<std::string, Sample> table = {
      {"opencost-1.121.3/allocation-namespace-idle.json",
       {Query::today, kFrom, kTo, "6 rows: idle 1115650, workload 362510"}},
      {"opencost-1.121.3/allocation-namespace-step-1m-first7sets.excerpt.json",
       {Query::today, kFrom, kTo, "shape: `data` holds 7 sets where one window was asked for"}},
      {"opencost-1.121.3/allocation-pod-60m-first3rows.excerpt.json",
       {Query::current, kFrom, kTo, "3 rows: workload 39120"}},
      {"opencost-1.121.3/allocation-pod-filtered-namespace.json",
       {Query::current, kFrom, kTo, "2 rows: workload 140820"}},
      {"opencost-1.121.3/error-bad-window.txt",
       {Query::current, kFrom, kTo,
        "parse: the answer is not a JSON object but begins with \"Invalid 'window' parameter: "
        "illegal window: notawindow\\x0a\""}},
      {"opencost-1.121.3/error-no-window.txt",
       {Query::current, kFrom, kTo,
        "parse: the answer is not a JSON object but begins with \"Invalid 'window' parameter: "
        "illegal window: \\x0a\""}},
      {"opencost-1.121.3/error-controller-filter.json",
       {Query::current, kFrom, kTo,
        "envelope: the envelope says code 500: invalid filter: parsing filter: 1 error "
        "occurred:\\x0a\\x09* at 'controller': expect filter field\\x0a\\x0a"}},
      {"opencost-pre-1.112/kartverket-opencost_response.json",
       {Query::today, "2024-09-30T12:00:00Z", "2024-10-01T12:00:00Z",
        "4 rows: idle 0, workload 8279760, idle clamped"}},
      {"opencost-website/allocation-example-output.json",
       {Query::today, "2023-07-12T11:02:46Z", "2023-07-19T11:02:46Z", "3 rows: workload 1778150"}},
      {"opencost-website/cloudCost-example-output.json",
       {Query::today, kFrom, kTo, "shape: `data` is an object where a list of sets was expected"}},
      {"opencost-website/assets-7d-derived.json",
       {Query::assets, "2024-06-22T00:00:00Z", "2024-06-29T00:00:00Z",
        "2 assets: node 466114 spot e2-small, disk 65973"}},
      {"opencost-website/assets-7d-elided.txt",
       {Query::assets, "2024-06-22T00:00:00Z", "2024-06-29T00:00:00Z", "parse"}},
      {"synthetic/absurd-values.json",
       {Query::current, kFrom, kTo, "empty: none of its 1 rows is a usable workload (1 rejected)"}},
      {"synthetic/negative-minutes-and-cost.json",
       {Query::current, "2026-09-19T05:44:57Z", "2026-09-19T05:46:13Z",
        "empty: none of its 1 rows is a usable workload (1 rejected)"}},
      {"synthetic/nan-as-null-fields.json",
       {Query::current, kFrom, kTo, "empty: none of its 1 rows is a usable workload (1 rejected)"}},
      {"synthetic/hostile-label-values.json",
       {Query::current, kFrom, kTo, "1 rows: workload 12580"}},
      {"synthetic/empty-set.json",
       {Query::current, kFrom, kTo, "empty: `data` is [{}]: no rows in the window"}},
      {"synthetic/null-set.json",
       {Query::current, kFrom, kTo, "empty: `data` is [null]: no rows in the window"}},
      {"synthetic/empty-list.json", {Query::current, kFrom, kTo, "empty: `data` is an empty list"}},
      {"synthetic/http200-envelope500.json",
       {Query::assets, kFrom, kTo, "envelope: the envelope says code 500: Internal Server Error"}},
      {"synthetic/old-error-envelope.json",
       {Query::current, kFrom, kTo,
        "envelope: the envelope says code 500: Error: error computing allocation for "
        "[2024-01-26T00:00:00+0000, 2024-01-27T00:00:00+0000): query error"}},
      {"synthetic/bad-window-upto-1.120.txt",
       {Query::current, kFrom, kTo,
        "parse: the answer is not a JSON object but begins with \"Invalid 'window' parameter: "
        "illegal window: bogus\\x0a{\"code\":500,\"data\":null,\"messa...\""}},
  };
  return table;
}

// What the rows say beside their costs, each read as if it were a pod: its hours, then charged,
// requested and used CPU, memory and GPU.
const std::map<std::string, std::string>& usages() {
  static const std::map<std::string, std::string> table = {
      {"opencost-1.121.3/allocation-namespace-idle.json",
       "nothing\n"
       "0.0469523 0.04463/0.0446047/0.000545117 3.07798e+07/1.42776e+07/2.62514e+07 0/0/?\n"
       "0.0469523 0/0/4.69523e-07 517830/0/695097 0/0/?\n"
       "0.0469523 0.04695/0.0469523/0 5.04148e+07/5.04147e+07/94684 0/0/?\n"
       "0.0469523 0.00047/0.000469523/1.22076e-05 2.76021e+06/2.70782e+06/2.18841e+06 0/0/?\n"
       "1 0.00029/0/5e-05 5.46723e+06/0/7.15897e+06 0/0/?\n"},
      {"opencost-1.121.3/allocation-pod-60m-first3rows.excerpt.json",
       "0.0468752 0.00469/0.00468752/1.125e-05 3.44065e+06/3.44065e+06/1.00212e+06 0/0/?\n"
       "0.0468752 0.00469/0.00468752/8.43753e-06 3.44065e+06/3.44065e+06/943427 0/0/?\n"
       "0.0468752 0.00469/0.00468752/0.000141563 4.91522e+06/4.91522e+06/2.04305e+06 0/0/?\n"},
      {"opencost-1.121.3/allocation-pod-filtered-namespace.json",
       "0.0469415 0.02347/0.0234708/0 2.52015e+07/2.52015e+07/49157.6 0/0/?\n"
       "0.0469415 0.02347/0.0234708/0 2.52015e+07/2.52015e+07/45504.5 0/0/?\n"},
      {"opencost-pre-1.112/kartverket-opencost_response.json",
       "nothing\n"
       "23.6667 0.0242/0/0.0281633 2.41572e+09/0/2.58457e+09 0/0/?\n"
       "23.6667 5.76148/4.73333/1.20156 2.30915e+10/6.35297e+09/1.86252e+10 0/0/?\n"
       "23.6667 7.1/7.1/? 7.44489e+09/7.44489e+09/? 0/0/?\n"},
      {"opencost-website/allocation-example-output.json",
       "167.987 75.5592/75.5589/1.57572 4.08559e+10/2.46492e+10/2.30061e+10 0/0/?\n"
       "167.987 3.35808/3.35806/0.179746 1.93653e+10/1.93653e+10/5.46325e+09 0/0/?\n"
       "167.987 1.15098/0/1.33382 5.05827e+10/0/5.36339e+10 0/0/?\n"},
      {"synthetic/hostile-label-values.json",
       "0.0468752 0.00469/0.00468752/1.125e-05 3.44065e+06/3.44065e+06/1.00212e+06 0/0/?\n"},
  };
  return table;
}

// Aggregated by namespace they name no pod: each is given one, unless it has its own behind it.
std::string as_pods(std::string text) {
  constexpr std::string_view kOpening = "\"properties\":";
  for (auto at = text.find(kOpening); at != std::string::npos; at = text.find(kOpening, at + 1)) {
    text.insert(text.find('{', at) + 1, "\"pod\":\"p\",");
  }
  return text;
}

std::string usage_of(const Result<AllocationAnswer, Fault>& result) {
  if (!result) return "refused";
  std::string out;
  for (const auto& row : result->table->rows) {
    out += plain(row) ? std::string("nothing")
                      : fmt::format("{:g} {} {} {}", row.hours, describe(row.cpu),
                                    describe(row.memory), describe(row.gpu));
    out += '\n';
  }
  return out;
}

std::string summary(const Result<AllocationAnswer, Fault>& result) {
  if (!result) return describe(result.error());
  std::map<model::RowKind, std::int64_t> sums;
  for (const auto& row : result->table->rows) sums[row.kind] += row.costs.total().micros;
  std::string out = fmt::format("{} rows:", result->table->rows.size());
  if (sums.contains(model::RowKind::idle)) {
    out += fmt::format(" idle {},", sums[model::RowKind::idle]);
  }
  out += fmt::format(" workload {}", sums[model::RowKind::workload]);
  if (result->idle_clamped > 0) out += ", idle clamped";
  if (result->rejected.total() > 0) out += ", " + describe(result->rejected);
  return out;
}

std::string summary(const Result<AssetAnswer, Fault>& result) {
  if (!result) return describe(result.error());
  std::string out = fmt::format("{} assets:", result->table->rows.size());
  for (const auto& row : result->table->rows) {
    if (!out.ends_with(':')) out += ',';
    out += fmt::format(" {} {}", to_string(row.type), row.total.micros);
    if (row.spot) out += " spot";
    if (!row.instance_type.empty()) out += fmt::format(" {}", row.instance_type);
  }
  return out + describe(result->rejected);
}

std::string samples_folder() { return EXPORTER_SHARED_DIR "/samples"; }

std::vector<std::string> files() {
  std::vector<std::string> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(samples_folder(), none)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
    found.push_back(entry.path().lexically_relative(samples_folder()).string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

class Samples : public testing::TestWithParam<std::string> {};
// The folder may be absent.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Samples);

TEST_P(Samples, HasItsVerdict) {
  const auto known = samples().find(GetParam());
  ASSERT_NE(known, samples().end()) << "no verdict for " << GetParam();
  std::ifstream file(samples_folder() + "/" + GetParam(), std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  ASSERT_FALSE(text.empty());
  const Sample& sample = known->second;
  for (std::size_t chunk : {std::string::npos, std::size_t{1}, std::size_t{100}}) {
    Asking asking;
    asking.query = sample.query;
    asking.chunk = chunk;
    asking.window = {*model::parse_time(sample.start), *model::parse_time(sample.end)};
    const std::string verdict = sample.query == Query::assets ? summary(decode_assets(text, asking))
                                                              : summary(decode(text, asking));
    if (sample.verdict == "parse") {
      EXPECT_TRUE(verdict.starts_with("parse: ")) << verdict;
    } else {
      EXPECT_EQ(verdict, sample.verdict);
    }
  }
}

TEST_P(Samples, SaysWhatWasUsed) {
  const auto known = samples().find(GetParam());
  ASSERT_NE(known, samples().end()) << "no verdict for " << GetParam();
  std::ifstream file(samples_folder() + "/" + GetParam(), std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const Sample& sample = known->second;
  if (sample.query == Query::assets) return;
  Asking asking;
  asking.window = {*model::parse_time(sample.start), *model::parse_time(sample.end)};
  const auto pods = decode(as_pods(text), asking);
  const auto usage = usages().find(GetParam());
  EXPECT_EQ(usage_of(pods), usage == usages().end() ? "refused" : usage->second);
  asking.query = Query::today;
  const auto days = decode(text, asking);
  if (!days) return;
  for (const auto& row : days->table->rows) EXPECT_TRUE(plain(row)) << describe(row);
}

INSTANTIATE_TEST_SUITE_P(All, Samples, testing::ValuesIn(files()), [](const auto& instance) {
  std::string name = instance.param;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

// A namespace of one pod keeps the pod's name when it is aggregated, and passes for that pod; the
// others have lost it. That is why only answers with a pod each are asked for.
TEST(NamespaceRows, AreNotPods) {
  const std::string whole = R"({"cluster":"prod","namespace":"shop","node":"n1"})";
  const auto result = decode(answer(keyed("shop", row().set("properties", whole)) + "," +
                                    keyed("one", row().set("properties", properties("one", "p")))));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->table->rows.size(), 1u);
  EXPECT_EQ(describe(result->rejected),
            "no_identity x1 shop: neither its properties nor its key name its pod");
}

}  // namespace
}  // namespace exporter::opencost
