// Any bytes as Kubernetes' answer about a token.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "exporter/access/access.h"
#include "tests/fuzz/require.h"

namespace exporter::access {
namespace {

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 1024 && std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  });
}

bool are_names(const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), is_name);
}

void check(const Review& review) {
  if (!review.authenticated) {
    require(review.user.empty() && review.groups.empty() && review.audiences.empty(),
            "who is not authenticated is nobody");
    return;
  }
  require(is_name(review.user), "who is authenticated has a name");
  require(are_names(review.groups), "groups have names");
  require(are_names(review.audiences), "audiences have names");
}

}  // namespace
}  // namespace exporter::access

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exporter::access;
  const auto review = parse_review({reinterpret_cast<const char*>(data), size});
  if (review) {
    check(*review);
  } else {
    exporter::require(!review.error().message.empty(), "a refused answer says why");
  }
  return 0;
}
