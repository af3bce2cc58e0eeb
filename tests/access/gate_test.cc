// Who gets in where, and what the others are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/access/rig.h"

namespace exporter::access {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

constexpr char kUnknown[] = "unknown: no such token or user, or a wrong password";
constexpr char kAbsent[] = "absent: needs an Authorization header, Bearer with a token or Basic";

Options two_tokens() {
  return {.tokens = {token("grafana", "adm1n"), token("shop", "sh0p", "payments")}};
}

TEST(Gate, IsOpenBeforeAnybodyIsConfigured) {
  ManualClock clock{kStart};
  Gate gate(clock, nullptr);
  EXPECT_EQ(say(gate.known(Area::open, {})), "anonymous");
  EXPECT_EQ(say(gate.known(Area::pages, {})), "anonymous, admin");
  EXPECT_EQ(say(gate.known(Area::api, {})), "anonymous, admin");
  EXPECT_EQ(say(gate.look_up(Area::api, {}, {})), "anonymous, admin");
}

TEST(Gate, WhereAnybodyMayGoCredentialsAreNotLookedAt) {
  Rig nobody;
  for (const auto& header : {bearer("s3cret"), basic("ada:x"), std::string("\xff")}) {
    EXPECT_EQ(nobody.known(Area::open, header), "anonymous");
    EXPECT_EQ(nobody.known(Area::pages, header), "anonymous, admin");
    EXPECT_EQ(nobody.known(Area::api, header), "anonymous, admin");
  }
  Rig everybody({.tokens = {token("a", "t")}, .kubernetes = {.enabled = true}}, {ada()});
  EXPECT_EQ(everybody.known(Area::open, bearer("t")), "anonymous");
  EXPECT_EQ(everybody.known(Area::open, "nonsense"), "anonymous");
  EXPECT_EQ(everybody.look_up(Area::open, bearer("unheard-of")), "anonymous");
  EXPECT_THAT(everybody.cluster.asked, IsEmpty());
}

TEST(Gate, TokensCloseTheApiAndNotThePages) {
  Rig rig(two_tokens());
  EXPECT_EQ(rig.known(Area::pages, ""), "anonymous, admin");
  EXPECT_EQ(rig.known(Area::pages, bearer("wrong")), "anonymous, admin");
  EXPECT_EQ(rig.known(Area::api, ""), kAbsent);
  EXPECT_EQ(rig.known(Area::api, bearer("adm1n")), "token grafana, admin");
  EXPECT_EQ(rig.known(Area::api, "bEARER  sh0p "), "token shop, tenant payments");
  EXPECT_EQ(rig.known(Area::api, bearer("wrong")), kUnknown);
  EXPECT_EQ(rig.known(Area::api, bearer("adm1n0")), kUnknown);
  EXPECT_EQ(rig.known(Area::api, bearer(to_hex(sha256("adm1n")))), kUnknown);
  EXPECT_EQ(rig.known(Area::api, basic("grafana:adm1n")), kUnknown);
}

TEST(Gate, KubernetesAloneClosesTheApi) {
  Rig rig({.kubernetes = {.enabled = true}});
  EXPECT_EQ(rig.known(Area::pages, ""), "anonymous, admin");
  EXPECT_EQ(rig.known(Area::api, ""), kAbsent);
  EXPECT_EQ(rig.known(Area::api, bearer("t")), "look it up");
  EXPECT_EQ(rig.known(Area::api, basic("ada:x")), kUnknown);
}

TEST(Gate, UsersCloseThePagesAndTheApi) {
  Rig rig({}, {ada(), bob()});
  for (const Area area : {Area::pages, Area::api}) {
    EXPECT_EQ(rig.known(area, ""), kAbsent);
    EXPECT_EQ(rig.look_up(area, ""), kAbsent);
    EXPECT_EQ(rig.known(area, bearer("t")), kUnknown);
    EXPECT_EQ(rig.ask(area, basic("ada:correct horse")), "user ada, admin");
    EXPECT_EQ(rig.ask(area, basic("bob:tr0ub4dor:3")), "user bob, admin");
    EXPECT_EQ(rig.ask(area, basic("ada:tr0ub4dor:3")), kUnknown);
    EXPECT_EQ(rig.ask(area, basic("ada:")), kUnknown);
    EXPECT_EQ(rig.ask(area, basic("ada:" + ada().bcrypt)), kUnknown);
    // Whatever hash it is checked against, a name nobody has opens nothing.
    for (const std::string name : {"", "eve", "Ada", "ada ", "bo"}) {
      EXPECT_EQ(rig.ask(area, basic(name + ":correct horse")), kUnknown) << name;
    }
    rig.clock.advance(1min);
  }
}

TEST(Gate, ATenantSeesNoPages) {
  Rig rig(two_tokens(), {ada()});
  EXPECT_EQ(rig.known(Area::pages, bearer("adm1n")), "token grafana, admin");
  EXPECT_EQ(rig.known(Area::pages, bearer("sh0p")),
            "forbidden: token shop sees the tenant payments only, and this shows all");
  EXPECT_EQ(rig.look_up(Area::pages, bearer("sh0p")),
            "forbidden: token shop sees the tenant payments only, and this shows all");
  EXPECT_EQ(rig.known(Area::api, bearer("sh0p")), "token shop, tenant payments");
}

TEST(Gate, SaysWhatIsWrongWithAHeader) {
  Rig rig(two_tokens(), {ada()});
  for (const Area area : {Area::pages, Area::api}) {
    EXPECT_EQ(rig.known(area, "adm1n"),
              "malformed: the Authorization header is neither Bearer nor Basic");
    EXPECT_EQ(rig.look_up(area, "Bearer"), "malformed: the bearer token is empty");
    EXPECT_EQ(rig.known(area, "Basic YTp"), "malformed: user and password are not base64");
  }
}

TEST(Gate, ATokenEndsWithItsSecond) {
  Options options = two_tokens();
  options.tokens[0].expires = std::chrono::floor<std::chrono::seconds>(kStart) + 1h;
  Rig rig(options);
  const std::string expired = "expired: the token grafana expired at 2026-03-01T01:00:00Z";
  rig.clock.advance(1h - 1ms);
  EXPECT_EQ(rig.known(Area::api, bearer("adm1n")), "token grafana, admin");
  rig.clock.advance(1ms);
  EXPECT_EQ(rig.known(Area::api, bearer("adm1n")), expired);
  EXPECT_EQ(rig.look_up(Area::api, bearer("adm1n")), expired);
  rig.clock.advance(24h);
  EXPECT_EQ(rig.known(Area::api, bearer("adm1n")), expired);
  // Only whoever holds it learns that.
  EXPECT_EQ(rig.known(Area::api, bearer("adm1m")), kUnknown);
  EXPECT_EQ(rig.known(Area::api, bearer("sh0p")), "token shop, tenant payments");
}

TEST(Gate, AnExpiredTokenNeverGoesToKubernetes) {
  Options options = two_tokens();
  options.tokens[0].expires = std::chrono::floor<std::chrono::seconds>(kStart);
  options.kubernetes.enabled = true;
  Rig rig(options);
  EXPECT_EQ(rig.ask(Area::api, bearer("adm1n")),
            "expired: the token grafana expired at 2026-03-01T00:00:00Z");
  EXPECT_EQ(rig.ask(Area::api, bearer("sh0p")), "token shop, tenant payments");
  EXPECT_THAT(rig.cluster.asked, IsEmpty());
  EXPECT_EQ(rig.ask(Area::api, bearer("sh0p.")), kUnknown);
  EXPECT_THAT(rig.cluster.asked, testing::ElementsAre("sh0p."));
}

TEST(Gate, FindsATokenWhereverItStands) {
  Options options;
  for (int i = 0; i < 100; ++i) {
    options.tokens.push_back(token(std::to_string(i), "secret-" + std::to_string(i)));
  }
  Rig rig(options);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(rig.known(Area::api, bearer("secret-" + std::to_string(i))),
              "token " + std::to_string(i) + ", admin");
  }
}

TEST(Gate, AdoptingReplacesEverything) {
  Rig rig(two_tokens(), {ada()});
  EXPECT_EQ(rig.ask(Area::api, basic("ada:correct horse")), "user ada, admin");
  rig.gate.adopt({.tokens = {token("new", "n3w")}}, {bob()});
  EXPECT_EQ(rig.ask(Area::api, bearer("adm1n")), kUnknown);
  EXPECT_EQ(rig.ask(Area::api, basic("ada:correct horse")), kUnknown);
  EXPECT_EQ(rig.ask(Area::api, bearer("n3w")), "token new, admin");
  EXPECT_EQ(rig.ask(Area::pages, basic("bob:tr0ub4dor:3")), "user bob, admin");
  rig.gate.adopt({}, {});
  EXPECT_EQ(rig.ask(Area::api, ""), "anonymous, admin");
}

TEST(Refusals, HaveNames) {
  EXPECT_EQ(to_string(Refusal::absent), "absent");
  EXPECT_EQ(to_string(Refusal::malformed), "malformed");
  EXPECT_EQ(to_string(Refusal::unknown), "unknown");
  EXPECT_EQ(to_string(Refusal::expired), "expired");
  EXPECT_EQ(to_string(Refusal::forbidden), "forbidden");
  EXPECT_EQ(to_string(Refusal::unavailable), "unavailable");
  EXPECT_EQ(to_string(Refusal::limited), "limited");
}

}  // namespace
}  // namespace exporter::access
