#include "exporter/ledger/text_list.h"

#include <gtest/gtest.h>

namespace exporter::ledger {
namespace {

using List = std::vector<std::string>;

std::string written(const List& list) {
  std::string text;
  for (const std::string& line : list) append_line(text, line);
  return text;
}

TEST(TextListTest, IsALineForEach) {
  const auto is = [](const List& list, std::string_view text) {
    SCOPED_TRACE(text);
    EXPECT_EQ(written(list), text);
    EXPECT_EQ(read_lines(text), list);
  };
  is({}, "");
  is({""}, "\n");
  is({"", ""}, "\n\n");
  is({"team"}, "team\n");
  is({"team", "web"}, "team\nweb\n");
  is({"team\nweb"}, "team\\nweb\n");
  is({"\\"}, "\\\\\n");
  is({"\\n"}, "\\\\n\n");
  is({"\\\n\\"}, "\\\\\\n\\\\\n");
  is({std::string("\0", 1)}, std::string_view("\0\n", 2));
  is({"\xff=\"'\r"}, "\xff=\"'\r\n");
}

TEST(TextListTest, ReadsNothingElse) {
  for (const std::string_view text : {"team", "team\nweb", "\\", "\\\n", "\\x\n", "a\\", "\\\\"}) {
    EXPECT_EQ(read_lines(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace exporter::ledger
