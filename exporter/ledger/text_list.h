// Lists of text as one text: a line each, where a line break is written `\n` and a backslash `\\`.
// Equal lists, and only they, make equal texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exporter::ledger {

void append_line(std::string& list, std::string_view text);

/// Nothing when the list was not made by append_line.
std::optional<std::vector<std::string>> read_lines(std::string_view list);

}  // namespace exporter::ledger
