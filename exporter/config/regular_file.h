// A file's bytes, whatever stands at its path.
#pragma once

#include <string>

#include "exporter/result.h"

namespace exporter::config {

/// At most kMaxFileBytes. Errors as in values.h, without the path. Nothing but regular files is
/// opened, since a pipe or a device may wait, or answer without end.
Result<std::string> read_regular_file(const std::string& path);

}  // namespace exporter::config
