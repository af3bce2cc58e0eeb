// What an answer costs must not tell what was wrong. Timing is left to no test: the comparisons and
// bcrypt runs are counted, at the libraries that do them.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstddef>

#include "tests/access/rig.h"

namespace exporter::access {
namespace {

// Of this thread: other tests have several.
thread_local int comparisons = 0;
thread_local std::vector<std::string> settings;  // the hashes that crypt(3) was asked to check

}  // namespace
}  // namespace exporter::access

/// Stands in front of GnuTLS's.
extern "C" int gnutls_memcmp(const void* a, const void* b, std::size_t size) {
  ++exporter::access::comparisons;
  static const auto next =
      reinterpret_cast<decltype(&gnutls_memcmp)>(::dlsym(RTLD_NEXT, "gnutls_memcmp"));
  return next(a, b, size);
}

/// Stands in front of libcrypt's, and does the same with its sibling, which says `*0` or `*1` where
/// this says nothing.
extern "C" char* crypt_r(const char* phrase, const char* setting, void* data);
extern "C" char* crypt_rn(const char* phrase, const char* setting, void* data, int) {
  exporter::access::settings.emplace_back(setting);
  char* const hash = ::crypt_r(phrase, setting, data);
  return hash != nullptr && *hash != '*' ? hash : nullptr;
}

namespace exporter::access {
namespace {

constexpr char kUnknown[] = "unknown: no such token or user, or a wrong password";

/// The settings of the hashes that are checked for one request.
std::vector<std::string> checked(Rig& rig, const std::string& user_and_password) {
  settings.clear();
  static_cast<void>(rig.ask(Area::pages, basic(user_and_password)));
  return settings;
}

TEST(Work, EveryTokenIsComparedWhereverTheMatchIs) {
  Options options;
  for (int i = 0; i < 10; ++i) options.tokens.push_back(token("t", "t" + std::to_string(i)));
  Rig rig(options);
  for (const std::string presented : {"t0", "t5", "t9", "none"}) {
    comparisons = 0;
    static_cast<void>(rig.known(Area::api, bearer(presented)));
    EXPECT_EQ(comparisons, 10) << presented;
  }
}

TEST(Work, AWrongNameCostsWhatAWrongPasswordCosts) {
  Rig rig({}, {ada()});
  const std::vector<std::string> once = {ada().bcrypt};
  EXPECT_EQ(checked(rig, "ada:wrong"), once);
  EXPECT_EQ(checked(rig, "eve:wrong"), once);
  EXPECT_EQ(checked(rig, "eve:correct horse"), once);
  EXPECT_EQ(checked(rig, ":"), once);
}

TEST(Work, TheSameWrongNameAlwaysCostsTheSame) {
  Rig rig({}, {ada(), bob()});
  int adas = 0;
  for (int i = 0; i < 64; ++i) {
    const std::string name = "nobody-" + std::to_string(i);
    const auto first = checked(rig, name + ":a");
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(checked(rig, name + ":b"), first);
    adas += first.front() == ada().bcrypt ? 1 : 0;
    rig.clock.advance(std::chrono::seconds(2));
  }
  // Names nobody has are spread over those somebody has.
  EXPECT_GT(adas, 0);
  EXPECT_LT(adas, 64);
}

TEST(Work, RightPasswordsAreCheckedOnce) {
  Rig rig({}, {ada()});
  EXPECT_EQ(checked(rig, "ada:correct horse").size(), 1U);
  EXPECT_EQ(checked(rig, "ada:correct horse").size(), 0U);
  EXPECT_EQ(checked(rig, "ada:wrong").size(), 1U);
  EXPECT_EQ(checked(rig, "ada:wrong").size(), 1U);
  rig.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(checked(rig, "ada:correct horse").size(), 1U);
}

TEST(Work, WhoHasBeenWrongTooOftenCostsNothing) {
  Rig rig({}, {ada()});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(rig.ask(Area::pages, basic("ada:wrong")), kUnknown);
  EXPECT_EQ(checked(rig, "ada:wrong").size(), 0U);
  EXPECT_EQ(checked(rig, "ada:correct horse").size(), 0U);
}

TEST(Work, NothingIsCheckedAtOnce) {
  Rig rig({}, {ada()});
  settings.clear();
  EXPECT_EQ(rig.known(Area::pages, basic("ada:wrong")), "look it up");
  EXPECT_TRUE(settings.empty());
}

}  // namespace
}  // namespace exporter::access
