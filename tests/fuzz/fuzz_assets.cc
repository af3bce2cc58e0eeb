// Any bytes as an answer of assets. The first byte chooses how they arrive, the second whether the
// cluster has a name of ours.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/require.h"
#include "tests/opencost/answers.h"
#include "tests/opencost/oracle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exporter::opencost;
  using exporter::require;
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  Asking asking;
  if ((data[1] & 2) != 0) asking.cluster = "ours";
  const auto whole = decode_assets(text, asking);
  asking.chunk = 1 + data[0] % 130;
  require(everything(whole) == everything(decode_assets(text, asking)), "chunking changes nothing");
  if (!whole) return 0;
  const std::uint64_t rows = whole->table->rows.size() + whole->rejected.total();
  require(rows == count_members(text, 2) || rows == count_members(text, 3),
          "every asset is accepted or rejected");
  for (const auto& row : whole->table->rows) {
    require(row.total.micros >= 0, "no negative cost");
    require(row.cores >= 0 && row.memory_bytes >= 0 && row.gpus >= 0, "no negative capacity");
  }
  return 0;
}
