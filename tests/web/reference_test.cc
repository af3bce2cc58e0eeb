// The page of the API that is built in.
#include "exporter/web/reference.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace exporter::web {
namespace {

std::string file(const std::string& name) {
  std::ifstream in(EXPORTER_TESTS_DIR "/../exporter/web/reference/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Reference, IsWhatTheFilesAre) {
  EXPECT_FALSE(reference_page().empty());
  EXPECT_EQ(reference_page(), file("index.html"));
  EXPECT_GT(reference_script().size(), 1'000'000u);
  EXPECT_TRUE(reference_script() == file("redoc.standalone.js"));
}

TEST(Reference, PageHoldsNoScriptOfItsOwnAndNamesNoOtherHost) {
  const std::string page(reference_page());
  for (const char* forbidden :
       {"http:", "https:", "src=\"/", "href=\"/", "onload", "javascript:"}) {
    EXPECT_EQ(page.find(forbidden), std::string::npos) << forbidden;
  }
  const auto script = page.find("<script");
  ASSERT_NE(script, std::string::npos);
  EXPECT_EQ(page.find("<script", script + 1), std::string::npos);
  EXPECT_EQ(page.substr(script, page.find("</script>") - script), "<script src=\"docs/redoc.js\">");
}

}  // namespace
}  // namespace exporter::web
