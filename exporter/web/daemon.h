// Connections that began under the same TLS, and the threads that serve them. Inside web/ only.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

#include "exporter/web/answer.h"
#include "exporter/web/listen.h"

struct MHD_Connection;
struct MHD_Daemon;

namespace exporter::web {

/// How long what is under way may still take when a daemon or the server ends.
inline constexpr std::chrono::seconds kDrain{5};

/// What all daemons count together.
struct Traffic {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::size_t connections = 0;  // guarded by mutex, as what follows
  std::size_t exchanges = 0;    // requests whose answer is not sent yet
};

class Daemon {
 public:
  /// All but `tls` must outlive it.
  static Result<std::unique_ptr<Daemon>> start(const Options& options, std::optional<Tls> tls,
                                               Service& service, Traffic& traffic);
  /// Waits for what is suspended, and cuts off all else.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  void take(Descriptor connection, const sockaddr* peer, socklen_t length);

  /// From now on every answer is the last of its connection.
  void retire();
  bool retired() const;
  /// REQUIRES: `traffic.mutex` is held.
  bool has_connections() const { return connections_ > 0; }

  Service& service() const { return service_; }
  const std::optional<Tls>& tls() const { return tls_; }

  /// Takes a connection out of the threads' hands until resume(). False when the daemon ends.
  /// REQUIRES: it is this thread's turn to answer on it.
  bool suspend(MHD_Connection* connection);
  void resume(MHD_Connection* connection);

  void exchange_began();
  void exchange_ended();

 private:
  Daemon(std::optional<Tls> tls, Service& service, Traffic& traffic)
      : tls_(std::move(tls)), service_(service), traffic_(traffic) {}
  friend struct Callbacks;

  const std::optional<Tls> tls_;
  Service& service_;
  Traffic& traffic_;
  std::size_t connections_ = 0;  // guarded by traffic_.mutex, as what follows
  std::size_t suspended_ = 0;
  bool retired_ = false;
  bool ends_ = false;
  MHD_Daemon* daemon_ = nullptr;
};

}  // namespace exporter::web
