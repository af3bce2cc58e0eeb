#include "exporter/api/query.h"

#include <fmt/format.h>

#include <algorithm>

#include "exporter/api/parameters.h"
#include "exporter/api/text.h"

namespace exporter::api {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto value = static_cast<unsigned char>(c);
    return value < 0x20 || value == 0x7f;
  });
}

}  // namespace

void Faults::add(std::string_view sentence) {
  if (!text_.empty()) text_ += ' ';
  text_ += sentence;
}

void Faults::illegal(std::string_view name, std::string_view value, std::string_view must) {
  add(fmt::format("Parameter {} is {}: it must be {}.", name, quoted(value), must));
}

Pairs split(std::string_view query, Faults& faults) {
  std::vector<std::string_view> parts;
  while (!query.empty()) {
    const std::string_view part = next_part(query, '&');
    if (!part.empty()) parts.push_back(part);
  }
  Pairs out;
  if (parts.size() > kMostParameters) {
    faults.add(fmt::format("The request has {} parameters: at most {} are allowed.", parts.size(),
                           kMostParameters));
    return out;
  }
  for (const std::string_view part : parts) {
    std::string_view value = part;
    const auto name = percent_decoded(next_part(value, '='));
    const auto text = percent_decoded(value);
    if (!name || !text) {
      faults.add(
          fmt::format("{} is not percent-encoded: a % must be followed by two hexadecimal digits.",
                      quoted(part)));
    } else if (!is_utf8(*name) || !is_utf8(*text)) {
      faults.add(fmt::format("{} is not UTF-8.", quoted(part)));
    } else if (has_control(*name) || has_control(*text)) {
      faults.add(fmt::format("{} holds control characters.", quoted(part)));
    } else if (text->size() > kLongestValue) {
      faults.add(fmt::format("Parameter {} is {} bytes long: at most {} are allowed.",
                             quoted(*name), text->size(), kLongestValue));
    } else {
      out.emplace_back(*name, *text);
    }
  }
  return out;
}

}  // namespace exporter::api
