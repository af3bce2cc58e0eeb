#include "exporter/demo/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "exporter/clock.h"
#include "tests/demo/answers.h"
#include "tests/demo/client.h"

namespace exporter::demo {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kQuestion =
    "/allocation?window=2026-10-03T09:00:00Z,2026-10-03T10:00:00Z"
    "&aggregate=cluster,namespace,pod&includeIdle=true";

class FaultsTest : public ::testing::Test {
 protected:
  ManualClock clock_{*model::parse_time("2026-10-03T12:00:00Z")};
  std::unique_ptr<Server> server_ = *Server::start({}, clock_);

  Response get(std::string_view target) const { return ask(server_->url(), target); }

  Response faulty(std::string_view kind) const {
    EXPECT_TRUE(server_->fail_next(kind, 1)) << kind;
    return get(kQuestion);
  }

  static bool parses(const std::string& body) {
    simdjson::dom::parser parser;
    return parser.parse(body).error() == simdjson::SUCCESS;
  }

  static std::size_t count(std::string_view body, std::string_view text) {
    std::size_t found = 0;
    for (std::size_t at = body.find(text); at != std::string_view::npos;
         at = body.find(text, at + 1)) {
      ++found;
    }
    return found;
  }

  // A request that gets no answer, known to have reached the server.
  void stall(const Connection& connection) const {
    EXPECT_TRUE(server_->fail_next("stall", 1));
    const std::string mark = kQuestion + "&mark=" + std::to_string(server_->requests().size());
    connection.ask("GET", mark);
    const auto arrived = [&] {
      const auto all = server_->requests();
      return std::find(all.begin(), all.end(), mark) != all.end();
    };
    while (!arrived()) get("/healthz");
  }
};

TEST_F(FaultsTest, RefusesUnknownKindsAndCounts) {
  EXPECT_EQ(server_->fail_next("nonsense", 1).error().message, "no fault is called \"nonsense\"");
  EXPECT_EQ(server_->fail_next("stall", 0).error().message, "count is not a number above 0");
  EXPECT_EQ(ask(server_->url(), "/demo/fault?kind=x", "POST").status, 400);
  EXPECT_EQ(ask(server_->url(), "/demo/fault?kind=stall&count=two", "POST").status, 400);
  EXPECT_EQ(ask(server_->url(), "/demo/fault", "DELETE").status, 405);
  EXPECT_EQ(get(kQuestion).status, 200);
}

TEST_F(FaultsTest, LastAsLongAsAskedAndSpareOtherPaths) {
  EXPECT_EQ(ask(server_->url(), "/demo/fault?kind=error503&count=2", "POST").status, 200);
  EXPECT_EQ(ask(server_->url(), "/demo/fault?kind=error429", "POST").status, 200);
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get(kQuestion).status, 503);
  EXPECT_EQ(get("/assets?window=yesterday").status, 503);
  EXPECT_EQ(get(kQuestion).status, 429);
  EXPECT_EQ(get(kQuestion).status, 200);
}

TEST_F(FaultsTest, EveryKindIsListedAndDocumented) {
  const std::string list = get("/demo/fault").body;
  std::ifstream in(EXPORTER_TESTS_DIR "/../docs/demo.md");
  const std::string docs{std::istreambuf_iterator<char>(in), {}};
  for (const Fault& fault : faults()) {
    EXPECT_THAT(list, HasSubstr(fault.kind));
    EXPECT_THAT(
        docs,
        HasSubstr(
            std::string("| `").append(fault.kind).append("` | ").append(fault.what).append(" |")));
  }
}

TEST_F(FaultsTest, AnswersThatAreNone) {
  const auto check = [&](std::string_view kind, int status, std::string_view type,
                         std::string_view body) {
    SCOPED_TRACE(kind);
    const Response response = faulty(kind);
    EXPECT_EQ(response.status, status);
    EXPECT_THAT(response.headers.at("Content-Type"), StartsWith(std::string(type)));
    EXPECT_THAT(response.body, StartsWith(std::string(body)));
    EXPECT_TRUE(response.complete);
  };
  const std::string json = "application/json";
  check("envelope500", 200, json, R"({"code":500,"message":"Internal Server Error"})");
  check("error500", 500, json, R"({"code":500,"data":null,"message":"error computing)");
  check("error503", 503, "text/plain", "service unavailable\n");
  check("error429", 429, "text/plain", "too many requests\n");
  check("text400", 400, "text/plain", "Invalid 'window' parameter: illegal window: bogus\n");
  check("old-window-error", 400, "text/plain",
        "Invalid 'window' parameter: illegal window: bogus\n{\"code\":500,");
  check("empty-body", 200, json, "");
  check("empty-list", 200, json, "{\"code\":200,\"data\":[]}\n");
  check("empty-set", 200, json, "{\"code\":200,\"data\":[{}]}\n");
  check("null-set", 200, json, "{\"code\":200,\"data\":[null]}\n");
  check("login-page", 200, "text/html", "<!DOCTYPE html>");
  check("redirect", 302, "text/plain", "");
  EXPECT_EQ(faulty("error503").headers.at("Retry-After"), "1");
  EXPECT_EQ(faulty("error429").headers.at("Retry-After"), "1");
  EXPECT_EQ(faulty("redirect").headers.at("Location"), "http://127.0.0.1:1/");
  EXPECT_EQ(faulty("empty-body").body, "");
}

TEST_F(FaultsTest, RowsThatAreMissingOrTooMany) {
  const std::size_t all = read_rows(get(kQuestion).body).size();
  const auto idle = read_rows(faulty("only-idle").body);
  ASSERT_EQ(idle.size(), 1u);
  EXPECT_EQ(idle.front().key, "__idle__");
  EXPECT_EQ(read_rows(faulty("few-rows").body).size(), (all + 19) / 20);
  const auto twice = read_rows(faulty("duplicate-row").body);
  EXPECT_EQ(twice.size(), all + 1);
  EXPECT_NE(std::adjacent_find(twice.begin(), twice.end(),
                               [](const auto& a, const auto& b) { return a.key == b.key; }),
            twice.end());
}

TEST_F(FaultsTest, ValuesThatCannotBe) {
  const std::string nulls = faulty("null-costs").body;
  EXPECT_TRUE(parses(nulls));
  EXPECT_EQ(count(nulls, R"("totalCost":null)"), count(nulls, R"("cpuCost":null)"));
  EXPECT_GT(count(nulls, R"("totalCost":null)"), 3u);
  EXPECT_THAT(faulty("negative-minutes").body, HasSubstr(R"("minutes":-2.45,)"));
  EXPECT_THAT(faulty("absurd-cost").body, HasSubstr(R"("totalCost":1.97e+25,)"));
  const auto rows = read_rows(faulty("negative-idle").body);
  EXPECT_EQ(find_row(rows, "__idle__")->total, -186.571);
  EXPECT_EQ(find_row(rows, "__idle__")->costs.total(), printed_cost(-186.571));
  EXPECT_FALSE(parses(faulty("invalid-utf8").body));
  EXPECT_THAT(faulty("deep-nesting").body, HasSubstr(std::string(3000, '[')));
}

TEST_F(FaultsTest, AssetsAreSpoiltToo) {
  const std::string target = "/assets?window=yesterday";
  for (const Fault& fault : faults()) {
    if (fault.kind == "stall" || fault.kind == "drip") continue;
    EXPECT_TRUE(server_->fail_next(fault.kind, 1));
    get(target);
  }
  ASSERT_TRUE(server_->fail_next("null-costs", 1));
  const std::string body = get(target).body;
  EXPECT_TRUE(parses(body));
  EXPECT_THAT(body, HasSubstr(R"("totalCost":null)"));
}

TEST_F(FaultsTest, AnswersCutShort) {
  const std::string right = get(kQuestion).body;
  const Response cut = faulty("truncated");
  EXPECT_TRUE(cut.complete);
  EXPECT_EQ(cut.body, right.substr(0, right.size() / 2));
  const Response broken = faulty("truncated-connection");
  EXPECT_EQ(broken.status, 200);
  EXPECT_FALSE(broken.complete);
  EXPECT_EQ(broken.headers.at("Content-Length"), std::to_string(right.size()));
  EXPECT_LE(broken.body.size(), right.size() / 2);
}

TEST_F(FaultsTest, StalledClientsHoldUpNobody) {
  const Connection first(server_->url());
  const Connection second(server_->url());
  Connection gone(server_->url());
  stall(first);
  stall(second);
  stall(gone);
  gone.close();
  EXPECT_EQ(get(kQuestion).status, 200);
  server_.reset();
  EXPECT_EQ(first.read(), "");
  EXPECT_EQ(second.read(), "");
}

TEST_F(FaultsTest, DripsAByteAtATime) {
  ASSERT_TRUE(server_->fail_next("drip", 1));
  const Connection connection(server_->url());
  connection.ask("GET", kQuestion);
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos) text += connection.read();
  text.erase(0, text.find("\r\n\r\n") + 4);
  while (text.size() < 3) {
    const std::string more = connection.read();
    ASSERT_EQ(more.size(), 1u);
    text += more;
  }
  EXPECT_EQ(text, "{\"c");
  EXPECT_EQ(get("/healthz").status, 200);
  server_.reset();
  EXPECT_LT(connection.read_all().size(), 1000000u);
}

}  // namespace
}  // namespace exporter::demo
