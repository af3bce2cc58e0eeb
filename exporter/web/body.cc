#include "exporter/web/body.h"

#include <microhttpd.h>

#include <algorithm>
#include <cstring>

namespace exporter::web {

void DestroyResponse::operator()(MHD_Response* response) const { MHD_destroy_response(response); }

namespace {

using Exposition = std::shared_ptr<const metrics::Exposition>;

// libmicrohttpd 0.9.75 copies the list of pieces, 16 bytes each, into the connection's memory and
// ends the process when there is no room. Half of that memory is the buffer requests are read
// into, where all of a modest request stays; the other half takes one record per header, the head
// of the answer (less than 1 KiB) and the list.
constexpr std::size_t kMostPieces = 512;
constexpr std::size_t kMostHeaderBytes = 8u << 10;
constexpr int kMostHeaders = 64;
constexpr std::size_t kHeaderRecord = 96;  // at most
static_assert(kMostHeaderBytes <= kConnectionMemory / 4);
static_assert(kMostPieces * sizeof(MHD_IoVec) + kMostHeaders * kHeaderRecord + 1024 <=
              kConnectionMemory / 2);

// Headers that the configuration adds may be many.
constexpr std::size_t kMostReplyHeaderBytes = 768;

std::size_t header_bytes(const Reply& reply) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : reply.headers) bytes += name.size() + value.size() + 4;
  return bytes;
}

bool pieces_fit(MHD_Connection* connection, const Reply& reply) {
  const std::size_t pieces = reply.exposition->pieces.size();
  if (header_bytes(reply) > kMostReplyHeaderBytes) return false;
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  if (info == nullptr || info->header_size > kMostHeaderBytes || pieces > kMostPieces) return false;
  constexpr auto kKinds =
      static_cast<MHD_ValueKind>(MHD_HEADER_KIND | MHD_COOKIE_KIND | MHD_GET_ARGUMENT_KIND);
  return MHD_get_connection_values(connection, kKinds, nullptr, nullptr) <= kMostHeaders;
}

void release_exposition(void* held) noexcept { delete static_cast<Exposition*>(held); }

Response send_pieces(const Exposition& exposition) {
  std::vector<MHD_IoVec> pieces;
  pieces.reserve(exposition->pieces.size());
  for (const std::string_view piece : exposition->pieces) {
    if (!piece.empty()) pieces.push_back({piece.data(), piece.size()});
  }
  auto held = std::make_unique<Exposition>(exposition);
  Response response(MHD_create_response_from_iovec(
      pieces.data(), static_cast<unsigned>(pieces.size()), release_exposition, held.get()));
  if (response) static_cast<void>(held.release());  // release_exposition() deletes it
  return response;
}

// Copies an exposition piece by piece, from front to back.
struct Copier {
  Exposition exposition;
  std::size_t piece = 0;
  std::size_t copied = 0;  // of that piece
};

ssize_t copy_some(void* state, std::uint64_t, char* to, std::size_t most) noexcept {
  auto& copier = *static_cast<Copier*>(state);
  const std::vector<std::string_view>& pieces = copier.exposition->pieces;
  std::size_t written = 0;
  while (written < most && copier.piece < pieces.size()) {
    const std::string_view rest = pieces[copier.piece].substr(copier.copied);
    const std::size_t part = std::min(rest.size(), most - written);
    std::memcpy(to + written, rest.data(), part);
    written += part;
    copier.copied += part;
    if (part < rest.size()) break;
    ++copier.piece;
    copier.copied = 0;
  }
  return written > 0 ? static_cast<ssize_t>(written) : MHD_CONTENT_READER_END_OF_STREAM;
}

void release_copier(void* copier) noexcept { delete static_cast<Copier*>(copier); }

Response send_copies(const Exposition& exposition) {
  constexpr std::size_t kBlock = 128u << 10;
  auto copier = std::make_unique<Copier>(Copier{.exposition = exposition});
  Response response(MHD_create_response_from_callback(exposition->bytes, kBlock, &copy_some,
                                                      copier.get(), &release_copier));
  if (response) static_cast<void>(copier.release());  // release_copier() deletes it
  return response;
}

}  // namespace

Response body_of(const Reply& reply, MHD_Connection* connection) {
  if (!reply.constant.empty()) {
    return Response(MHD_create_response_from_buffer(
        reply.constant.size(), const_cast<char*>(reply.constant.data()), MHD_RESPMEM_PERSISTENT));
  }
  if (!reply.exposition || reply.exposition->bytes == 0) {
    // MHD does not write to a buffer it is told to copy.
    return Response(MHD_create_response_from_buffer(
        reply.body.size(), const_cast<char*>(reply.body.data()), MHD_RESPMEM_MUST_COPY));
  }
  return pieces_fit(connection, reply) ? send_pieces(reply.exposition)
                                       : send_copies(reply.exposition);
}

}  // namespace exporter::web
