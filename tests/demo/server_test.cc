#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "exporter/clock.h"
#include "tests/demo/answers.h"
#include "tests/demo/client.h"

namespace exporter::demo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kHour = "window=2026-10-03T09:00:00Z,2026-10-03T10:00:00Z";
const std::string kPodQuestion =
    "/allocation?" + std::string(kHour) + "&aggregate=cluster,namespace,pod&includeIdle=true";

class ServerTest : public ::testing::Test {
 protected:
  ManualClock clock_{*model::parse_time("2026-10-03T12:34:56Z")};
  std::unique_ptr<Server> server_ = *Server::start({}, clock_);

  Response get(std::string_view target) const { return ask(server_->url(), target); }
};

TEST_F(ServerTest, AnswersAsTheClusterDoes) {
  const auto window = hours("2026-10-03T09:00:00Z", 1);
  const Response pods = get(kPodQuestion);
  EXPECT_EQ(pods.status, 200);
  EXPECT_EQ(pods.headers.at("Content-Type"), "application/json");
  EXPECT_EQ(pods.headers.at("Transfer-Encoding"), "chunked");
  EXPECT_TRUE(pods.complete);
  EXPECT_EQ(pods.body, server_->cluster()->allocation_json(window, kPodRows, true));
  EXPECT_EQ(get("/allocation/compute?" + std::string(kHour) +
                "&aggregate=cluster%2Cnamespace%2Cpod&includeIdle=1")
                .body,
            pods.body);
  EXPECT_EQ(get("/assets?" + std::string(kHour)).body, server_->cluster()->assets_json(window));
}

TEST_F(ServerTest, RefusesWhatOpenCostRefuses) {
  const auto check = [&](std::string_view target, int status, std::string_view type,
                         std::string_view body) {
    SCOPED_TRACE(target);
    const Response response = get(target);
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.headers.at("Content-Type"), type);
    EXPECT_EQ(response.body, body);
    EXPECT_TRUE(response.complete);
  };
  check("/", 404, kPlainText, "404 page not found\n");
  check("/model/allocation", 404, kPlainText, "404 page not found\n");
  check("/allocation", 400, kPlainText, "Invalid 'window' parameter: illegal window: \n");
  check("/assets?window=", 400, kPlainText, "Invalid 'window' parameter: illegal window: \n");
  for (std::string_view window :
       {"notawindow", "1x", "h", "-1h", "1h30m", "2026-10-03,2026-10-04",
        "2026-10-03T00:00:00,2026-10-04T00:00:00", "2026-10-03T00:00:00Z"}) {
    check("/allocation?window=" + std::string(window), 400, kPlainText,
          "Invalid 'window' parameter: illegal window: " + std::string(window) + "\n");
  }
  check("/allocation?window=1h&step=0h", 400, kPlainText, "Invalid step parameter: 0h\n");
  check("/allocation?window=1h&filter=controller%3A%22x%22", 500, "application/json",
        "{\"code\":500,\"data\":null,\"message\":\"invalid filter: parsing filter: 1 error "
        "occurred:\\n\\t* at 'controller': expect filter field\\n\\n\"}\n");
  check("/allocation?window=2026-10-03T10:00:00Z,2026-10-03T09:00:00Z", 500, "application/json",
        "{\"code\":500,\"data\":null,\"message\":\"illegal window: [2026-10-03T10:00:00Z, "
        "2026-10-03T09:00:00Z)\"}\n");
  EXPECT_EQ(ask(server_->url(), "/allocation", "DELETE").status, 405);
}

TEST_F(ServerTest, ReadsWindows) {
  const auto check = [&](const std::string& window, std::string_view start, std::string_view end) {
    SCOPED_TRACE(window);
    const Response response = get("/allocation?aggregate=cluster&window=" + window);
    EXPECT_THAT(response.body, HasSubstr("\"window\":{\"start\":\"" + std::string(start) +
                                         "\",\"end\":\"" + std::string(end) + "\"}"));
  };
  check("today", "2026-10-03T00:00:00Z", "2026-10-04T00:00:00Z");
  check("yesterday", "2026-10-02T00:00:00Z", "2026-10-03T00:00:00Z");
  check("week", "2026-09-27T00:00:00Z", "2026-10-03T12:34:56Z");
  check("lastweek", "2026-09-20T00:00:00Z", "2026-09-27T00:00:00Z");
  check("month", "2026-10-01T00:00:00Z", "2026-10-03T12:34:56Z");
  check("lastmonth", "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z");
  check("90m", "2026-10-03T11:05:00Z", "2026-10-03T12:35:00Z");
  check("1h", "2026-10-03T12:00:00Z", "2026-10-03T13:00:00Z");
  check("2d", "2026-10-02T00:00:00Z", "2026-10-04T00:00:00Z");
  check("1w", "2026-09-27T00:00:00Z", "2026-10-04T00:00:00Z");
  check("1790000000,1790003600", "2026-09-21T14:13:20Z", "2026-09-21T15:13:20Z");
}

TEST_F(ServerTest, SpendsNothingInTheFuture) {
  const auto rows = read_rows(get("/allocation?window=today&aggregate=cluster,namespace,pod").body);
  ASSERT_FALSE(rows.empty());
  for (const ReadRow& row : rows) EXPECT_LE(row.end, "2026-10-03T12:34:56Z");
  const auto spent = server_->cluster()->namespace_costs(
      {*model::parse_time("2026-10-03T00:00:00Z"), *model::parse_time("2026-10-03T12:34:56Z")});
  EXPECT_EQ(add_up(rows), spent);
  EXPECT_EQ(get("/allocation?window=2026-10-04T00:00:00Z,2026-10-05T00:00:00Z").body,
            "{\"code\":200,\"data\":[{}]}\n");
  EXPECT_THAT(get("/assets?window=today").body, HasSubstr("\"minutes\":754.933333"));
  clock_.advance(std::chrono::hours(1));
  EXPECT_THAT(get("/assets?window=today").body, HasSubstr("\"minutes\":814.933333"));
}

TEST_F(ServerTest, CutsWindowsIntoSteps) {
  simdjson::dom::parser parser;
  const auto sets = [&](const std::string& target) {
    simdjson::dom::array data;
    EXPECT_EQ(parser.parse(get(target).body)["data"].get(data), simdjson::SUCCESS);
    return data.size();
  };
  EXPECT_EQ(sets("/allocation?window=2026-10-01T00:00:00Z,2026-10-03T00:00:00Z&step=1d"), 2u);
  EXPECT_EQ(sets("/allocation?window=yesterday&step=1h&aggregate=cluster"), 24u);
  EXPECT_EQ(sets("/allocation?window=yesterday&step=1h&accumulate=true"), 1u);
  EXPECT_EQ(sets("/allocation?window=2026-10-03T00:00:00Z,2026-10-03T00:00:00Z"), 0u);
}

TEST_F(ServerTest, KeepsCommonLabelsWhenAsked) {
  const std::string target = "/allocation?" + std::string(kHour) + "&aggregate=controller";
  const auto labels = [&](const std::string& of) {
    simdjson::dom::parser parser;
    const std::string body = get(of).body;
    return text_or_empty(
        parser.parse(body)["data"].at(0)["deployment:cart"]["properties"]["labels"]["team"]);
  };
  EXPECT_EQ(labels(target), "");
  EXPECT_EQ(labels(target + "&includeAggregatedMetadata=true"), "shop");
}

TEST_F(ServerTest, KeepsCommonAnnotationsWhenAsked) {
  const auto annotation = [&](std::string_view aggregate, std::string_view key, bool metadata) {
    simdjson::dom::parser parser;
    const std::string body =
        get("/allocation?" + std::string(kHour) + "&aggregate=" + std::string(aggregate) +
            (metadata ? "&includeAggregatedMetadata=true" : ""))
            .body;
    simdjson::dom::element row;
    EXPECT_EQ(parser.parse(body)["data"].at(0)[key].get(row), simdjson::SUCCESS) << key;
    return text_or_empty(row["properties"]["annotations"]["cost_center"]);
  };
  EXPECT_EQ(annotation("controller", "statefulset:kafka", false), "") << "three pods";
  EXPECT_EQ(annotation("controller", "statefulset:kafka", true), "4711");
  EXPECT_EQ(annotation("controller", "deployment:cart", true), "");
  EXPECT_EQ(annotation("namespace", "ml", true), "4712");
  EXPECT_EQ(annotation("namespace", "data", true), "") << "a claim without a pod has none";
  EXPECT_EQ(annotation("label:team", "data", true), "") << "two cost centers";
  EXPECT_EQ(annotation("pod", "kafka-0", false), "4711") << "one container";
}

TEST_F(ServerTest, SaysWhatItIs) {
  const Response health = get("/healthz");
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(health.body, "");
  simdjson::dom::parser parser;
  const std::string info = get("/installInfo").body;
  EXPECT_EQ(text_or_empty(parser.parse(info)["version"]), "1.121.3");
  EXPECT_EQ(text_or_empty(parser.parse(info)["clusterInfo"]["nodeCount"]), "6");
}

TEST_F(ServerTest, RemembersEveryRequest) {
  get("/healthz");
  get("/allocation?window=a%20b&aggregate=x,y");
  EXPECT_THAT(server_->requests(),
              ElementsAre("/healthz", "/allocation?window=a%20b&aggregate=x,y"));
}

TEST_F(ServerTest, LastsThroughSeveralRequestsOnOneConnection) {
  const Connection connection(server_->url());
  ASSERT_TRUE(connection.connected());
  const std::string twice = "GET /healthz HTTP/1.1\r\nHost: demo\r\n\r\n";
  connection.send(twice);
  EXPECT_THAT(connection.read(), HasSubstr("200 OK"));
  connection.send(twice);
  EXPECT_THAT(connection.read(), HasSubstr("200 OK"));
}

TEST(Server, UsesTheMachinesClockByDefault) {
  const auto server = *Server::start({});
  const std::string body = ask(server->url(), "/allocation?window=yesterday").body;
  EXPECT_FALSE(read_rows(body).empty());
}

}  // namespace
}  // namespace exporter::demo
