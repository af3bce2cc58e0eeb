// The query of a request, checked against a route. Inside api/ only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/api/media.h"
#include "exporter/api/route.h"

namespace exporter::api {

/// A value longer than this is refused, and so are more parameters than that, and more `*` in a
/// pattern.
inline constexpr std::size_t kLongestValue = 256;
inline constexpr std::size_t kMostParameters = 64;
inline constexpr std::size_t kMostStars = 8;
/// Whole numbers up to here are the same in JSON everywhere.
inline constexpr std::uint64_t kLargest = (std::uint64_t{1} << 53) - 1;
/// Dates are from the first of these years to the last.
inline constexpr int kFirstYear = 2000, kLastYear = 2199;

/// Rows of a page: as many as are sent when nobody says, and at most.
struct PageSize {
  std::size_t usual, most;
};
constexpr PageSize page_size(Media media) {
  return media == Media::csv ? PageSize{100'000, 100'000} : PageSize{100, 1'000};
}

struct SortKey {
  std::string_view column;  // of the route's columns
  bool descending = false;
};

struct Filter {
  std::string_view column;  // of the route's columns
  std::vector<std::string> patterns{};
};

/// All that a request says. Views point into the table of routes.
struct Asked {
  Parameters parameters{};
  std::vector<Filter> filters{};
  std::vector<SortKey> sort{};  // empty: nobody said
  std::size_t limit = 0;
  std::uint64_t offset = 0;
  std::string snapshot{};  // empty: whatever is published
  /// All but `offset` and `snapshot`, decoded: what the next page is asked for with.
  std::vector<std::pair<std::string, std::string>> same{};
};

/// The problem names everything that is wrong.
Answer<Asked> read(std::string_view query, const RowsRoute& route, Media media);
/// Of a route that takes no parameters.
Answer<void> read_none(std::string_view query);

/// The parameters of every route of rows, as the document tells them.
std::span<const Parameter> common_parameters();
/// Whether a parameter of the route stands in for a filter of that name.
bool has_parameter(const RowsRoute& route, std::string_view name);
/// The columns that are parameters.
std::vector<const Column*> filters_of(const RowsRoute& route);
/// `-total_cost, cluster`; a REQUIRES of the table of routes: the columns are the route's.
std::vector<SortKey> sort_of(const RowsRoute& route);

/// Of a parameter of the type `choice`: the words, and the prefix of what is followed by a name
/// (`label:`), if there is one.
struct Choices {
  std::vector<std::string_view> words;
  std::string_view prefix{};
};
Choices choices_of(const Parameter& parameter);

}  // namespace exporter::api
