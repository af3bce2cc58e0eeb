#include "exporter/web/acceptor.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

namespace exporter::web {

namespace {

// Out of descriptors or memory: nothing tells when there will be more.
constexpr int kPauseMilliseconds = 100;

bool is_of_the_machine(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Acceptor::Acceptor(std::vector<Descriptor> sockets, Wait wait, Take take)
    : sockets_(std::move(sockets)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      wait_(std::move(wait)),
      take_(std::move(take)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Acceptor::~Acceptor() {
  thread_.request_stop();
  const std::uint64_t one = 1;
  static_cast<void>(!write(wake_.number(), &one, sizeof one));
  thread_.join();
}

void Acceptor::run(const std::stop_token& stop) const {
  std::vector<pollfd> watched{{.fd = wake_.number(), .events = POLLIN, .revents = 0}};
  for (const Descriptor& socket : sockets_) {
    watched.push_back({.fd = socket.number(), .events = POLLIN, .revents = 0});
  }
  while (!stop.stop_requested()) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
      if (watched[i + 1].revents == 0) continue;
      wait_(stop);
      if (stop.stop_requested()) return;
      if (!accept_one(sockets_[i])) ::poll(watched.data(), 1, kPauseMilliseconds);
    }
  }
}

// False when there was one that could not be taken.
bool Acceptor::accept_one(const Descriptor& socket) const {
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  auto* address = reinterpret_cast<sockaddr*>(&peer);
  Descriptor connection(accept4(socket.number(), address, &length, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (connection.number() < 0) return !is_of_the_machine(errno);
  take_(std::move(connection), address, length);
  return true;
}

}  // namespace exporter::web
