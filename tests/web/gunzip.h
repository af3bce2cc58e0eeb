// The tests' own reading of gzip, by zlib.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

namespace exporter::web::samples {

/// What one gzip member holds; throws when it is not exactly one whole and valid member.
inline std::string gunzip(const std::string& bytes) {
  z_stream stream{};
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) throw std::runtime_error("inflateInit2");
  std::string input = bytes, text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  int code = Z_OK;
  while (code == Z_OK) {
    const std::size_t had = text.size();
    text.resize(had + 65536);
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + had);
    stream.avail_out = 65536;
    code = inflate(&stream, Z_NO_FLUSH);
    text.resize(text.size() - stream.avail_out);
  }
  const bool whole = code == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!whole) throw std::runtime_error("not one whole gzip member");
  return text;
}

}  // namespace exporter::web::samples
