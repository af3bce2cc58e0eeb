#include <cstring>

#include "exporter/opencost/splitter.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace exporter::opencost {
namespace {

constexpr std::uint64_t kEven = 0x5555555555555555u;

// Bit i of the result is the parity of bits 0..i.
std::uint64_t prefix_xor(std::uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

// The bytes that a backslash makes literal. `carry` is 1 when the last block ended in an odd run.
// The subtraction lets each run of backslashes ripple to its end; runs of odd length that start on
// an even bit end on an odd one and the other way round, which tells them apart.
std::uint64_t escaped_bytes(std::uint64_t backslash, std::uint64_t& carry) {
  if (backslash == 0) {
    const std::uint64_t escaped = carry;
    carry = 0;
    return escaped;
  }
  backslash &= ~carry;
  const std::uint64_t follows = backslash << 1 | carry;
  const std::uint64_t odd_starts = backslash & ~kEven & ~follows;
  std::uint64_t even_runs = 0;
  carry = __builtin_add_overflow(odd_starts, backslash, &even_runs) ? 1 : 0;
  const std::uint64_t invert = even_runs << 1;
  return (kEven ^ invert) & follows;
}

}  // namespace

BlockMasks BlockScanner::combine(std::uint64_t quote, std::uint64_t backslash, std::uint64_t open,
                                 std::uint64_t close) {
  quote &= ~escaped_bytes(backslash, escaped_);
  const std::uint64_t inside = prefix_xor(quote) ^ in_string_;
  in_string_ = (inside >> 63) != 0 ? ~std::uint64_t{0} : 0;
  return {open & ~inside, close & ~inside};
}

namespace {

// `{` and `[` differ in one bit, as do `}` and `]`: setting it makes one comparison do for both.
constexpr char kFold = 0x20;

#if defined(__x86_64__)

struct RawMasks {
  std::uint64_t quote = 0, backslash = 0, open = 0, close = 0;
};

__attribute__((target("avx512bw"))) RawMasks masks_avx512(const char* block) {
  const __m512i bytes = _mm512_loadu_si512(block);
  const __m512i folded = _mm512_or_si512(bytes, _mm512_set1_epi8(kFold));
  return {_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')),
          _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')),
          _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('{')),
          _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('}'))};
}

RawMasks masks_sse2(const char* block) {
  RawMasks masks;
  for (unsigned part = 0; part < 4; ++part) {
    __m128i bytes;
    std::memcpy(&bytes, block + std::size_t{16} * part, sizeof bytes);
    const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(kFold));
    const auto mask = [part](__m128i equal) {
      return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(equal)))
             << (16 * part);
    };
    masks.quote |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    masks.backslash |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    masks.open |= mask(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')));
    masks.close |= mask(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
  }
  return masks;
}

#endif

}  // namespace

BlockMasks BlockScanner::scan(const char* block) {
#if defined(__x86_64__)
  static const bool wide = __builtin_cpu_supports("avx512bw");
  const RawMasks masks = wide ? masks_avx512(block) : masks_sse2(block);
  return combine(masks.quote, masks.backslash, masks.open, masks.close);
#else
  return scan_portably(block);
#endif
}

BlockMasks BlockScanner::scan_portably(const char* block) {
  std::uint64_t quote = 0, backslash = 0, open = 0, close = 0;
  for (int i = 0; i < 64; ++i) {
    const char byte = block[i];
    quote |= std::uint64_t{byte == '"'} << i;
    backslash |= std::uint64_t{byte == '\\'} << i;
    open |= std::uint64_t{byte == '{' || byte == '['} << i;
    close |= std::uint64_t{byte == '}' || byte == ']'} << i;
  }
  return combine(quote, backslash, open, close);
}

}  // namespace exporter::opencost
