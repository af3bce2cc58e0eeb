#include "exporter/web/head.h"

#include <fmt/format.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

namespace exporter::web {

namespace {

struct Field {
  const char* name;
  const char* value;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

MHD_Result keep_field(void* fields, MHD_ValueKind, const char* name, const char* value) noexcept {
  try {
    static_cast<std::vector<Field>*>(fields)->push_back({name, value == nullptr ? "" : value});
    return MHD_YES;
  } catch (const std::exception&) {
    return MHD_NO;
  }
}

bool is_made_of(std::string_view text, std::string_view besides_letters_and_digits) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           besides_letters_and_digits.find(c) != std::string_view::npos;
  });
}

bool is_token(std::string_view text) {
  return !text.empty() && is_made_of(text, "!#$%&'*+-.^_`|~");
}

// Host and port, as far as the characters tell; may be empty.
bool is_host(std::string_view text) { return is_made_of(text, "-._~!$&'()*+,;=%:[]"); }

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

// Where one header ends and the next should begin: the library puts a NUL in place of each byte of
// the line's end.
bool ends_line(const char*& at) {
  if (at[0] != '\0' || at[1] != '\0') return false;
  at += 2;
  return true;
}

// Version 0.9.75 takes a bare line feed for the end of a line, a NUL for that of a method, target
// or name, several spaces for one, and makes another name of a continuation line. It cuts the head
// to pieces where it lies, so the pieces tell what was between them. Later versions refuse all this
// themselves.
bool lies_as_it_should(const std::vector<Field>& fields, const char* method,
                       std::string_view target, const char* version, std::size_t size) {
  constexpr std::string_view kFirstStrict = "0.9.76";
  if (MHD_get_version() >= kFirstStrict) return true;
  if (version != method + std::strlen(method) + 1 + target.size() + 1) return false;
  const char* at = version + std::strlen(version);
  for (const Field& field : fields) {
    if (!ends_line(at) || field.name != at) return false;
    at = field.name + std::strlen(field.name) + 1;
    while (at < field.value && (*at == ' ' || *at == '\t')) ++at;
    if (at != field.value) return false;
    at += std::strlen(at);
  }
  return ends_line(at) && ends_line(at) && at == method + size;
}

std::size_t head_size(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  return info == nullptr ? 0 : info->header_size;
}

std::string* member_for(Request& request, std::string_view name) {
  if (same(name, "accept")) return &request.accept;
  if (same(name, "accept-encoding")) return &request.accept_encoding;
  if (same(name, "if-none-match")) return &request.if_none_match;
  if (same(name, "content-type")) return &request.content_type;
  if (same(name, "authorization")) return &request.authorization;
  if (same(name, "origin")) return &request.origin;
  if (same(name, "sec-fetch-site")) return &request.fetch_site;
  if (same(name, "access-control-request-method")) return &request.requested_method;
  return nullptr;
}

std::string peer_of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == nullptr || info->client_addr == nullptr) return {};
  const bool v6 = info->client_addr->sa_family == AF_INET6;
  char host[NI_MAXHOST] = "";
  getnameinfo(info->client_addr, v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in), host, sizeof host,
              nullptr, 0, NI_NUMERICHOST);
  return host;
}

Reply broken(std::string detail) {
  Reply reply = plain(400, std::move(detail) + "\n");
  reply.headers.emplace_back("Connection", "close");
  return reply;
}

Head refused(Reply reply, Request request = {}) {
  return {.request = std::move(request), .refusal = std::move(reply)};
}

// The text between scheme and path of a target in absolute form; nothing of one in another.
std::optional<std::string_view> take_authority(std::string_view& target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t end = std::min(target.find_first_of("/?", scheme.size()), target.size());
    const std::string_view authority = target.substr(scheme.size(), end - scheme.size());
    target.remove_prefix(end);
    return authority;
  }
  return std::nullopt;
}

Result<std::uint64_t, Reply> read_length(const std::vector<std::string_view>& lengths,
                                         const Request& request) {
  const auto refuse_with = [](Reply reply) { return tl::unexpected<Reply>(std::move(reply)); };
  if (lengths.empty()) return 0;
  if (lengths.size() > 1) return refuse_with(broken("There are several Content-Length headers."));
  const std::string_view text = lengths.front();
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) {
    return refuse_with(broken("Content-Length is not a number."));
  }
  if (error == std::errc() && bytes <= kMostBodyBytes) return bytes;
  return refuse_with(refusal(request, 413, "body_too_large",
                             fmt::format("A request body may have {} bytes.", kMostBodyBytes)));
}

}  // namespace

Head read_head(MHD_Connection* connection, const char* method, const char* version,
               std::string_view target) {
  std::vector<Field> fields;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, &keep_field, &fields);
  if (!is_token(method) ||
      !lies_as_it_should(fields, method, target, version, head_size(connection))) {
    return refused(broken("The head of the request is malformed."));
  }
  Request request;
  std::vector<std::string_view> hosts, lengths;
  bool encoded = false;
  for (const Field& field : fields) {
    const std::string_view name = field.name, value = without_blanks_behind(field.value);
    if (!is_token(name) || has_control(value)) return refused(broken("A header is malformed."));
    if (same(name, "host")) hosts.emplace_back(value);
    if (same(name, "content-length")) lengths.emplace_back(value);
    if (same(name, "transfer-encoding")) encoded = true;
    if (std::string* member = member_for(request, name)) {
      if (!member->empty()) *member += ", ";
      *member += value;
    }
  }
  if (hosts.size() > 1) return refused(broken("There are several Host headers."));
  if (!hosts.empty() && !is_host(hosts.front())) {
    return refused(broken("The Host header is malformed."));
  }
  const auto authority = take_authority(target);
  if (authority && (hosts.empty() || !same(*authority, hosts.front()))) {
    return refused(broken("The target and the Host header name different hosts."));
  }
  if (encoded && !lengths.empty()) {
    return refused(broken("Content-Length and Transfer-Encoding exclude each other."));
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  request.method = method;
  request.path = target.substr(0, question);
  request.query = target.substr(std::min(question + 1, target.size()));
  request.peer = peer_of(connection);
  if (!hosts.empty()) request.host = hosts.front();
  if (encoded) {
    Reply reply =
        refusal(request, 411, "length_required", "A request body needs a Content-Length.");
    return refused(std::move(reply), std::move(request));
  }
  Result<std::uint64_t, Reply> length = read_length(lengths, request);
  if (!length) return refused(std::move(length).error(), std::move(request));
  return {.request = std::move(request), .length = *length};
}

}  // namespace exporter::web
