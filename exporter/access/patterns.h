// Names with `*`.
#pragma once

#include <string_view>

namespace exporter::access {

/// `*` stands for any characters, also none; all others for themselves. At most
/// pattern.size() * text.size() steps.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace exporter::access
