// libcurl's result codes in this product's words.
#pragma once

#include <string_view>

#include "exporter/http/http.h"

namespace exporter::http {

/// How far a transfer came before it ended.
enum class Stage { resolving, connecting, connected };

/// REQUIRES: `code` is a CURLcode other than CURLE_OK. `text` is curl's own message.
FailureKind failure_kind(int code, Stage stage, std::string_view text);

/// The beginning of a failure's detail; the server's name follows.
std::string_view what_failed(FailureKind kind);

}  // namespace exporter::http
