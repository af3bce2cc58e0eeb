// A query, split and decoded, and what is wrong with it. Inside api/ only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/api/route.h"

namespace exporter::api {

/// What is wrong with the parameters of a request: a sentence for each fault.
class Faults {
 public:
  void add(std::string_view sentence);
  void illegal(std::string_view name, std::string_view value, std::string_view must);

  bool any() const { return !text_.empty(); }
  Problem problem() const { return {"bad_parameter", text_}; }

 private:
  std::string text_;
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// Names and values in the order in which they were sent. What cannot be read is a fault, and left
/// out.
Pairs split(std::string_view query, Faults& faults);

}  // namespace exporter::api
