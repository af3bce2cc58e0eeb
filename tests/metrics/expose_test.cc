#include <gmock/gmock.h>

#include <set>

#include "tests/metrics/exposition.h"
#include "tests/metrics/inflating.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

using samples::End;
using samples::Frame;
using samples::inflated;
using samples::joined;
using testing::IsEmpty;

std::shared_ptr<const Page> page_of(const cost::Report& report) {
  return std::make_shared<const Page>(render(report, {}));
}

std::string body(const Exposition& exposition) {
  std::string out;
  for (std::string_view piece : exposition.pieces) out += piece;
  EXPECT_EQ(out.size(), exposition.bytes);
  return out;
}

std::vector<Selection> selections() {
  std::vector<Selection> all;
  for (bool cost : {false, true}) {
    for (bool exporter : {false, true}) {
      for (Format format : {Format::text, Format::openmetrics}) {
        for (Encoding encoding : {Encoding::identity, Encoding::gzip}) {
          all.push_back({cost, exporter, format, encoding});
        }
      }
    }
  }
  return all;
}

std::string describe(const Selection& selection) {
  return testing::PrintToString(std::tuple(selection.cost, selection.exporter,
                                           static_cast<int>(selection.format),
                                           static_cast<int>(selection.encoding)));
}

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes.at(i));
  return value;
}

// Every selection of `page` and `live` holds exactly what was selected.
void expect_whole(const std::shared_ptr<const Page>& page, const std::string& live) {
  for (const Selection& selection : selections()) {
    SCOPED_TRACE(describe(selection));
    std::string expected;
    if (selection.cost && page) expected += joined(page->text());
    if (selection.exporter) expected += live;
    if (selection.format == Format::openmetrics) expected += "# EOF\n";
    const auto exposition = expose(page, live, selection);
    const std::string bytes = body(*exposition);
    for (std::string_view piece : exposition->pieces) EXPECT_FALSE(piece.empty());
    if (selection.encoding == Encoding::identity) {
      EXPECT_TRUE(bytes == expected);
      continue;
    }
    EXPECT_TRUE(inflated(bytes, Frame::gzip, End::closed) == expected);
    ASSERT_GE(bytes.size(), 18u);
    const std::string_view trailer = std::string_view(bytes).substr(bytes.size() - 8);
    const auto crc = ::crc32(0, reinterpret_cast<const Bytef*>(expected.data()),
                             static_cast<uInt>(expected.size()));
    EXPECT_EQ(little_endian(trailer), crc);
    EXPECT_EQ(little_endian(trailer.substr(4)), expected.size());
  }
}

const std::string kLive = "# HELP x X.\n# TYPE x gauge\nx 1\n";

TEST(Expose, WithoutAPage) { expect_whole(nullptr, kLive); }

TEST(Expose, WithoutAPageAndWithoutAnythingLive) { expect_whole(nullptr, ""); }

TEST(Expose, AnEmptyPage) {
  expect_whole(page_of({}), kLive);
  expect_whole(page_of({}), "");
}

TEST(Expose, AnEmptyPageMadeByHand) { expect_whole(std::make_shared<const Page>(), kLive); }

TEST(Expose, ASmallPage) {
  expect_whole(page_of(samples::every_family()), kLive);
  expect_whole(page_of(samples::every_family()), "");
}

TEST(Expose, APageOfManyBlocks) {
  const auto page = page_of(samples::large(6'000));
  ASSERT_GT(page->text_bytes, 5u << 20);
  ASSERT_GT(page->text().size(), 10u);
  ASSERT_GT(page->deflated.size(), 1u);
  expect_whole(page, kLive);
}

TEST(Expose, ALargeLivePart) {
  std::string live;
  while (live.size() < (3u << 20)) live += "x{n=\"" + std::to_string(live.size()) + "\"} 1\n";
  expect_whole(page_of(samples::every_family()), live);
}

TEST(Page, IsTheSameTextInBlocksAndDeflated) {
  for (int pods : {1, 37, 300, 1'000, 3'000}) {
    SCOPED_TRACE(pods);
    const Page page = render(samples::large(pods), {});
    const std::string text = joined(page.text());
    EXPECT_EQ(page.text_bytes, text.size());
    EXPECT_THAT(page.text(), testing::Not(testing::Contains(IsEmpty())));
    EXPECT_EQ(page.crc32, ::crc32(0, reinterpret_cast<const Bytef*>(text.data()),
                                  static_cast<uInt>(text.size())));
    const std::string deflated = joined(page.deflated);
    EXPECT_EQ(page.deflated_bytes, deflated.size());
    EXPECT_LT(deflated.size(), text.size());
    EXPECT_TRUE(inflated(deflated, Frame::raw, End::open) == text);
    EXPECT_THAT(samples::faults_of(text), IsEmpty());
  }
}

TEST(Expose, SharesThePageInsteadOfCopyingIt) {
  const auto page = page_of(samples::large(2'000));
  const auto exposition = expose(page, kLive, {});
  EXPECT_EQ(exposition->page, page);
  ASSERT_EQ(exposition->pieces.size(), page->text().size() + 1);
  for (std::size_t i = 0; i < page->text().size(); ++i) {
    EXPECT_EQ(exposition->pieces[i].data(), page->text()[i].data());
  }
}

TEST(Expose, KeepsThePageAliveUntilItIsSent) {
  auto page = page_of(samples::every_family());
  const std::string text = joined(page->text());
  const auto exposition = expose(std::move(page), "", {});
  EXPECT_EQ(body(*exposition), text);
}

TEST(Expose, LeavesAPageAloneThatWasNotSelected) {
  auto page = page_of(samples::every_family());
  const auto exposition = expose(page, kLive, {.cost = false});
  EXPECT_EQ(page.use_count(), 1);
  EXPECT_EQ(exposition->page, nullptr);
}

TEST(ETag, IsAQuotedStrongValidator) {
  for (const Selection& selection : selections()) {
    const std::string etag = expose(page_of(samples::every_family()), kLive, selection)->etag;
    EXPECT_THAT(etag, testing::MatchesRegex("\"[-0-9a-z]+\"")) << describe(selection);
  }
}

TEST(ETag, IsTheSameForTheSameBytes) {
  for (const Selection& selection : selections()) {
    EXPECT_EQ(expose(page_of(samples::every_family()), kLive, selection)->etag,
              expose(page_of(samples::every_family()), kLive, selection)->etag);
  }
}

TEST(ETag, DiffersWithContentFormatAndEncoding) {
  std::set<std::string> seen;
  std::size_t count = 0;
  const std::shared_ptr<const Page> pages[] = {page_of(samples::every_family()),
                                               page_of(samples::every_family({"d"}))};
  for (const auto& page : pages) {
    for (const std::string& live : {kLive, kLive + kLive}) {
      for (Selection selection : selections()) {
        if (!selection.cost || !selection.exporter) continue;
        seen.insert(expose(page, live, selection)->etag);
        ++count;
      }
    }
  }
  EXPECT_EQ(seen.size(), count);
}

TEST(ETag, TellsSelectionsOfOnePageApart) {
  const auto page = page_of(samples::every_family());
  EXPECT_NE(expose(page, kLive, {})->etag, expose(page, kLive, {.exporter = false})->etag);
  EXPECT_NE(expose(page, kLive, {})->etag, expose(page, kLive, {.cost = false})->etag);
}

TEST(ETag, NoticesASingleDigit) {
  std::set<std::string> seen;
  for (int i = 0; i < 10; ++i) {
    seen.insert(expose(nullptr, "x " + std::to_string(i) + "\n", {})->etag);
  }
  EXPECT_EQ(seen.size(), 10u);
}

}  // namespace
}  // namespace exporter::metrics
