// From a reply to a response of libmicrohttpd. Inside web/ only.
#pragma once

#include <cstddef>
#include <memory>

#include "exporter/web/answer.h"

struct MHD_Connection;
struct MHD_Response;

namespace exporter::web {

struct DestroyResponse {
  void operator()(MHD_Response* response) const;
};
using Response = std::unique_ptr<MHD_Response, DestroyResponse>;

/// Memory of one connection, for request line, headers and the list of pieces to send. Requests
/// that do not fit are refused by the library.
inline constexpr std::size_t kConnectionMemory = 32u << 10;

/// The body to send to `connection`. An exposition is not copied but kept until it is sent, unless
/// the list of its pieces might not fit into the connection's memory. Null when memory ran out.
Response body_of(const Reply& reply, MHD_Connection* connection);

}  // namespace exporter::web
