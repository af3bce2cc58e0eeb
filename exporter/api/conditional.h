// What is not sent again, and what is sent compressed. Inside api/ only.
#pragma once

#include <string_view>

#include "exporter/api/api.h"

namespace exporter::api {

/// A good answer with its ETag and all that tells caches about it, compressed where that is asked
/// for and worth it; 304 without a body when the request names the ETag.
Reply conditional(Reply reply, const Request& request);

/// Whether an If-None-Match header names `etag`, compared weakly, or is `*`.
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace exporter::api
