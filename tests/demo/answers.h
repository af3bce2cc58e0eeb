// Answers of the demo cluster, read back with a JSON library that knows nothing of it.
#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/demo/demo.h"

namespace exporter::demo {

inline model::Window hours(std::string_view start, int count) {
  const auto begin = *model::parse_time(start);
  return {begin, begin + std::chrono::hours(count)};
}

inline Cost printed_cost(double amount) { return {std::llround(amount * 1e6)}; }

/// An average over the row's time, in cores, bytes or GPUs.
struct ReadUse {
  double request = 0;
  double used = 0;
};

struct ReadRow {
  std::string key;
  std::string name_space;
  std::string pod;
  std::string controller_kind;
  std::string controller;
  std::string node;
  ReadUse cores, bytes;
  double gpus = 0;
  std::vector<std::string> members;
  model::Costs costs;
  double total = 0;
  double minutes = 0;
  std::string start;
  std::string end;
};

inline std::string text_or_empty(simdjson::simdjson_result<simdjson::dom::element> value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

inline ReadRow read_row(std::string_view key, simdjson::dom::element row) {
  using model::Resource;
  ReadRow read;
  read.key = key;
  for (const auto member : simdjson::dom::object(row)) read.members.emplace_back(member.key);
  read.name_space = text_or_empty(row["properties"]["namespace"]);
  read.pod = text_or_empty(row["properties"]["pod"]);
  read.controller_kind = text_or_empty(row["properties"]["controllerKind"]);
  read.controller = text_or_empty(row["properties"]["controller"]);
  read.node = text_or_empty(row["properties"]["node"]);
  read.cores = {double(row["cpuCoreRequestAverage"]), double(row["cpuCoreUsageAverage"])};
  read.bytes = {double(row["ramByteRequestAverage"]), double(row["ramByteUsageAverage"])};
  read.gpus = double(row["gpuCount"]);
  const auto amount = [&](std::string_view member) {
    return printed_cost(double(row[member]) + double(row[std::string(member) + "Adjustment"]));
  };
  read.costs[Resource::cpu] = amount("cpuCost");
  read.costs[Resource::memory] = amount("ramCost");
  read.costs[Resource::gpu] = amount("gpuCost");
  read.costs[Resource::storage] = amount("pvCost");
  read.costs[Resource::network] = amount("networkCost");
  read.costs[Resource::load_balancer] = amount("loadBalancerCost");
  read.total = double(row["totalCost"]);
  read.minutes = double(row["minutes"]);
  read.start = text_or_empty(row["start"]);
  read.end = text_or_empty(row["end"]);
  return read;
}

/// The rows of an answer with one set; a test failure where it is none.
inline std::vector<ReadRow> read_rows(const std::string& body) {
  std::vector<ReadRow> rows;
  simdjson::dom::parser parser;
  simdjson::dom::object set;
  const auto error = parser.parse(body)["data"].at(0).get(set);
  EXPECT_EQ(error, simdjson::SUCCESS) << body.substr(0, 200);
  if (error != simdjson::SUCCESS) return rows;
  for (const auto row : set) rows.push_back(read_row(row.key, row.value));
  return rows;
}

/// Added up without the help of the model.
inline std::map<std::string, model::Costs> add_up(const std::vector<ReadRow>& rows) {
  std::map<std::string, model::Costs> sums;
  for (const ReadRow& row : rows) {
    if (row.key != "__idle__" && row.name_space != "__unmounted__") {
      sums[row.name_space] += row.costs;
    }
  }
  return sums;
}

inline const ReadRow* find_row(const std::vector<ReadRow>& rows, std::string_view key) {
  for (const ReadRow& row : rows) {
    if (row.key == key) return &row;
  }
  return nullptr;
}

}  // namespace exporter::demo
