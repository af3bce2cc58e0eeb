// What names the report that a page and the answers of the API are made from.
#include <gmock/gmock.h>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using opencost::Query;
using opencost::Question;
using samples::at;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Publishing : samples::Publishing<ManualClock> {
  void accept(double cpu = 1) {
    const Question question{Query::current, {at(9), at(10)}};
    publisher.observe({.source = "eu",
                       .question = question,
                       .fetched_at = clock.now(),
                       .outcome = samples::allocations(question, {.cpu = cpu})});
  }
  void refuse() {
    publisher.observe({.source = "eu",
                       .question = {Query::current, {at(9), at(10)}},
                       .fetched_at = clock.now(),
                       .outcome = PollFailure{"timeout", "too slow", false, true}});
  }
  std::uint64_t snapshot() const { return latest()->report.snapshot; }
  std::uint64_t now() const {
    return static_cast<std::uint64_t>(clock.now().time_since_epoch().count());
  }
  std::string line() const {
    std::string text;
    const auto publication = latest();
    for (const std::string& block : publication->page->text()) text += block;
    const std::size_t start = text.find("\nopencost_snapshot_id ");
    return text.substr(start + 1, text.find('\n', start + 1) - start - 1);
  }
  /// Whether adopting the options as they are now makes a new snapshot, which is then on the page.
  bool renewed() {
    const auto before = latest();
    clock.advance(seconds(1));
    publisher.adopt(options);
    EXPECT_EQ(snapshot() != before->report.snapshot, latest()->page != before->page);
    EXPECT_EQ(line(), fmt::format("opencost_snapshot_id {}", snapshot()));
    return snapshot() == now();
  }
};

TEST(Snapshot, IsWhenTheReportWasPublishedAndStandsOnThePage) {
  Publishing it;
  EXPECT_EQ(it.snapshot(), it.now());
  it.clock.advance(milliseconds(1));
  it.accept();
  EXPECT_EQ(it.snapshot(), it.now());
  EXPECT_EQ(it.line(), fmt::format("opencost_snapshot_id {}", it.now()));
}

TEST(Snapshot, NoTwoAreAlikeInOneMillisecond) {
  Publishing it;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    it.accept();
    EXPECT_EQ(it.snapshot(), it.now() + i);
  }
  it.clock.advance(milliseconds(2));
  it.accept();
  EXPECT_EQ(it.snapshot(), it.now() + 2);  // it does not go back
  it.clock.advance(milliseconds(9));
  it.accept();
  EXPECT_EQ(it.snapshot(), it.now());
}

TEST(Snapshot, StaysWhileTheReportDoes) {
  Publishing it;
  it.accept();
  const auto before = it.latest();
  it.clock.advance(seconds(5));
  it.refuse();
  it.publisher.expire();
  EXPECT_GT(it.latest()->generation, before->generation);
  EXPECT_EQ(it.snapshot(), before->report.snapshot);
  EXPECT_EQ(it.latest()->page, before->page);
}

TEST(Snapshot, ChangesWithWhateverAnAnswerIsMadeFrom) {
  Publishing it;
  it.accept();
  EXPECT_FALSE(it.renewed());
  it.options.currency = "EUR";
  EXPECT_TRUE(it.renewed());
  it.options.metrics.currency_rate = 2;
  EXPECT_TRUE(it.renewed());
  it.options.metrics.pods = false;
  EXPECT_TRUE(it.renewed());
  it.options.rules.tenants = {{.tenant = "shop", .namespaces = {"shop"}}};
  EXPECT_TRUE(it.renewed());
  it.options.schedule.calendar.utc_offset = std::chrono::minutes(60);
  EXPECT_TRUE(it.renewed());
  it.options.max_age += seconds(1);
  it.options.schedule.today += seconds(1);
  EXPECT_FALSE(it.renewed());
}

TEST(Publication, SaysWhichRulesAndWhichCalendarAreInForce) {
  Publishing it;
  ASSERT_NE(it.latest()->rules, nullptr);
  EXPECT_EQ(*it.latest()->rules, cost::AttributionRules{});
  const auto before = it.latest()->rules;
  it.publisher.adopt(it.options);
  EXPECT_EQ(it.latest()->rules, before);
  it.options.rules.tenants = {{.tenant = "shop", .namespaces = {"shop"}}};
  it.options.schedule.calendar.utc_offset = std::chrono::minutes(330);
  it.publisher.adopt(it.options);
  EXPECT_EQ(*it.latest()->rules, it.options.rules);
  EXPECT_EQ(it.latest()->calendar, it.options.schedule.calendar);
  it.refuse();
  EXPECT_EQ(*it.latest()->rules, it.options.rules);
}

}  // namespace
}  // namespace exporter::poll
