// A query, split and decoded, and what is wrong with it. Inside api/ only.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/api/route.h"
#include "exporter/api/text.h"

namespace exporter::api {

/// What is wrong with the parameters of a request: a sentence for each fault.
class Faults {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    if (!text_.empty()) text_ += ' ';
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }
  void illegal(std::string_view name, std::string_view value, std::string_view must) {
    add("Parameter {} is {}: it must be {}.", name, quoted(value), must);
  }

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
