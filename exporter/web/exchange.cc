#include "exporter/web/exchange.h"

#include <microhttpd.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "exporter/web/body.h"
#include "exporter/web/head.h"

namespace exporter::web {

namespace {

// Whether it takes a while to tell who that is, but never as long as Kubernetes may take.
bool holds_password(std::string_view authorization) {
  constexpr std::string_view kBasic = "basic ";
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(kBasic.begin(), kBasic.end(), authorization.begin(),
                    authorization.begin() + std::min(kBasic.size(), authorization.size()),
                    [&](char a, char b) { return a == lower(b); });
}

}  // namespace

Exchange::Exchange(Daemon& daemon, const char* target)
    : daemon_(daemon), target_text_(target), rules_(daemon.service().rules()) {
  daemon_.exchange_began();
}

Exchange::~Exchange() { daemon_.exchange_ended(); }

bool Exchange::serve(MHD_Connection* connection, const char* method, const char* version,
                     const char* data, std::size_t* size) {
  if (!begun_) {
    begun_ = true;
    if (!begin(connection, method, version)) return send(connection);
    if (length_ == 0) return true;  // there is one more call at once
  }
  if (*size > 0) {
    if (admitted_ && !reply_ && target_->takes_body()) request_.body.append(data, *size);
    *size = 0;
    return true;
  }
  // A body is kept of somebody who is known only.
  if (!admitted_ && !admit(connection)) return true;
  if (length_ > 0 && !std::exchange(body_follows_, true)) return true;
  if (!reply_ && !make_answer(connection)) return true;
  return send(connection);
}

// False when the head is all that is read.
bool Exchange::begin(MHD_Connection* connection, const char* method, const char* version) {
  Head head = read_head(connection, method, version, target_text_);
  request_ = std::move(head.request);
  if (head.refusal) {
    reply_ = std::move(head.refusal);
    return false;
  }
  length_ = head.length;
  target_ = find(daemon_.service(), *rules_, request_);
  return true;
}

// False when it has to be found out first.
bool Exchange::admit(MHD_Connection* connection) {
  const auto refused = [this](Reply reply) {
    reply_ = std::move(reply);
    admitted_ = true;
    return true;
  };
  if (!target_) return refused(std::move(target_).error());
  access::Gate& gate = daemon_.service().context.gate;
  const access::Area area = target_->area();
  const access::Credentials credentials{request_.authorization, request_.peer};
  if (!who_ && area == access::Area::open) who_ = access::Caller{.name = "anonymous"};
  if (!who_) who_ = gate.known(area, credentials);
  if (!who_) {
    const auto look_up = [this, &gate, area, credentials](const std::stop_token& stop) {
      who_ = gate.look_up(area, credentials, stop);
    };
    Service& service = daemon_.service();
    Queue& queue = holds_password(request_.authorization) ? service.passwords : service.look_ups;
    if (suspended_for(connection, queue, look_up)) return false;
    return refused(busy(request_));
  }
  if (!*who_) return refused(refuse(who_->error(), *rules_, request_));
  if (target_->for_admins() && !(*who_)->admin) return refused(refuse_all_but_admins());
  caller_ = **who_;
  admitted_ = true;
  return true;
}

// False when it takes time.
bool Exchange::make_answer(MHD_Connection* connection) {
  const auto make = [this](const std::stop_token& stop) {
    // Whoever waits at the end is not kept waiting any longer.
    if (stop.stop_requested()) {
      reply_ = busy(request_);
    } else {
      reply_ = answer(daemon_.service(), *rules_, request_, *target_, caller_);
    }
  };
  if (target_->route == nullptr) {
    try {
      make({});
    } catch (const std::exception& fault) {
      reply_ = apologise(request_, fault.what());
    }
    return true;
  }
  if (suspended_for(connection, daemon_.service().answers, make)) return false;
  reply_ = busy(request_);
  return true;
}

// From a suspension on, the exchange is the other thread's; from resume() on, the library's again,
// which may end it at once.
bool Exchange::suspended_for(MHD_Connection* connection, Queue& queue,
                             const std::function<void(const std::stop_token&)>& work) {
  return queue.add([&] { return daemon_.suspend(connection); },
                   [this, connection, work](const std::stop_token& stop) {
                     Daemon& daemon = daemon_;
                     try {
                       work(stop);
                     } catch (const std::exception& fault) {
                       reply_ = apologise(request_, fault.what());
                       admitted_ = true;
                     }
                     daemon.resume(connection);
                   });
}

bool Exchange::send(MHD_Connection* connection) {
  complete(*reply_, *rules_, request_);
  // What was not wanted may have been sent with more behind it.
  if (daemon_.retired() || (length_ > 0 && reply_->status >= 400)) {
    reply_->headers.emplace_back("Connection", "close");
  }
  const Response response = body_of(*reply_, connection);
  if (!response) return false;
  for (const auto& [name, value] : reply_->headers) {
    MHD_add_response_header(response.get(), name.c_str(), value.c_str());
  }
  return MHD_queue_response(connection, reply_->status, response.get()) == MHD_YES;
}

}  // namespace exporter::web
