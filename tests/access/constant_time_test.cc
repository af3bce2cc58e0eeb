// How long a comparison takes, in instructions: a clock would tell of the machine more than of it.
#include <gmock/gmock.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <optional>

#include "exporter/access/access.h"

namespace exporter::access {
namespace {

volatile bool sink;

// The thread sanitizer's own instructions are not the same twice.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define EXPORTER_UNDER_TSAN
#endif
#endif
#ifdef EXPORTER_UNDER_TSAN
constexpr bool kCountable = false;
#else
constexpr bool kCountable = true;
#endif

/// What a process of its own executes for `work`, and for what comes before and after it. Nothing
/// where processes may not be traced.
std::optional<long> instructions(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(1);
    ::raise(SIGSTOP);
    sink = work();
    ::_exit(0);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return {};
  long count = 0;
  while (WIFSTOPPED(status)) {
    if (::ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) != 0) break;
    if (::waitpid(child, &status, 0) != child) break;
    ++count;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? std::optional(count) : std::nullopt;
}

Digest differing_at(const Digest& digest, std::size_t byte) {
  Digest other = digest;
  other.at(byte) = static_cast<std::uint8_t>(~other.at(byte));
  return other;
}

// Of a comparison: for digests that are equal, and for those that differ at one byte, first to
// last.
template <class Compare>
std::vector<long> counts(Compare compare) {
  const Digest digest = sha256("token");
  std::vector<long> out;
  const auto add = [&](const Digest& other) {
    const auto count = instructions([&] { return compare(digest, other); });
    if (count) out.push_back(*count);
  };
  add(digest);
  for (std::size_t byte = 0; byte < digest.size(); byte += 5) add(differing_at(digest, byte));
  add(differing_at(digest, digest.size() - 1));
  return out;
}

class ConstantTime : public testing::Test {
 protected:
  void SetUp() override {
    if (!kCountable) GTEST_SKIP() << "under the thread sanitizer";
    if (!instructions([] { return true; })) GTEST_SKIP() << "no process may be traced here";
    // Found by the linker once, and not by whichever is first.
    sink = equal(sha256("a"), sha256("b"));
  }
};

TEST_F(ConstantTime, ComparingDigestsTakesAsLongWhereverTheyDiffer) {
  const std::vector<long> all =
      counts([](const Digest& a, const Digest& b) { return equal(a, b); });
  ASSERT_EQ(all.size(), 9u);
  EXPECT_THAT(all, testing::Each(all.front()));
}

TEST_F(ConstantTime, WhichWouldBeSeen) {
  const std::vector<long> all = counts([](const Digest& a, const Digest& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  });
  ASSERT_EQ(all.size(), 9u);
  EXPECT_LT(all[1], all.front()) << "it ends at the first byte that differs";
  EXPECT_TRUE(std::is_sorted(all.begin() + 1, all.end()));
}

}  // namespace
}  // namespace exporter::access
