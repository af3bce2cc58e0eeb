#include "exporter/ledger/text_list.h"

#include <utility>

namespace exporter::ledger {

void append_line(std::string& list, std::string_view text) {
  for (const char c : text) {
    if (c == '\\') {
      list += "\\\\";
    } else if (c == '\n') {
      list += "\\n";
    } else {
      list += c;
    }
  }
  list += '\n';
}

std::optional<std::vector<std::string>> read_lines(std::string_view list) {
  std::vector<std::string> lines;
  std::string line;
  bool escaped = false;
  for (const char c : list) {
    if (escaped) {
      if (c != '\\' && c != 'n') return std::nullopt;
      line += c == 'n' ? '\n' : c;
      escaped = false;
    } else if (c == '\\') {
      escaped = true;
    } else if (c == '\n') {
      lines.push_back(std::exchange(line, {}));
    } else {
      line += c;
    }
  }
  if (escaped || !line.empty()) return std::nullopt;
  return lines;
}

}  // namespace exporter::ledger
