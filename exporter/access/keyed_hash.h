// What stands for credentials that are remembered.
#pragma once

#include <string_view>

#include "exporter/access/access.h"

namespace exporter::access {

/// HMAC with SHA-256 under a random key of its own. Whoever reads the memory of what is remembered
/// cannot try tokens against it elsewhere.
class KeyedHash {
 public:
  KeyedHash();

  Digest operator()(std::string_view bytes) const;

 private:
  Digest key_{};
};

}  // namespace exporter::access
