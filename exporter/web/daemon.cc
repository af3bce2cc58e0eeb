#include "exporter/web/daemon.h"

#include <fmt/format.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>

#include "exporter/web/body.h"
#include "exporter/web/exchange.h"
#include "exporter/web/tls.h"

namespace exporter::web {

namespace {

// What the library keeps for each connection. The exchange under way is the connection's: of one
// whose head has no room in its memory the library never says that it ended.
struct Held {
  Daemon& daemon;
  std::unique_ptr<Exchange> exchange;
};

Held* held_by(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info == nullptr ? nullptr : static_cast<Held*>(info->socket_context);
}

}  // namespace

// What the library calls.
struct Callbacks {
  static void* begin_exchange(void*, const char* target, MHD_Connection* connection) noexcept {
    Held* held = held_by(connection);
    if (held == nullptr) return nullptr;
    try {
      held->exchange = std::make_unique<Exchange>(held->daemon, target == nullptr ? "" : target);
    } catch (const std::exception&) {
      held->exchange = nullptr;
    }
    return held->exchange.get();
  }

  static void end_exchange(void*, MHD_Connection* connection, void** exchange,
                           MHD_RequestTerminationCode) noexcept {
    if (Held* held = held_by(connection)) held->exchange = nullptr;
    *exchange = nullptr;
  }

  static MHD_Result serve(void*, MHD_Connection* connection, const char*, const char* method,
                          const char* version, const char* data, std::size_t* size,
                          void** exchange) noexcept {
    if (*exchange == nullptr) return MHD_NO;
    try {
      return static_cast<Exchange*>(*exchange)->serve(connection, method, version, data, size)
                 ? MHD_YES
                 : MHD_NO;
    } catch (...) {
      return MHD_NO;
    }
  }

  static void notify(void* cls, MHD_Connection* connection, void** context,
                     MHD_ConnectionNotificationCode code) noexcept {
    auto& daemon = *static_cast<Daemon*>(cls);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
      *context = new (std::nothrow) Held{daemon, nullptr};
      if (daemon.tls_) prepare(connection, *daemon.tls_);
    } else {
      delete static_cast<Held*>(*context);
      *context = nullptr;
      disconnected(daemon);
    }
  }

  static void disconnected(Daemon& daemon) noexcept {
    const std::lock_guard lock(daemon.traffic_.mutex);
    --daemon.connections_;
    --daemon.traffic_.connections;
    daemon.traffic_.changed.notify_all();
  }

  // Of a connection whose handshake has not begun.
  static void prepare(MHD_Connection* connection, const Tls& tls) noexcept {
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    auto* session = static_cast<gnutls_session_t>(info->tls_session);
    gnutls_certificate_server_set_request(session, request_of(tls.client_auth));
    gnutls_session_set_verify_function(session, &verify);
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_PRE, &agree);
  }

  // The library has made the connection what the session points to.
  static const Held* held_by_session(gnutls_session_t session) noexcept {
    return held_by(static_cast<MHD_Connection*>(gnutls_session_get_ptr(session)));
  }

  static int verify(gnutls_session_t session) noexcept {
    const Held* held = held_by_session(session);
    try {
      if (held != nullptr && admits_client(session, *held->daemon.tls_)) return GNUTLS_E_SUCCESS;
    } catch (const std::exception&) {
    }
    gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE);
    return GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
  }

  // Before the end of a handshake: nothing has been answered yet.
  static int agree(gnutls_session_t session, unsigned, unsigned, unsigned incoming,
                   const gnutls_datum_t*) noexcept {
    const Held* held = held_by_session(session);
    if (incoming == 0) return GNUTLS_E_SUCCESS;
    if (held != nullptr && agreed_as_listed(session, *held->daemon.tls_)) return GNUTLS_E_SUCCESS;
    gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_INSUFFICIENT_SECURITY);
    return GNUTLS_E_INSUFFICIENT_SECURITY;
  }

  static MHD_Daemon* start(const Options& options, Daemon& daemon);
};

MHD_Daemon* Callbacks::start(const Options& options, Daemon& daemon) {
  const unsigned threads = std::max(options.threads, 1u);
  // Without MHD_USE_ERROR_LOG the library prints nothing.
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET |
                   MHD_ALLOW_SUSPEND_RESUME;
  const auto text = [](const std::string& pem) {
    return static_cast<void*>(const_cast<char*>(pem.c_str()));
  };
  std::string priority;
  std::array<MHD_OptionItem, 5> tls{};
  std::size_t items = 0;
  if (daemon.tls_) {
    flags |= MHD_USE_TLS;
    priority = priorities(*daemon.tls_);
    tls.at(items++) = {MHD_OPTION_HTTPS_MEM_CERT, 0, text(daemon.tls_->certificates)};
    tls.at(items++) = {MHD_OPTION_HTTPS_MEM_KEY, 0, text(daemon.tls_->key)};
    tls.at(items++) = {MHD_OPTION_HTTPS_PRIORITIES, 0, text(priority)};
    if (!daemon.tls_->client_authorities.empty()) {
      tls.at(items++) = {MHD_OPTION_HTTPS_MEM_TRUST, 0, text(daemon.tls_->client_authorities)};
    }
  }
  tls.at(items) = {MHD_OPTION_END, 0, nullptr};
  // Its limit on connections is shared out among the threads, so it is set where no thread gets to;
  // the real one is kept where connections are accepted.
  const unsigned most = std::max(options.max_connections, 1u) * threads;
  return MHD_start_daemon(
      flags, 0, nullptr, nullptr, &serve, nullptr, MHD_OPTION_THREAD_POOL_SIZE, threads,  //
      MHD_OPTION_CONNECTION_LIMIT, most,                                                  //
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, options.max_connections_per_address,            //
      MHD_OPTION_CONNECTION_TIMEOUT, options.idle_timeout_seconds,                        //
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory,                              //
      MHD_OPTION_STRICT_FOR_CLIENT, 1,                                                    //
      MHD_OPTION_URI_LOG_CALLBACK, &begin_exchange, static_cast<void*>(nullptr),          //
      MHD_OPTION_NOTIFY_COMPLETED, &end_exchange, static_cast<void*>(nullptr),            //
      MHD_OPTION_NOTIFY_CONNECTION, &notify, static_cast<void*>(&daemon),                 //
      MHD_OPTION_ARRAY, tls.data(), MHD_OPTION_END);
}

Result<std::unique_ptr<Daemon>> Daemon::start(const Options& options, std::optional<Tls> tls,
                                              Service& service, Traffic& traffic) {
  auto daemon = std::unique_ptr<Daemon>(new Daemon(std::move(tls), service, traffic));
  daemon->daemon_ = Callbacks::start(options, *daemon);
  if (daemon->daemon_ == nullptr) return fail("cannot serve: no threads or memory");
  return daemon;
}

Daemon::~Daemon() {
  {
    std::unique_lock lock(traffic_.mutex);
    ends_ = true;
    traffic_.changed.wait(lock, [this] { return suspended_ == 0; });
  }
  if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  // Those the library dropped before it said that they began.
  const std::lock_guard lock(traffic_.mutex);
  traffic_.connections -= connections_;
  traffic_.changed.notify_all();
}

void Daemon::take(Descriptor connection, const sockaddr* peer, socklen_t length) {
  {
    const std::lock_guard lock(traffic_.mutex);
    ++connections_;
    ++traffic_.connections;
  }
  // The library owns the socket, even where it refuses it.
  if (MHD_add_connection(daemon_, connection.release(), peer, length) != MHD_YES) {
    Callbacks::disconnected(*this);
  }
}

void Daemon::retire() {
  const std::lock_guard lock(traffic_.mutex);
  retired_ = true;
}

bool Daemon::retired() const {
  const std::lock_guard lock(traffic_.mutex);
  return retired_;
}

bool Daemon::suspend(MHD_Connection* connection) {
  const std::lock_guard lock(traffic_.mutex);
  if (ends_) return false;
  ++suspended_;
  MHD_suspend_connection(connection);
  return true;
}

void Daemon::resume(MHD_Connection* connection) {
  MHD_resume_connection(connection);
  const std::lock_guard lock(traffic_.mutex);
  if (--suspended_ == 0) traffic_.changed.notify_all();
}

void Daemon::exchange_began() {
  const std::lock_guard lock(traffic_.mutex);
  ++traffic_.exchanges;
}

void Daemon::exchange_ended() {
  const std::lock_guard lock(traffic_.mutex);
  if (--traffic_.exchanges == 0) traffic_.changed.notify_all();
}

}  // namespace exporter::web
