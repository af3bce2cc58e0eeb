// What a fuzz target claims of every input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace exporter {

/// Ends the process with `claim` when it does not hold, which libFuzzer reports as a finding.
inline void require(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", claim);
  std::abort();
}

}  // namespace exporter
