// Rolled-up rows as maps by name, for comparison with sums made another way.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/cost/cost.h"

namespace exporter::cost::samples {

using Names = std::vector<std::string>;
using Sums = std::map<Names, model::Costs>;

inline std::string text(std::string_view view) { return std::string(view); }

/// Fails when the rows are not sorted or a name stands there twice.
template <class Rows, class Key>
Sums sums(const Rows& rows, Key key) {
  Sums out;
  Names last;
  for (const auto& row : rows) {
    const Names names = key(row);
    EXPECT_TRUE(out.empty() || last < names) << testing::PrintToString(names);
    out[names] = row.costs;
    last = names;
  }
  return out;
}

}  // namespace exporter::cost::samples
