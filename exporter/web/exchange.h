// One request and its answer, from the request line to the last byte sent. Inside web/ only.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exporter/web/answer.h"
#include "exporter/web/daemon.h"
#include "exporter/web/queue.h"

struct MHD_Connection;

namespace exporter::web {

class Exchange {
 public:
  Exchange(Daemon& daemon, const char* target);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// The library calls this for the head, for each part of the body, and for the answer; again for
  /// the same of these after a suspension. False: the connection is to be closed.
  bool serve(MHD_Connection* connection, const char* method, const char* version, const char* data,
             std::size_t* size);

 private:
  bool begin(MHD_Connection* connection, const char* method, const char* version);
  bool admit(MHD_Connection* connection);
  bool make_answer(MHD_Connection* connection);
  bool suspended_for(MHD_Connection* connection, Queue& queue,
                     const std::function<void(const std::stop_token&)>& work);
  bool send(MHD_Connection* connection);

  Daemon& daemon_;
  const std::string target_text_;
  const std::shared_ptr<const Rules> rules_;  // those in force when it began
  Request request_;
  std::uint64_t length_ = 0;  // of the body
  Result<Target, Reply> target_{};
  std::optional<access::Outcome> who_;
  access::Caller caller_;
  std::optional<Reply> reply_;
  bool begun_ = false, admitted_ = false, body_follows_ = false;
};

}  // namespace exporter::web
