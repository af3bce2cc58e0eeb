// The `.http` file of one exchange, as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exporter/http/http.h"

namespace exporter::http {

/// Everything before the body, the empty line included.
std::string recording_head(const Recording& recording);

/// The inverse, of a whole file. Errors name the line: `3: no such header: colour`.
Result<Recording> parse_recording(std::string_view text);

/// `<time>-<sequence>-<source>.http`: names sort by time. Characters of the source that are not
/// safe in a file name stand as `%2f`, so that two sources never share a name.
std::string recording_name(const Recording& recording, int sequence);

/// Path and query of a URL.
std::string without_server(std::string_view url);

/// `2024-05-01T12:00:00.000Z`
std::string format_time(SystemTime time);
std::optional<SystemTime> parse_time(std::string_view text);

}  // namespace exporter::http
