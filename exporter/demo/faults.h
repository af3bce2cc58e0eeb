// Ways to answer badly, each as it was seen of OpenCost or of what stands before it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/demo/routes.h"

namespace exporter::demo {

struct Fault {
  std::string_view kind;
  std::string_view what;
  /// Turns the right reply into the wrong one.
  void (*apply)(Reply& reply);
};

/// All of them; GET /demo/fault prints this table and docs/demo.md holds it.
const std::vector<Fault>& faults();
/// Null where there is none of that kind.
const Fault* find_fault(std::string_view kind);
/// A line for each fault.
std::string fault_list();

}  // namespace exporter::demo
