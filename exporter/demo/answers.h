// The bodies of the two questions OpenCost is asked.
#pragma once

#include <string>
#include <string_view>

#include "exporter/demo/inventory.h"
#include "exporter/demo/rows.h"

namespace exporter::demo {

/// One element of the list under `data` in an answer to /allocation: an object of rows by key.
void append_allocation_set(const Inventory& inventory, std::string_view cluster,
                           const Question& question, std::string& out);

/// What is under `data` in an answer to /assets: an object of assets by key.
void append_assets(const Inventory& inventory, std::string_view cluster, const Question& question,
                   std::string& out);

/// Discount off, not rounded: what the asset of the node states as its total.
double node_total(const Node& node, double hours);

}  // namespace exporter::demo
