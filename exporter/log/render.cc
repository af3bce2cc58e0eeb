#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>

#include "exporter/log/log.h"

namespace exporter::log {
namespace {

struct Character {
  std::size_t bytes = 0;  // 0: not UTF-8 here
  std::uint32_t code = 0;
};

Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  std::uint32_t code = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return {};
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return {};
  return {bytes, code};
}

// C1 controls steer terminals just as C0 controls do; the separators break lines in some viewers.
bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029;
}

void append_escaped(std::string& out, std::uint32_t code) {
  switch (code) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
  }
}

// The escapes of JSON, which logfmt readers understand as well.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Character character = decode(text);
    if (character.bytes == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD
      text.remove_prefix(1);
      continue;
    }
    if (character.code == '"' || character.code == '\\' || is_control(character.code)) {
      append_escaped(out, character.code);
    } else {
      out += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return out + '"';
}

std::string logfmt_value(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '=' && c != '"' && c != '\\';
  });
  return plain ? std::string(text) : quoted(text);
}

std::string logfmt_key(std::string_view text) {
  std::string key(text);
  for (char& c : key) {
    if (c <= ' ' || c >= 0x7F || c == '=' || c == '"') c = '_';
  }
  return key;
}

}  // namespace

std::string render(const Event& event, Format format, std::string_view timestamp) {
  const bool json = format == Format::json;
  std::string line = json ? fmt::format(R"({{"ts":{},"level":"{}","msg":{})", quoted(timestamp),
                                        to_string(event.level), quoted(event.message))
                          : fmt::format("ts={} level={} msg={}", logfmt_value(timestamp),
                                        to_string(event.level), quoted(event.message));
  std::set<std::string> taken{"ts", "level", "msg"};
  for (const auto& [name, value] : event.fields) {
    std::string key = json ? quoted(name) : logfmt_key(name);
    if (json) key = key.substr(1, key.size() - 2);
    // A key that stands twice would hide a value from whoever parses the line.
    while (key.empty() || taken.contains(key)) key += '_';
    line += json ? fmt::format(R"(,"{}":{})", key, quoted(value))
                 : fmt::format(" {}={}", key, logfmt_value(value));
    taken.insert(std::move(key));
  }
  if (json) line += '}';
  return line;
}

}  // namespace exporter::log
