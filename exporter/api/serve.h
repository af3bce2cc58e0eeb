// From a request to a reply, for one route of a table of them. Inside api/ only.
#pragma once

#include <span>

#include "exporter/api/route.h"

namespace exporter::api {

/// By path and method, of which HEAD goes where GET goes; null when there is none.
const Endpoint* find(std::span<const Endpoint> endpoints, std::string_view path,
                     std::string_view method);

Reply serve(const Endpoint& endpoint, const Sources& sources, const Request& request,
            const access::Caller& caller);

}  // namespace exporter::api
