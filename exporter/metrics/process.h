// What the kernel says of this process. Private to metrics/.
#pragma once

#include <optional>

namespace exporter::metrics {

/// Read from /proc; absent where it cannot be read.
struct ProcessFigures {
  std::optional<double> cpu_seconds;
  std::optional<double> resident_bytes;
  std::optional<double> virtual_bytes;
  std::optional<double> open_fds;
  std::optional<double> max_fds;
};

ProcessFigures read_process();

}  // namespace exporter::metrics
