// Everything at once, for ThreadSanitizer; and that nobody gets what is not theirs meanwhile.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/access/rig.h"

namespace exporter::access {
namespace {

Options generation(int number) {
  return {.tokens = {token("always", "always"), token("g" + std::to_string(number % 2), "some")},
          .kubernetes = {.enabled = true, .subjects = {{.user = "*", .tenant = "shop"}}},
          .requests_per_second = 1e9};
}

TEST(GateThreads, AdoptWhileOthersAsk) {
  ManualClock clock{kStart};
  Gate gate(clock, [](const Kubernetes&, std::string_view token, const std::stop_token&) {
    if (token == "broken") return Result<Review>(fail("no answer"));
    return Result<Review>(Review{.authenticated = token == "kube", .user = "kube"});
  });
  gate.adopt(generation(0), {ada()});
  std::atomic<int> running = 4;
  auto asks = [&](const std::string& header, auto is_right) {
    return [&gate, &running, header, is_right] {
      for (int i = 0; i < 200; ++i) {
        const Credentials credentials{header, "192.0.2." + std::to_string(i)};
        auto outcome = gate.known(Area::api, credentials);
        if (!outcome) outcome = gate.look_up(Area::api, credentials, {});
        const std::string said = say(outcome);
        EXPECT_TRUE(is_right(said)) << said;
      }
      --running;
    };
  };
  auto one_of = [](std::initializer_list<std::string> good) {
    return [good = std::vector<std::string>(good)](const std::string& said) {
      return std::find(good.begin(), good.end(), said) != good.end();
    };
  };
  std::vector<std::jthread> threads;
  threads.emplace_back(asks(bearer("always"), one_of({"token always, admin"})));
  threads.emplace_back(asks(bearer("some"), one_of({"token g0, admin", "token g1, admin"})));
  threads.emplace_back(asks(bearer("kube"), one_of({"kubernetes kube, tenant shop"})));
  threads.emplace_back(
      asks(bearer("broken"),
           one_of({"unavailable, 5 s: Kubernetes could not be asked about the token"})));
  for (int number = 1; running > 0; ++number) {
    gate.adopt(generation(number), {ada()});
    clock.advance(std::chrono::seconds(1));
  }
}

TEST(GateThreads, PasswordsAndWrongTokens) {
  ManualClock clock{kStart};
  Gate gate(clock, nullptr);
  gate.adopt({.tokens = {token("a", "t")}, .requests_per_second = 1e9}, {ada(), bob()});
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&gate, number] {
      const std::string address = "198.51.100." + std::to_string(number);
      for (int i = 0; i < 10; ++i) {
        const auto right = basic(number % 2 == 0 ? "ada:correct horse" : "bob:tr0ub4dor:3");
        EXPECT_EQ(say(gate.look_up(Area::api, {right, address}, {})),
                  number % 2 == 0 ? "user ada, admin" : "user bob, admin");
        EXPECT_EQ(say(gate.look_up(Area::api, {basic("eve:x"), address}, {})),
                  "unknown: no such token or user, or a wrong password");
      }
    });
  }
}

}  // namespace
}  // namespace exporter::access
