#include "exporter/api/media.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "exporter/api/text.h"

namespace exporter::api {
namespace {

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// What a range says about its types. A q that is no number counts as absent.
double quality_of(std::string_view parameters) {
  double quality = 1;
  while (!parameters.empty()) {
    std::string_view value = next_part(parameters, ';');
    if (lower(trim(next_part(value, '='))) != "q") continue;
    value = trim(value);
    double given = 1;
    const auto error = std::from_chars(value.data(), value.data() + value.size(), given).ec;
    // Below zero and NaN forbid as zero does.
    if (error == std::errc()) quality = given > 0 ? std::min(given, 1.0) : 0;
  }
  return quality;
}

/// How welcome one type is: what the most exact range says that it is in.
class Welcome {
 public:
  explicit Welcome(std::string_view type)
      : ranges_{"*/*", std::string(type.substr(0, type.find('/'))) + "/*", std::string(type)} {}

  void add(const std::string& range, double quality) {
    for (std::size_t i = 0; i < std::size(ranges_); ++i) {
      if (range == ranges_[i]) quality_[i] = std::max(quality_[i], quality);
    }
  }
  double quality() const {
    if (quality_[2] >= 0) return quality_[2];
    return std::max(quality_[1] >= 0 ? quality_[1] : quality_[0], 0.0);
  }

 private:
  std::string ranges_[3];
  double quality_[3] = {-1, -1, -1};  // below 0: not named
};

}  // namespace

std::optional<Media> negotiate(std::string_view accept, bool csv) {
  if (trim(accept).empty()) return Media::json;
  Welcome json("application/json"), table("text/csv");
  while (!accept.empty()) {
    std::string_view element = next_part(accept, ',');
    const std::string range = lower(trim(next_part(element, ';')));
    const double quality = quality_of(element);
    json.add(range, quality);
    table.add(range, quality);
  }
  const double second = csv ? table.quality() : 0;
  if (json.quality() <= 0 && second <= 0) return std::nullopt;
  return json.quality() >= second ? Media::json : Media::csv;
}

}  // namespace exporter::api
