// Where OpenCost is, and where we listen. Errors as in values.h.
#pragma once

#include <string>
#include <string_view>

#include "exporter/result.h"

namespace exporter::config {

/// An http or https URL with host, without credentials, query and fragment. Scheme and host become
/// lower case, slashes at the end are cut, a path before them is kept. `example` is what a fault
/// says to write.
Result<std::string> parse_url(std::string_view text,
                              std::string_view example = "http://opencost.opencost:9003");
/// The same for what is sent secrets: https, or http to this machine itself.
Result<std::string> parse_safe_url(std::string_view text, std::string_view example);
/// What a browser calls a page's origin: scheme, host, and port where it is not the scheme's own.
Result<std::string> parse_origin(std::string_view text);
/// `host:port` of a parsed URL, with the scheme's own port when it names none.
std::string authority(std::string_view url);

/// A host's name as a certificate carries it.
Result<std::string> parse_host(std::string_view text);

/// `host:port`, `[v6]:port` or `:port`.
Result<std::string> parse_listen_address(std::string_view text);
/// From the environment's HOST and PORT; either may be empty.
std::string listen_address(std::string_view host, std::string_view port);

/// A path of our own that none of the other routes has.
Result<std::string> parse_telemetry_path(std::string_view text);

}  // namespace exporter::config
