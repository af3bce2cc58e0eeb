// The command `backfill`: runs it until it is done or a signal stops it, and shows how far it is.
#pragma once

#include <csignal>

#include "exporter/config/config.h"

namespace exporter {

/// A bar on a terminal, log lines elsewhere. The exit code of the process.
int run_backfill(const config::Config& config, const backfill::Options& options,
                 const sigset_t& signals);

}  // namespace exporter
