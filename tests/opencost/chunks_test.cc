// How an answer arrives makes no difference to what it says.
#include <gtest/gtest.h>

#include "tests/opencost/answers.h"
#include "tests/opencost/oracle.h"

namespace exporter::opencost {
namespace {

constexpr std::size_t kBatch = 256 << 10;

void same_in_chunks(std::string_view text, std::initializer_list<std::size_t> chunks) {
  const std::string whole = everything(decode(text));
  for (std::size_t chunk : chunks) {
    Asking asking;
    asking.chunk = chunk;
    EXPECT_EQ(everything(decode(text, asking)), whole) << "in chunks of " << chunk << " bytes";
  }
}

// `count` rows; one in seven is faulty, one in five is long.
std::string many_rows(int count) {
  std::string rows;
  for (int i = 0; i < count; ++i) {
    const std::string pod = fmt::format("web-{:05}", (i * 7919) % count);
    auto members = row(pod);
    members.set("cpuCost", fmt::format("{}.{:05}", i % 10, i));
    if (i % 7 == 3) members.set("totalCost", "null");
    if (i % 5 == 1) {
      const std::string note(static_cast<std::size_t>(i % 900), 'n');
      members.set("note", fmt::format("\"{}\\\"}}]\"", note));
    }
    if (i > 0) rows += i % 3 == 0 ? " ,\n" : ",";
    rows += keyed(pod_key(pod), members);
  }
  return rows;
}

TEST(Chunks, SmallAnswers) {
  const auto sizes = {1u, 2u, 3u, 7u, 31u, 63u, 64u, 65u, 127u, 128u, 129u, 1000u};
  const auto check = [&](std::string_view text) {
    for (std::size_t size : sizes) same_in_chunks(text, {size});
  };
  check(good_answer());
  check(answer(many_rows(20)));
  check("");
  check("Invalid 'window' parameter\n");
  check("{\"code\":200,\"data\":[{}]}");
  check("{\"code\":200,\"data\":[{\"a\":{]}]}");
  check(answer(keyed(row()) + ",,"));
  check(good_answer().substr(0, 1000));
  check(good_answer() + good_answer());
}

TEST(Chunks, AnswersOfSeveralBatches) {
  const std::string text = answer(many_rows(1500));
  ASSERT_GT(text.size(), 4 * kBatch);
  const auto whole = decode(text);
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->table->rows.size() + whole->rejected.total(), 1500u);
  same_in_chunks(text, {1, 2, 3, 7, 63, 64, 65, 1000, 65'536, 100'000, kBatch - 1, kBatch});
}

// The end of the first row that no longer fits into a batch, the comma behind it and the next key
// move over the batch's border and the blocks around it.
TEST(Chunks, RowsAcrossTheBorderOfABatch) {
  const auto text_with = [](std::size_t padding, std::string_view between) {
    return answer(keyed("k", row("a").set("note", "\"" + std::string(padding, 'n') + "\"")) +
                  std::string(between) + keyed("l", row("b")) + std::string(between) +
                  keyed("m", row("c")));
  };
  const std::size_t first = text_with(0, ",").find("},\"l\"") + 1;
  const std::string expected = everything(decode(text_with(0, ",")));
  for (std::size_t border : {kBatch, kBatch + (64u << 10)}) {
    for (std::size_t at = border - 70; at < border + 70; ++at) {
      for (std::string_view between : {",", "\n , "}) {
        const std::string text = text_with(at - first, between);
        EXPECT_EQ(everything(decode(text)), expected) << at;
        Asking asking;
        asking.chunk = 4096 + at % 3;
        EXPECT_EQ(everything(decode(text, asking)), expected) << at;
      }
    }
  }
}

TEST(Chunks, FaultsBehindTheFirstBatch) {
  const std::string rows = many_rows(500);
  ASSERT_GT(rows.size(), kBatch);
  const auto refused_as = [&](std::string_view text, Refusal refusal) {
    for (std::size_t chunk : {std::string::npos, std::size_t{1000}, std::size_t{64}}) {
      Asking asking;
      asking.chunk = chunk;
      const auto result = decode(text, asking);
      ASSERT_FALSE(result.has_value());
      EXPECT_EQ(result.error().refusal, refusal) << describe(result);
    }
  };
  refused_as(answer(rows + ","), Refusal::parse);
  refused_as(answer(rows + ",,\"a\":{}"), Refusal::parse);
  refused_as(answer(rows + " \"a\":{}"), Refusal::parse);
  refused_as(answer(rows + ",{}"), Refusal::parse);
  refused_as(answer(rows + "," + rows + "]"), Refusal::parse);
  refused_as(answer(rows + ",\"a\":{\"name\":\"\xff\"}"), Refusal::parse);
  refused_as(answer(rows + ",\"a\":{\"minutes\":1 2}"), Refusal::parse);
  refused_as(answer(rows).substr(0, kBatch + 5000), Refusal::parse);
  refused_as("{\"code\":500,\"data\":[{" + rows + "}]}", Refusal::envelope);
  refused_as("{\"code\":200,\"data\":[{" + rows + "},{}]}", Refusal::shape);
}

// Where a batch ends with a comma, what follows need not be a row.
TEST(Chunks, ScalarsBehindTheFirstBatch) {
  const std::string rows = many_rows(500);
  const auto result = decode(answer(rows + ",\"a\":5,\"b\":\"x\",\"c\":null"));
  ASSERT_TRUE(result.has_value()) << describe(result);
  same_in_chunks(answer(rows + ",\"a\":5,\"b\":\"x\",\"c\":null"), {64, 1000, 100'000});
  for (std::size_t at = kBatch - 40; at < kBatch + 40; at += 3) {
    const std::string first = keyed("k", row("a").set("note", "\"" + std::string(at, 'n') + "\""));
    const auto scalar = decode(answer(first + ",\"a\":5"));
    ASSERT_TRUE(scalar.has_value()) << describe(scalar) << " at " << at;
    EXPECT_EQ(scalar->rejected.total(), 1u);
  }
}

TEST(Chunks, NothingIsReadAfterARefusal) {
  AllocationDecoder decoder({Query::current, asked_window()}, "", {});
  EXPECT_TRUE(decoder.feed("{\"code\":200,\"data\":[{\"a\":{"));
  EXPECT_FALSE(decoder.feed("]" + std::string(64, ' ')));
  EXPECT_FALSE(decoder.feed("}}]}"));
  EXPECT_EQ(describe(decoder.finish()), "parse: `]` at byte 26 closes nothing");
}

TEST(Chunks, EmptyChunks) {
  AllocationDecoder decoder({Query::current, asked_window()}, "", {});
  const std::string text = good_answer();
  EXPECT_TRUE(decoder.feed(""));
  EXPECT_TRUE(decoder.feed(text.substr(0, 100)));
  EXPECT_TRUE(decoder.feed(""));
  EXPECT_TRUE(decoder.feed(text.substr(100)));
  EXPECT_TRUE(decoder.feed(""));
  EXPECT_EQ(everything(decoder.finish()), everything(decode(text)));
}

}  // namespace
}  // namespace exporter::opencost
