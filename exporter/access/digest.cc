#include <fmt/format.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <stdexcept>

#include "exporter/access/access.h"
#include "exporter/access/keyed_hash.h"

namespace exporter::access {
namespace {

/// GnuTLS does what it is asked to, or the process is out of memory or wrongly built.
void require(int code) {
  if (code < 0) throw std::runtime_error(fmt::format("GnuTLS: {}", gnutls_strerror(code)));
}

/// 0 to 15; -1 of what is no hexadecimal digit.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Digest sha256(std::string_view bytes) {
  Digest digest;
  require(gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.data(), bytes.size(), digest.data()));
  return digest;
}

Result<Digest> parse_digest(std::string_view text) {
  Digest digest;
  if (text.size() != 2 * digest.size()) {
    return fail(
        fmt::format("{} characters, not the 64 hexadecimal digits of a SHA-256 "
                    "(printf %s TOKEN | sha256sum)",
                    text.size()));
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = hex_value(text[i]);
    if (value < 0) {
      return fail(fmt::format("character {} is no hexadecimal digit of a SHA-256", i + 1));
    }
    std::uint8_t& byte = digest.at(i / 2);
    byte = static_cast<std::uint8_t>(i % 2 == 0 ? value << 4 : byte | value);
  }
  return digest;
}

std::string to_hex(const Digest& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

bool equal(const Digest& a, const Digest& b) {
  return gnutls_memcmp(a.data(), b.data(), a.size()) == 0;
}

KeyedHash::KeyedHash() { require(gnutls_rnd(GNUTLS_RND_KEY, key_.data(), key_.size())); }

Digest KeyedHash::operator()(std::string_view bytes) const {
  Digest digest;
  require(gnutls_hmac_fast(GNUTLS_MAC_SHA256, key_.data(), key_.size(), bytes.data(), bytes.size(),
                           digest.data()));
  return digest;
}

}  // namespace exporter::access
