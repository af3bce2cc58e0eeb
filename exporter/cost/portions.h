// The rows of workloads, as far as rules can tell them apart. Private to cost/.
#pragma once

#include <string_view>
#include <vector>

#include "exporter/model/model.h"

namespace exporter::cost {

/// What those of one namespace with one label set cost together.
struct Portion {
  std::string_view cluster, name_space;
  const model::LabelSet* labels = nullptr;
  model::Costs costs;
};

/// Views and pointers into the table. Sorted by cluster and namespace; each (cluster, namespace,
/// label set) once.
std::vector<Portion> portions(const model::AllocationTable& table);

}  // namespace exporter::cost
