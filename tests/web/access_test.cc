// Who gets what, by whom the configuration knows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/web/people.h"

namespace exporter::web {
namespace {

using samples::Asked;
using samples::Known;
using samples::people;
using samples::Person;
using samples::Sent;

/// `in`, or the status somebody is refused with.
std::string verdict(const Sent& answer) {
  constexpr int kRefusals[] = {401, 403, 429};
  if (std::ranges::count(kRefusals, answer.status()) != 0) return std::to_string(answer.status());
  if (answer.code() == "authentication_unavailable" || answer.body.starts_with("Kubernetes")) {
    return std::to_string(answer.status());
  }
  return "in";
}

/// Challenges, and the kind of text.
void expect_refusal(const Asked& running, const std::string& path, const Person& person,
                    const Sent& answer) {
  std::vector<std::string> challenges;
  if (answer.status() == 401) {
    if (running.known & Known::users) challenges.emplace_back("Basic realm=\"opencost-exporter\"");
    challenges.push_back(std::string("Bearer realm=\"opencost-exporter\"") +
                         (person.authorization.empty() ? "" : ", error=\"invalid_token\""));
  }
  EXPECT_EQ(answer.all("WWW-Authenticate"), challenges);
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  const bool api = path.starts_with("/api/v1");
  EXPECT_EQ(answer.header("Content-Type"),
            api ? "application/problem+json" : "text/plain; charset=utf-8");
  EXPECT_EQ(answer.code().empty(), !api);
}

struct Row {
  std::string name;
  std::string pages, callers, admins;
};

void expect_rows(Known known, const std::vector<Row>& rows) {
  Asked running(known);
  ASSERT_EQ(rows.size(), people().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Person& person = people()[i];
    const Row& row = rows[i];
    ASSERT_EQ(person.name, row.name);
    const auto expect = [&](std::string_view method, std::string_view path,
                            const std::string& wanted) {
      SCOPED_TRACE(fmt::format("{}: {} {}", person.name, method, path));
      const Sent answer = running.say(std::string(method), std::string(path), person.authorization);
      EXPECT_EQ(verdict(answer), wanted) << answer.head << answer.body;
      if (verdict(answer) != "in") expect_refusal(running, std::string(path), person, answer);
    };
    for (const std::string_view path : {"/metrics", "/metrics?collect[]=cost", "/"}) {
      expect("GET", path, row.pages);
    }
    expect("POST", "/-/reload", row.pages);
    for (const std::string_view path :
         {"/-/healthy", "/-/ready", "/api/v1/docs", "/api/v1/docs/redoc.js"}) {
      expect("GET", path, "in");
    }
    for (const api::Route& route : api::routes()) {
      const std::string& wanted = route.who == api::Who::anybody   ? "in"
                                  : route.who == api::Who::callers ? row.callers
                                                                   : row.admins;
      expect(route.methods == "POST" ? "POST" : "GET", route.path, wanted);
    }
    // What there is not is said to anybody.
    expect("GET", "/nowhere", "in");
    expect("GET", "/api/v1/nowhere", "in");
    expect("PUT", "/metrics", "in");
  }
}

TEST(Access, WhereNothingIsConfigured) {
  std::vector<Row> rows;
  for (const Person& person : people()) rows.push_back({person.name, "in", "in", "in"});
  expect_rows(Known::nobody, rows);
}

TEST(Access, WithTokens) {
  expect_rows(Known::tokens, {{"nobody", "in", "401", "401"},
                              {"admin", "in", "in", "in"},
                              {"shop", "in", "in", "403"},
                              {"expired", "in", "401", "401"},
                              {"stranger", "in", "401", "401"},
                              {"ada", "in", "401", "401"},
                              {"not ada", "in", "401", "401"},
                              {"eve", "in", "401", "401"},
                              {"kube admin", "in", "401", "401"},
                              {"kube shop", "in", "401", "401"},
                              {"kube stranger", "in", "401", "401"},
                              {"kube unknown", "in", "401", "401"},
                              {"malformed", "in", "401", "401"},
                              {"two", "in", "401", "401"}});
}

TEST(Access, WithUsers) {
  expect_rows(Known::users, {{"nobody", "401", "401", "401"},
                             {"admin", "401", "401", "401"},
                             {"shop", "401", "401", "401"},
                             {"expired", "401", "401", "401"},
                             {"stranger", "401", "401", "401"},
                             {"ada", "in", "in", "in"},
                             {"not ada", "401", "401", "401"},
                             {"eve", "401", "401", "401"},
                             {"kube admin", "401", "401", "401"},
                             {"kube shop", "401", "401", "401"},
                             {"kube stranger", "401", "401", "401"},
                             {"kube unknown", "401", "401", "401"},
                             {"malformed", "401", "401", "401"},
                             {"two", "401", "401", "401"}});
}

TEST(Access, WithTokensAndUsers) {
  expect_rows(Known::tokens | Known::users, {{"nobody", "401", "401", "401"},
                                             {"admin", "in", "in", "in"},
                                             {"shop", "403", "in", "403"},
                                             {"expired", "401", "401", "401"},
                                             {"stranger", "401", "401", "401"},
                                             {"ada", "in", "in", "in"},
                                             {"not ada", "401", "401", "401"},
                                             {"eve", "401", "401", "401"},
                                             {"kube admin", "401", "401", "401"},
                                             {"kube shop", "401", "401", "401"},
                                             {"kube stranger", "401", "401", "401"},
                                             {"kube unknown", "401", "401", "401"},
                                             {"malformed", "401", "401", "401"},
                                             {"two", "401", "401", "401"}});
}

TEST(Access, WithKubernetes) {
  expect_rows(Known::kubernetes, {{"nobody", "in", "401", "401"},
                                  {"admin", "in", "401", "401"},
                                  {"shop", "in", "401", "401"},
                                  {"expired", "in", "401", "401"},
                                  {"stranger", "in", "401", "401"},
                                  {"ada", "in", "401", "401"},
                                  {"not ada", "in", "401", "401"},
                                  {"eve", "in", "401", "401"},
                                  {"kube admin", "in", "in", "in"},
                                  {"kube shop", "in", "in", "403"},
                                  {"kube stranger", "in", "403", "403"},
                                  {"kube unknown", "in", "503", "503"},
                                  {"malformed", "in", "401", "401"},
                                  {"two", "in", "401", "401"}});
}

TEST(Access, WithAllOfThem) {
  expect_rows(Known::tokens | Known::users | Known::kubernetes,
              {{"nobody", "401", "401", "401"},
               {"admin", "in", "in", "in"},
               {"shop", "403", "in", "403"},
               {"expired", "401", "401", "401"},
               {"stranger", "401", "401", "401"},
               {"ada", "in", "in", "in"},
               {"not ada", "401", "401", "401"},
               {"eve", "401", "401", "401"},
               {"kube admin", "in", "in", "in"},
               {"kube shop", "403", "in", "403"},
               {"kube stranger", "403", "403", "403"},
               {"kube unknown", "503", "503", "503"},
               {"malformed", "401", "401", "401"},
               {"two", "401", "401", "401"}});
}

}  // namespace
}  // namespace exporter::web
