// Any bytes as an answer of allocations. The first byte chooses how they arrive, the second what
// was asked.
#include <cstddef>
#include <cstdint>
#include <set>

#include "tests/fuzz/require.h"
#include "tests/opencost/answers.h"
#include "tests/opencost/oracle.h"

namespace exporter::opencost {
namespace {

bool sorted_and_unique(const std::vector<model::Allocation>& rows) {
  const auto key = [](const model::Allocation& row) {
    return std::tie(row.cluster, row.name_space, row.pod, row.controller_kind, row.controller);
  };
  return std::adjacent_find(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
           return !(key(a) < key(b));
         }) == rows.end();
}

void check_labels(const model::AllocationTable& table) {
  require(table.label_sets.at(0).empty(), "the first label set is empty");
  const std::set<model::LabelSet> distinct(table.label_sets.begin(), table.label_sets.end());
  require(distinct.size() == table.label_sets.size(), "no label set stands there twice");
  for (const model::LabelSet& set : table.label_sets) {
    for (std::size_t i = 0; i < set.size(); ++i) {
      require(set[i].name == "app" || set[i].name == "annotation:app" || set[i].name == "team",
              "only labels that were wanted");
      require(i == 0 || set[i - 1].name < set[i].name, "labels are sorted, each once");
      require(!set[i].value.empty(), "no label is empty");
    }
  }
  for (const auto& row : table.rows) {
    require(row.label_set < table.label_sets.size(), "every row has a label set");
  }
}

void check(const AllocationAnswer& answer, std::string_view text, Query query) {
  const auto& rows = answer.table->rows;
  const model::Window& window = answer.table->window;
  const model::Window& lived = answer.table->lived;
  require(unsound(answer, query).empty(), "usage and names of rejected rows are sound");
  require(lived.start >= window.start && lived.end <= window.end, "lived inside the window");
  check_labels(*answer.table);
  if (query == Query::day && rows.empty()) {
    require(lived.start == lived.end, "who has no rows has not lived");
    require(answer.rejected.total() == 0, "a day without rows rejected none");
    return;
  }
  require(!rows.empty(), "an accepted answer has rows");
  require(sorted_and_unique(rows), "rows are sorted and unique");
  require(rows.size() + answer.rows_skipped + answer.rejected.total() == count_members(text, 3),
          "every row is accepted, skipped or rejected");
  double sum = 0;
  for (const auto& row : rows) sum += row.costs.total().amount();
  require(sum < 1e12 && sum > -1e12, "the sum is a bill");
  std::uint64_t examples = 0;
  for (std::uint64_t count : answer.rejected.counts) examples += count > 0 ? 1 : 0;
  require(examples == answer.rejected.examples.size(), "an example a reason");
}

}  // namespace
}  // namespace exporter::opencost

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exporter::opencost;
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  Asking asking;
  asking.query = (data[1] & 1) != 0 ? Query::today : Query::current;
  if ((data[1] & 2) != 0) asking.cluster = "ours";
  if ((data[1] & 4) != 0) asking.query = Query::day;
  if ((data[1] & 8) != 0) asking.labels = {"annotation:app", "app", "team"};
  const auto whole = decode(text, asking);
  asking.chunk = 1 + data[0] % 130;
  const auto pieces = decode(text, asking);
  exporter::require(everything(whole) == everything(pieces), "chunking changes nothing");
  if (whole) check(*whole, text, asking.query);
  return 0;
}
