#include <gmock/gmock.h>

#include <random>
#include <string>

#include "exporter/metrics/metrics.h"
#include "tests/metrics/inflating.h"

namespace exporter::metrics {
namespace {

using samples::End;
using samples::Frame;
using samples::inflated;

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += text;
  return out;
}

std::string noise(std::size_t bytes) {
  std::mt19937 random(7);
  std::string out(bytes, '\0');
  for (char& c : out) c = static_cast<char>(random() & 0xff);
  return out;
}

TEST(Gzip, IsOneMemberThatHoldsTheText) {
  for (const std::string& text :
       {std::string(), std::string("x"), std::string(1, '\0'), repeated("{\"a\":1},", 300'000),
        repeated("{\"a\":1},", 3u << 20), noise(1'000), noise(600'000)}) {
    SCOPED_TRACE(text.size());
    EXPECT_TRUE(inflated(gzip(text), Frame::gzip, End::closed) == text);
  }
}

TEST(Gzip, IsSmallerThanTextThatRepeatsItself) {
  EXPECT_LT(gzip(repeated("{\"namespace\":\"pay\"},", 100'000)).size(), 2'000u);
}

TEST(Gzip, OfTheSameTextIsTheSame) {
  const std::string text = repeated("12.5,", 5'000) + noise(50'000);
  EXPECT_TRUE(gzip(text) == gzip(text));
}

}  // namespace
}  // namespace exporter::metrics
