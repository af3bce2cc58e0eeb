// Words as a table of a page shows them.
#pragma once

#include <string>
#include <string_view>

namespace exporter::config {

inline std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

/// Nothing where there is no text.
inline std::string code(std::string_view text) {
  return text.empty() ? std::string() : '`' + std::string(text) + '`';
}

}  // namespace exporter::config
