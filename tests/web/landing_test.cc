#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/web/web.h"
#include "tests/web/samples.h"

namespace exporter::web {
namespace {

using samples::breakdown;
using samples::Cluster;
using samples::healthy_source;
using samples::kNow;
using samples::last_hour;
using samples::new_source;
using samples::report_of;
using samples::this_day;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const poll::Publication& publication) {
  return landing_page(&publication, kNow, "/metrics");
}

const std::vector<Cluster> kProd{{.name = "prod-eu",
                                  .namespaces = {{"checkout", 300},
                                                 {"payments", 600},
                                                 {"search", 50},
                                                 {"batch", 20},
                                                 {"web", 15},
                                                 {"tools", 10},
                                                 {"sandbox", 5}},
                                  .idle = 480,
                                  .unmounted = 20}};

TEST(Landing, ShowsWhatACluserCosts) {
  const std::string page = page_of(
      samples::publication({healthy_source("prod")},
                           {report_of(breakdown(last_hour(), kProd),
                                      breakdown(this_day(), {{"prod-eu", {{"a", 12345.5}}}}))}));
  EXPECT_THAT(page, HasSubstr("<h2>prod</h2>"));
  EXPECT_THAT(page, HasSubstr("<h3>Cluster prod-eu</h3>"));
  EXPECT_THAT(page, HasSubstr("12,345.50 <small>USD</small>"));
  EXPECT_THAT(page, HasSubstr("00:00 to 09:45 UTC"));
  EXPECT_THAT(page, HasSubstr("<dt>Per hour</dt><dd>1,500.00 <small>USD</small></dd>"));
  EXPECT_THAT(page, HasSubstr("<dt>Per month</dt><dd>1,095,000.00 <small>USD</small></dd>"));
  EXPECT_THAT(page, HasSubstr("Workloads <b>67\u00a0%</b>"));
  EXPECT_THAT(page, HasSubstr("Idle <b>32\u00a0%</b>"));
  EXPECT_THAT(page, HasSubstr("<i class=\"idle\" style=\"width:32.00%\"></i>"));
  EXPECT_THAT(page, HasSubstr("Unmounted <b>1\u00a0%</b>"));
  EXPECT_THAT(page, HasSubstr("All 4 queries answered"));
  EXPECT_THAT(page, HasSubstr("published 12 s ago"));
}

// A month that is known as far as `coverage` says.
cost::PeriodCost month(const std::vector<Cluster>& clusters, cost::Coverage coverage) {
  return {.costs = breakdown(this_day(), clusters), .coverage = coverage, .by_label = {}};
}

cost::PeriodCost& month_of(cost::SourceReport& report) {
  return report.periods[static_cast<std::size_t>(model::Period::month_to_date)];
}

// What stands under the month to date; empty without one.
std::string month_shown(const cost::SourceReport& report, double rate = 1) {
  poll::Publication publication = samples::publication({healthy_source("prod")}, {report});
  publication.currency_rate = rate;
  const std::string page = page_of(publication);
  constexpr std::string_view kLabel = "<p class=\"label\">Month to date</p>";
  const std::size_t at = page.find(kLabel);
  if (at == std::string::npos) return "";
  const std::size_t from = at + kLabel.size();
  const std::size_t muted = page.find("<p class=\"muted\">", from);
  return page.substr(from, page.find("</p>", muted) + 4 - from);
}

TEST(Landing, ShowsTheMonthToDate) {
  using std::chrono::hours;
  cost::SourceReport report = report_of(breakdown(last_hour(), {{"c", {{"a", 2}}}}));
  EXPECT_EQ(month_shown(report), "") << "nothing is known of it";
  month_of(report) = month({{"c", {{"a", 1000}}, 200, 34.5}}, {hours(240), hours(240)});
  EXPECT_EQ(month_shown(report),
            "<p class=\"big\">1,234.50 <small>USD</small></p>"
            "<p class=\"muted\">100\u00a0% of it known</p>");
  month_of(report).coverage = {hours(60), hours(240)};
  EXPECT_THAT(month_shown(report), HasSubstr(">25\u00a0% of it known</p>"));
  month_of(report).coverage = {hours(1), hours(240)};
  EXPECT_THAT(month_shown(report), HasSubstr("><1\u00a0% of it known</p>"));
  month_of(report).coverage = {hours(0), hours(240)};
  EXPECT_THAT(month_shown(report), HasSubstr(">0\u00a0% of it known</p>"));
  month_of(report).coverage = {};
  EXPECT_THAT(month_shown(report), HasSubstr(">0\u00a0% of it known</p>"));
}

TEST(Landing, ShowsWhereTheMonthEnds) {
  using std::chrono::hours;
  cost::SourceReport report = report_of(breakdown(last_hour(), {{"c", {{"a", 2}}, 1}}));
  month_of(report) = month({{"c", {{"a", 100}}}}, {hours(240), hours(480)});
  report.forecast = cost::forecast(month_of(report), report.current, hours(744));
  // 100 + 3 x 504 h.
  EXPECT_EQ(month_shown(report),
            "<p class=\"big\">100.00 <small>USD</small></p><p class=\"muted\">ends at 1,612.00 "
            "<small>USD</small>, 50\u00a0% of it known</p>");
  EXPECT_EQ(month_shown(report, 0.5),
            "<p class=\"big\">50.00 <small>USD</small></p><p class=\"muted\">ends at 806.00 "
            "<small>USD</small>, 50\u00a0% of it known</p>");
  month_of(report).costs = nullptr;
  EXPECT_EQ(month_shown(report), "");
}

TEST(Landing, ShowsTheMonthOfItsOwnCluster) {
  using std::chrono::hours;
  cost::SourceReport report = report_of(breakdown(last_hour(), {{"a", {{"x", 1}}}, {"b", {}, 5}}));
  month_of(report) = month({{"b", {{"x", 70}}}, {"gone", {{"x", 9}}}}, {hours(1), hours(1)});
  report.forecast = cost::forecast(month_of(report), report.current, hours(1));
  const std::string page = page_of(samples::publication({healthy_source("prod")}, {report}));
  const std::size_t a = page.find("<h3>Cluster a</h3>"), b = page.find("<h3>Cluster b</h3>"),
                    gone = page.find("<h3>Cluster gone</h3>");
  ASSERT_TRUE(a < b && b < gone && gone != std::string::npos);
  EXPECT_THAT(page.substr(a, b - a), Not(HasSubstr("Month to date")));
  EXPECT_THAT(page.substr(b, gone - b), HasSubstr("ends at 70.00 <small>"));
  EXPECT_THAT(page.substr(gone), HasSubstr("ends at 9.00 <small>"));
  EXPECT_THAT(page.substr(gone), HasSubstr("The run rate is not known"));
}

TEST(Landing, RanksTheFiveDearestNamespaces) {
  const std::string page = page_of(
      samples::publication({healthy_source("prod")}, {report_of(breakdown(last_hour(), kProd))}));
  std::size_t last = 0;
  for (const char* name : {"payments", "checkout", "search", "batch", "web"}) {
    const std::size_t at = page.find(fmt::format("title=\"{0}\">{0}</span>", name));
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_GT(at, last) << name;
    last = at;
  }
  EXPECT_THAT(page, HasSubstr("style=\"width:100.00%\"></i></span><span class=\"value\">600.00"));
  EXPECT_THAT(page, HasSubstr("style=\"width:50.00%\"></i></span><span class=\"value\">300.00"));
  EXPECT_THAT(page, HasSubstr("title=\"2 more\">2 more</span>"));
  EXPECT_THAT(page, Not(HasSubstr("tools")));
}

TEST(Landing, MultipliesByTheCurrencyRate) {
  poll::Publication publication = samples::publication(
      {healthy_source("prod")}, {report_of(breakdown(last_hour(), {{"c", {{"a", 2}}}}))});
  publication.currency = "EUR";
  publication.currency_rate = 0.5;
  EXPECT_THAT(page_of(publication), HasSubstr("<dt>Per hour</dt><dd>1.00 <small>EUR</small></dd>"));
}

TEST(Landing, AddsUpTheFleetOnlyWhileAllOfItIsKnown) {
  const cost::SourceReport known = report_of(breakdown(last_hour(), {{"a", {{"x", 10}}}}),
                                             breakdown(this_day(), {{"a", {{"x", 100}}}}));
  const cost::SourceReport other = report_of(breakdown(last_hour(), {{"b", {{"x", 5}}}}),
                                             breakdown(this_day(), {{"b", {{"x", 50}}}}));
  const std::vector<poll::SourceStatus> sources{healthy_source("a"), healthy_source("b")};
  const std::string whole = page_of(samples::publication(sources, {known, other}));
  EXPECT_THAT(whole, HasSubstr("All 2 clusters today</dt><dd>150.00"));
  EXPECT_THAT(whole, HasSubstr("<dt>Per hour</dt><dd>15.00"));

  cost::SourceReport partly = other;
  partly.current = nullptr;
  const std::string part = page_of(samples::publication(sources, {known, partly}));
  EXPECT_THAT(part, Not(HasSubstr("All 2 clusters")));
  EXPECT_THAT(part, HasSubstr("Totals of all clusters appear when"));

  EXPECT_THAT(page_of(samples::publication({healthy_source("a")}, {known})),
              Not(HasSubstr("class=\"fleet\"")));
}

TEST(Landing, SaysHowEachQueryStands) {
  const auto check = [](poll::QueryStatus status, std::string_view state, std::string_view facts) {
    poll::SourceStatus source = new_source("prod");
    source.queries[0] = std::move(status);
    const std::string page = page_of(samples::publication({source}, {{}}));
    EXPECT_THAT(page, HasSubstr(fmt::format(
                          "<b>current</b><span class=\"state {}</span></p><p class=\"muted\">{}",
                          state, facts)));
  };
  const auto state = [](std::string_view css, std::string_view text) {
    return fmt::format("{}\"><i class=\"dot\"></i>{}", css, text);
  };
  poll::QueryStatus status;
  check(status, state("waiting", "waiting"), "not answered yet</p></li>");
  status.asked = true;
  status.failure = "timeout: no answer";
  check(status, state("stale", "failing"),
        "never answered</p><p class=\"failure\">timeout: no answer</p>");
  status = samples::answered(std::chrono::minutes(3), last_hour(), 1842);
  status.rejected = 4;
  check(status, state("ok", "ok"),
        "answered 3 min ago \u00b7 1,842 rows \u00b7 4 rejected<br>2026-03-10 08:45\u201309:45 "
        "UTC</p>");
  status.up = false;
  status.failure = "status: 502";
  check(status, state("failing", "failing"),
        "answered 3 min ago \u00b7 1,842 rows \u00b7 4 rejected<br>2026-03-10 08:45\u201309:45 "
        "UTC</p>"
        "<p class=\"failure\">status: 502</p>");
  status.shown = false;
  check(status, state("stale", "stale"),
        "answered 3 min ago \u00b7 1,842 rows \u00b7 4 rejected<br>2026-03-10 08:45\u201309:45 "
        "UTC<br>"
        "too old to be shown</p>");
}

TEST(Landing, SumsUpTheState) {
  const auto check = [](const poll::SourceStatus& source, std::string_view text) {
    EXPECT_THAT(page_of(samples::publication({source}, {{}})), HasSubstr(text));
  };
  poll::SourceStatus source = healthy_source("prod");
  check(source, "All 4 queries answered");
  source.queries[2] = {};
  check(source, "3 of 4 queries answered");
  source.queries[1].up = false;
  check(source, "pill failing\"><i class=\"dot\"></i>1 of 4 queries in trouble");
  source.queries[0].shown = false;
  check(source, "pill stale\"><i class=\"dot\"></i>2 of 4 queries in trouble");
}

TEST(Landing, IsFriendlyWhereThereIsNothingYet) {
  EXPECT_THAT(landing_page(nullptr, kNow, "/metrics"),
              HasSubstr("Asking OpenCost for the first time"));
  EXPECT_THAT(page_of(samples::publication({new_source("prod")}, {{}})),
              HasSubstr("Asking OpenCost for the first time"));
  EXPECT_THAT(page_of(samples::publication({}, {})), HasSubstr("No OpenCost is configured"));
  poll::SourceStatus failed = new_source("prod");
  failed.queries[0].asked = true;
  EXPECT_THAT(page_of(samples::publication({failed}, {{}})), HasSubstr("No costs to show"));
}

TEST(Landing, SurvivesFiguresThatAreMissingOrOdd) {
  const std::vector<Cluster> free_of_charge{{.name = "", .namespaces = {}}};
  const std::string page = page_of(samples::publication(
      {healthy_source("prod")}, {report_of(breakdown(last_hour(), free_of_charge))}));
  EXPECT_THAT(page, HasSubstr("Cluster without a name"));
  EXPECT_THAT(page, HasSubstr("No namespace cost anything in this hour."));
  EXPECT_THAT(page, HasSubstr("not known yet"));
  EXPECT_THAT(page, Not(HasSubstr("nan <small>")));
  EXPECT_THAT(page, Not(HasSubstr("inf <small>")));

  const std::string no_rate = page_of(samples::publication(
      {healthy_source("prod")}, {report_of(nullptr, breakdown(this_day(), kProd))}));
  EXPECT_THAT(no_rate, HasSubstr("The run rate is not known"));

  const model::Window empty{last_hour().start, last_hour().start};
  EXPECT_THAT(
      page_of(samples::publication({healthy_source("prod")}, {report_of(breakdown(empty, kProd))})),
      HasSubstr("The run rate is not known"));
}

TEST(Landing, EscapesEverythingForeign) {
  constexpr std::string_view kHostile = "<script>alert(\"1\")</script>'&";
  constexpr std::string_view kHarmless =
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;";
  poll::SourceStatus source = healthy_source(kHostile);
  source.queries[1].up = false;
  source.queries[1].failure = kHostile;
  const std::vector<Cluster> clusters{{.name = kHostile, .namespaces = {{kHostile, 3}}}};
  poll::Publication publication = samples::publication(
      {source}, {report_of(breakdown(last_hour(), clusters), breakdown(this_day(), clusters))});
  publication.currency = kHostile;
  const std::string page = landing_page(&publication, kNow, "/'\"><script>");
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("alert(\"")));
  EXPECT_THAT(page, HasSubstr("/&#39;&quot;&gt;&lt;script&gt;"));
  EXPECT_THAT(page, HasSubstr(fmt::format("<h2>{}</h2>", kHarmless)));
  EXPECT_THAT(page, HasSubstr(fmt::format("<h3>Cluster {}</h3>", kHarmless)));
  EXPECT_THAT(page, HasSubstr(fmt::format("title=\"{0}\">{0}</span>", kHarmless)));
  EXPECT_THAT(page, HasSubstr(fmt::format("<p class=\"failure\">{}</p>", kHarmless)));
  EXPECT_THAT(page, HasSubstr(fmt::format("3.00 <small>{}</small>", kHarmless)));
}

TEST(Landing, LinksToEveryPage) {
  const std::string page = landing_page(nullptr, kNow, "/metrics", true);
  for (const Route& route : routes()) {
    if (route.path.ends_with(".js")) continue;  // nothing to look at
    const std::string link = route.methods == "POST"
                                 ? fmt::format("<code>POST {}</code>", route.path)
                                 : fmt::format("<a href=\"{0}\"><code>{0}</code></a>", route.path);
    EXPECT_THAT(page, HasSubstr(link));
  }
  EXPECT_THAT(page, HasSubstr("<a href=\"/metrics?collect%5B%5D=cost\"><code>/metrics?collect[]="
                              "cost</code></a>"));
  EXPECT_THAT(page, HasSubstr("<a href=\"/metrics?collect%5B%5D=exporter\">"));
  EXPECT_THAT(page, Not(HasSubstr(".js")));
}

TEST(Landing, LinksToTheReferencePageOnlyWhereThereIsOne) {
  EXPECT_THAT(landing_page(nullptr, kNow, "/metrics", true), HasSubstr("href=\"/api/v1/docs\""));
  EXPECT_THAT(landing_page(nullptr, kNow, "/metrics", false), Not(HasSubstr("/api/")));
}

TEST(Landing, NeedsNothingFromElsewhere) {
  const std::string page = page_of(
      samples::publication({healthy_source("prod")}, {report_of(breakdown(last_hour(), kProd))}));
  for (const char* foreign : {"<script", "<img", "url(", "@import", "src=", "https://"}) {
    EXPECT_THAT(page, Not(HasSubstr(foreign)));
  }
}

}  // namespace
}  // namespace exporter::web
