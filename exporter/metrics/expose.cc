#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "exporter/metrics/writer.h"

namespace exporter::metrics {
namespace {

constexpr std::string_view kEnd = "# EOF\n";
// RFC 1952: magic, deflate, no flags, no time, no extra, unknown system.
constexpr std::string_view kGzipHeader("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);

std::string little_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

// What ends a member: a final block that holds `last`, and the sums over all of its text.
std::string gzip_end(std::string_view last, std::uint32_t crc, std::uint64_t length) {
  return deflate_last(last) + little_endian(crc) +
         little_endian(static_cast<std::uint32_t>(length));
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view next_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return trim(part);
}

struct Preference {
  std::string name;     // lower case
  std::string version;  // of application/openmetrics-text
  double quality = 1;
};

// An element of Accept or Accept-Encoding. A q that is no number counts as absent.
Preference read_preference(std::string_view element) {
  Preference preference;
  preference.name = lower(next_part(element, ';'));
  while (!element.empty()) {
    std::string_view parameter = next_part(element, ';');
    const std::string name = lower(next_part(parameter, '='));
    const std::string_view value = trim(parameter);
    if (name == "q") {
      double quality = 1;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), quality);
      // Below zero and NaN forbid as zero does.
      if (error == std::errc()) preference.quality = quality > 0 ? std::min(quality, 1.0) : 0;
    } else if (name == "version") {
      preference.version = value;
    }
  }
  return preference;
}

void skip_any(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

}  // namespace

Format negotiate_format(std::string_view accept) {
  double text = 0, openmetrics = 0;
  while (!accept.empty()) {
    const Preference preference = read_preference(next_part(accept, ','));
    if (preference.name == "application/openmetrics-text") {
      const bool ours = preference.version.empty() || preference.version.starts_with("1.") ||
                        preference.version.starts_with("0.0.");
      if (ours) openmetrics = std::max(openmetrics, preference.quality);
    } else if (preference.name == "text/plain" || preference.name == "text/*" ||
               preference.name == "*/*") {
      text = std::max(text, preference.quality);
    }
  }
  return openmetrics > 0 && openmetrics >= text ? Format::openmetrics : Format::text;
}

Encoding negotiate_encoding(std::string_view accept_encoding) {
  double gzip = -1, any = -1, identity = -1;
  while (!accept_encoding.empty()) {
    const Preference preference = read_preference(next_part(accept_encoding, ','));
    if (preference.name == "gzip" || preference.name == "x-gzip") gzip = preference.quality;
    if (preference.name == "identity") identity = preference.quality;
    if (preference.name == "*") any = preference.quality;
  }
  if (gzip < 0) gzip = any;
  return gzip > 0 && gzip >= identity ? Encoding::gzip : Encoding::identity;
}

std::string_view content_type(Format format) {
  return format == Format::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

std::string gzip(std::string_view text) {
  Deflater deflater;
  deflater.add(text);
  deflater.flush();
  std::string out(kGzipHeader);
  for (const std::string& block : deflater.take_blocks()) out += block;
  return out + gzip_end({}, crc32(0, text), text.size());
}

std::shared_ptr<const Exposition> expose(std::shared_ptr<const Page> page, std::string_view live,
                                         const Selection& selection) {
  auto exposition = std::make_shared<Exposition>();
  if (selection.cost) exposition->page = std::move(page);
  const Page* const cost = exposition->page.get();

  std::string tail(selection.exporter ? live : std::string_view());
  if (selection.format == Format::openmetrics) tail += kEnd;
  const std::uint32_t crc = crc32(cost != nullptr ? cost->crc32 : 0, tail);
  const std::uint64_t length = (cost != nullptr ? cost->text_bytes : 0) + tail.size();
  const bool gzip = selection.encoding == Encoding::gzip;
  exposition->etag =
      fmt::format("\"{:08x}-{:x}-{}{}\"", crc, length,
                  selection.format == Format::openmetrics ? "o" : "t", gzip ? "-gzip" : "");
  if (gzip) {
    exposition->head = kGzipHeader;
    tail = gzip_end(tail, crc, length);
  }
  exposition->tail = std::move(tail);

  const auto put = [&](std::string_view piece) {
    if (piece.empty()) return;
    exposition->pieces.push_back(piece);
    exposition->bytes += piece.size();
  };
  put(exposition->head);
  if (cost != nullptr) {
    for (const std::string& block : gzip ? cost->deflated : cost->text()) put(block);
  }
  put(exposition->tail);
  return exposition;
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  constexpr std::string_view kBetween = " \t,";
  std::string_view rest = if_none_match;
  skip_any(rest, kBetween);
  if (rest.starts_with('*')) return rest.find_first_not_of(" \t", 1) == std::string_view::npos;
  while (!rest.empty()) {
    if (rest.starts_with("W/")) rest.remove_prefix(2);
    const std::size_t close = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
    if (close == std::string_view::npos) return false;
    if (rest.substr(0, close + 1) == etag) return true;
    rest.remove_prefix(close + 1);
    skip_any(rest, kBetween);
  }
  return false;
}

}  // namespace exporter::metrics
