// The command `explain`: asks every OpenCost once, and says whose a workload is and why.
#pragma once

#include <csignal>

#include "exporter/config/config.h"

namespace exporter {

/// The exit code of the process: kExitFailure when nothing of that name runs, or when an OpenCost
/// does not answer; kExitUsage when there are no tenants.
int run_explain(const config::Config& config, const config::ExplainOptions& wanted,
                const sigset_t& signals);

}  // namespace exporter
