// A rendered page, line by line. Private to backfill/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exporter::backfill {

/// The lines of a text that was cut into pieces anywhere.
class Lines {
 public:
  /// `pieces` must outlive this.
  explicit Lines(const std::vector<std::string>& pieces) : pieces_(pieces) {}

  /// Without its line break, valid until the next call. Nothing at the end.
  std::optional<std::string_view> next();

 private:
  const std::vector<std::string>& pieces_;
  std::size_t piece_ = 0;
  std::size_t at_ = 0;
  std::string joined_;  // a line that goes on in the next piece
};

/// One series at one time, as it is printed; views into the line.
struct Sample {
  std::string_view family;
  std::string_view labels;  // without braces
  std::string_view value;
};
/// REQUIRES: a sample line as metrics/ writes it.
Sample split_sample(std::string_view line);

/// `labels` (a="b",c="d") and behind them those of `more` whose names are not among them.
std::string add_labels(std::string_view labels,
                       const std::vector<std::pair<std::string, std::string>>& more);

}  // namespace exporter::backfill
