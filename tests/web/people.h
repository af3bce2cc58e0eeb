// People, servers that know some of them, and what no answer may say.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/access/rig.h"
#include "tests/web/asking.h"
#include "tests/web/running.h"

namespace exporter::web::samples {

using access::ada;
using access::basic;
using access::bearer;

/// In no answer to anybody.
inline const std::vector<std::string> kSecrets = {"t0ken", "correct horse", "Y29ycmVjdCBob3JzZQ",
                                                  "hunter2", "aHVudGVyMg"};

struct Person {
  std::string name;
  std::string authorization;
};
inline const std::vector<Person>& people() {
  static const std::vector<Person> kPeople = {
      {"nobody", ""},
      {"admin", bearer("t0ken-of-admin")},
      {"shop", bearer("t0ken-of-shop")},
      {"expired", bearer("t0ken-that-expired")},
      {"stranger", bearer("t0ken-of-nobody")},
      {"ada", basic("ada:correct horse")},
      {"not ada", basic("ada:hunter2")},
      {"eve", basic("eve:correct horse")},
      {"kube admin", bearer("t0ken-of-kube-admin")},
      {"kube shop", bearer("t0ken-of-kube-shop")},
      {"kube stranger", bearer("t0ken-of-kube-stranger")},
      {"kube unknown", bearer("t0ken-that-breaks")},
      {"malformed", "t0ken-of-admin"},
      {"two", bearer("t0ken-of-admin") + ", " + basic("ada:correct horse")},
  };
  return kPeople;
}

inline Result<access::Review> review(const access::Kubernetes&, std::string_view token,
                                     const std::stop_token&) {
  if (token == "t0ken-that-breaks") return fail("no answer about t0ken-that-breaks");
  constexpr std::string_view kOf = "t0ken-of-";
  if (!token.starts_with("t0ken-of-kube-")) return access::Review{};
  return access::Review{.authenticated = true, .user = std::string(token.substr(kOf.size()))};
}

enum class Known : unsigned { nobody = 0, tokens = 1, users = 2, kubernetes = 4 };
constexpr Known operator|(Known a, Known b) {
  return static_cast<Known>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool operator&(Known a, Known b) {
  return (static_cast<unsigned>(a) & static_cast<unsigned>(b)) != 0;
}

inline access::Options options(Known known, double requests_per_second = 1e6) {
  access::Options options{.requests_per_second = requests_per_second};
  if (known & Known::tokens) {
    options.tokens = {access::token("admin", "t0ken-of-admin"),
                      access::token("shop", "t0ken-of-shop", "shop"),
                      access::token("old", "t0ken-that-expired")};
    options.tokens.back().expires = std::chrono::floor<std::chrono::seconds>(kNow);
  }
  if (known & Known::kubernetes) {
    options.kubernetes = {.enabled = true,
                          .subjects = {{.user = "kube-admin", .admin = true},
                                       {.user = "kube-shop", .tenant = "shop"}}};
  }
  return options;
}
inline std::vector<access::User> users(Known known) {
  return known & Known::users ? std::vector{ada()} : std::vector<access::User>();
}

struct Asked : Running {
  explicit Asked(Known its_known, double requests_per_second = 1e6,
                 access::Reviewer reviewer = review)
      : Running({}, {.users = users(its_known)}, {}, std::move(reviewer)), known(its_known) {
    gate.adopt(options(known, requests_per_second), users(known));
    publish(publication({healthy_source("prod")},
                        {report_of(breakdown(last_hour(), {{"prod", {{"a", 1}}}}))}));
  }

  Sent say(const std::string& method, const std::string& path,
           const std::string& authorization = "") {
    // Nobody here has been wrong too often.
    clock.advance(std::chrono::seconds(1));
    Sent answer = ask(address(), method, path, authorization);
    for (const std::string& secret : kSecrets) {
      EXPECT_EQ((answer.head + answer.body).find(secret), std::string::npos) << secret;
    }
    return answer;
  }

  const Known known;
};

}  // namespace exporter::web::samples
