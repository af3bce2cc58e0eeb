#include "exporter/web/web.h"

namespace exporter::web {

Result<void> check(const Tls&) { return {}; }
std::span<const std::string_view> cipher_suites() { return {}; }
std::span<const std::string_view> curves() { return {}; }

}  // namespace exporter::web
