// Any bytes as a recorded exchange.
#include <cstddef>
#include <cstdint>
#include <string>

#include "exporter/http/recording_format.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exporter::http;
  using exporter::require;
  const auto recording = parse_recording({reinterpret_cast<const char*>(data), size});
  if (!recording) {
    require(!recording.error().message.empty(), "a refused recording says why");
    return 0;
  }
  const std::string head = recording_head(*recording);
  const auto again = parse_recording(head);
  require(again.has_value(), "what is written can be read");
  require(recording_head(*again) == head, "writing is stable");
  return 0;
}
