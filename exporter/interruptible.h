// Work of a command that ends by itself, and earlier when a signal says so.
#pragma once

#include <csignal>
#include <functional>
#include <stop_token>

namespace exporter {

/// Runs `work` on a thread of its own until it is done. SIGTERM and SIGINT, which `signals` holds
/// and which are blocked, ask `stop` meanwhile.
void run_interruptible(const std::function<void()>& work, std::stop_source& stop,
                       const sigset_t& signals);

}  // namespace exporter
