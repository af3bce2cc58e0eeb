// Of all rows of an answer, those that are asked for. Inside api/ only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "exporter/api/parameters.h"
#include "exporter/api/route.h"

namespace exporter::api {

/// Indices of rows; the table itself stays as it is.
struct Selected {
  std::vector<std::uint32_t> rows;  // of the page, in its order
  std::size_t matching = 0;
  /// Of the columns that are summed, in their order: over all rows that match. Null cells are left
  /// out; null where there is nothing else.
  std::vector<Value> totals;
  bool more = false;  // rows come behind the page
};

/// The problem: a filter or a sort names a column that this answer does not have.
Answer<Selected> select(const Table& table, const RowsRoute& route, const Asked& asked);

}  // namespace exporter::api
