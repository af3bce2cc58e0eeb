// The tests' own reading of compressed bodies, by zlib.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace exporter::metrics::samples {

/// zlib's window bits: which frame it expects around the deflate stream.
enum class Frame { raw = -MAX_WBITS, gzip = 16 + MAX_WBITS };
/// Whether the stream must be closed by a final block with nothing behind it, or left open.
enum class End { closed, open };

/// What `bytes` hold; throws when they are not that. zlib checks gzip's trailer itself.
inline std::string inflated(std::string_view bytes, Frame frame, End end) {
  z_stream stream{};
  if (inflateInit2(&stream, static_cast<int>(frame)) != Z_OK) throw std::runtime_error("zlib");
  std::string input(bytes), text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  int code = Z_OK;
  while (code == Z_OK) {
    const std::size_t had = text.size();
    text.resize(had + 65536);
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + had);
    stream.avail_out = 65536;
    code = inflate(&stream, Z_SYNC_FLUSH);
    text.resize(text.size() - stream.avail_out);
  }
  const bool all = stream.avail_in == 0;
  const bool on_a_byte = (stream.data_type & 7) == 0;
  inflateEnd(&stream);
  if (end == End::closed ? code != Z_STREAM_END : code != Z_BUF_ERROR || !on_a_byte) {
    throw std::runtime_error("inflate says " + std::to_string(code));
  }
  if (!all) throw std::runtime_error("bytes behind the stream");
  return text;
}

}  // namespace exporter::metrics::samples
