// How allocation rows are keyed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exporter::demo {

struct Row;

/// What `aggregate=` asks for. Words OpenCost does not know are dropped, as it does.
struct Aggregate {
  enum class Part : std::uint8_t {
    cluster,
    node,
    name_space,
    controller_kind,
    controller,
    service,
    pod,
    container,
    by_kind,  // deployment, daemonset, statefulset, job: the controller where it is of that kind
    label,
    annotation,
  };
  struct Word {
    Part part = Part::cluster;
    std::string name;  // of the label, the annotation or the kind
  };
  std::vector<Word> words;
};
/// An empty text is OpenCost's default: cluster,node,namespace,pod,container.
Aggregate parse_aggregate(std::string_view text);

/// The key of a row: its parts joined by `/`, `__unallocated__` where it has none.
std::string row_key(const Aggregate& aggregate, const Row& row);

}  // namespace exporter::demo
