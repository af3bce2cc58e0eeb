#include "exporter/http/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exporter::http {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Url, RefusesWhatIsNoPlaceToAsk) {
  auto refuses = [](const std::string& text, const std::string& complaint) {
    SCOPED_TRACE(text);
    const auto url = parse_url(text);
    ASSERT_FALSE(url);
    EXPECT_THAT(url.error().message, HasSubstr(complaint));
    EXPECT_THAT(url.error().message, Not(HasSubstr("s3cret")));
  };

  refuses("", "malformed URL");
  refuses("opencost:9003", "malformed URL");
  refuses("/allocation", "malformed URL");
  refuses("http://", "malformed URL");
  refuses("http://host:99999/", "malformed URL");
  refuses("http://host:port/", "malformed URL");
  refuses("http://ho st/", "malformed URL");
  refuses("http://host/a b", "malformed URL");
  refuses("http://host/\nX: y", "malformed URL");
  refuses("gopherus://host/", "malformed URL: Unsupported URL scheme");
  refuses("ftp://host/", "the scheme ftp is neither http nor https");
  refuses("file:///etc/passwd", "the scheme file is neither http nor https");
  refuses("http://user:s3cret@host/", "the URL holds a user name or password");
  refuses("http://user@host/", "the URL holds a user name or password");
}

TEST(Url, TakesApartAndPutsTogether) {
  auto becomes = [](const std::string& text, const std::string& normal, const std::string& place) {
    SCOPED_TRACE(text);
    const auto url = parse_url(text);
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->text(), normal);
    EXPECT_EQ(url->place(), place);
  };

  becomes("http://OpenCost", "http://opencost/", "opencost:80");
  becomes("http://opencost:80/x", "http://opencost/x", "opencost:80");
  becomes("https://opencost:443/x", "https://opencost/x", "opencost:443");
  becomes("http://opencost:443/x", "http://opencost:443/x", "opencost:443");
  becomes("http://opencost:9003/model/allocation?window=a%2Cb&x=1",
          "http://opencost:9003/model/allocation?window=a%2Cb&x=1", "opencost:9003");
  becomes("http://opencost:9003?x=1#part", "http://opencost:9003/?x=1", "opencost:9003");
  becomes("http://[::1]:9003/x", "http://[::1]:9003/x", "[::1]:9003");
}

TEST(Url, ResolvesARedirect) {
  const Url base = *parse_url("http://opencost:9003/model/allocation?window=1h");
  auto leads_to = [&](const std::string& location, const std::string& expected) {
    SCOPED_TRACE(location);
    const auto url = resolve(base, location);
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->text(), expected);
  };

  leads_to("/x?y=1", "http://opencost:9003/x?y=1");
  leads_to("assets", "http://opencost:9003/model/assets");
  leads_to("../x", "http://opencost:9003/x");
  leads_to("//elsewhere/x", "http://elsewhere/x");
  leads_to("https://opencost:9003/x", "https://opencost:9003/x");
  leads_to("http://user:s3cret@opencost:9003/x", "http://opencost:9003/x");
  leads_to("/a b", "http://opencost:9003/a%20b");
}

TEST(Url, ComparesServers) {
  const Url base = *parse_url("http://opencost:80/a");
  EXPECT_TRUE(base.same_origin(*parse_url("http://OPENCOST/b?c")));
  EXPECT_FALSE(base.same_origin(*parse_url("https://opencost:80/a")));
  EXPECT_FALSE(base.same_origin(*parse_url("http://opencost:81/a")));
  EXPECT_FALSE(base.same_origin(*parse_url("http://opencost.evil/a")));
}

}  // namespace
}  // namespace exporter::http
