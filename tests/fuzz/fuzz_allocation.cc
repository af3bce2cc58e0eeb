// Any bytes as an answer of allocations. The first byte chooses how they arrive, the second what
// was asked.
#include <cstddef>
#include <cstdint>

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

void check(const AllocationAnswer& answer, std::string_view text) {
  const auto& rows = answer.table->rows;
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
  const auto whole = decode(text, asking);
  asking.chunk = 1 + data[0] % 130;
  const auto pieces = decode(text, asking);
  exporter::require(describe(whole) == describe(pieces), "chunking changes nothing");
  if (whole) check(*whole, text);
  return 0;
}
