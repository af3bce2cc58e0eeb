// What is not sent again, and what is sent compressed. Inside api/ only.
#pragma once

#include "exporter/api/api.h"

namespace exporter::api {

/// A good answer with its ETag and all that tells caches about it, compressed where that is asked
/// for and worth it; 304 when the request names the ETag, with the body that is then not to be
/// sent.
Reply conditional(Reply reply, const Request& request);

}  // namespace exporter::api
