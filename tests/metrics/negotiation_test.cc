#include <gtest/gtest.h>

#include "exporter/metrics/metrics.h"

namespace exporter::metrics {
namespace {

TEST(NegotiateFormat, ByAccept) {
  const auto check = [](std::string_view accept, Format expected) {
    EXPECT_EQ(negotiate_format(accept), expected) << accept;
  };
  constexpr Format kText = Format::text, kOpen = Format::openmetrics;
  // Prometheus 2.42, 2.50 with native histograms, 3.1, and an agent that wants text alone.
  check(
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
      "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      kOpen);
  check(
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
      "application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;"
      "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      kOpen);
  check(
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
      "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
      "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      kOpen);
  check("text/plain;version=0.0.4;q=1,*/*;q=0.1", kText);
  // Browsers and curl.
  check("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", kText);
  check("*/*", kText);
  // Nothing usable.
  check("", kText);
  check(" ", kText);
  check(",", kText);
  check(";", kText);
  check(";q=1", kText);
  check("application/json", kText);
  check("application/openmetrics-text;version=2.0.0", kText);
  check("application/openmetrics-text;version=1", kText);
  check("application/openmetrics", kText);
  check("application/openmetrics-text2", kText);
  check("xapplication/openmetrics-text", kText);
  // Quality.
  check("application/openmetrics-text", kOpen);
  check("application/openmetrics-text;q=0", kText);
  check("application/openmetrics-text;q=0.000, */*", kText);
  check("application/openmetrics-text;q=0.001", kOpen);
  check("application/openmetrics-text;q=0.1, text/plain;q=0.2", kText);
  check("application/openmetrics-text;q=0.2, text/plain;q=0.2", kOpen);
  check("application/openmetrics-text;q=0.3, text/plain;q=0.2", kOpen);
  check("text/plain;q=0.2, application/openmetrics-text;q=0.3", kOpen);
  check("application/openmetrics-text;q=0.5, */*", kText);
  check("application/openmetrics-text;q=0.5, text/*", kText);
  check("application/openmetrics-text;q=0.1, application/openmetrics-text;q=0.9, text/plain;q=0.5",
        kOpen);
  check("application/openmetrics-text;version=9.0.0, text/plain;q=0.1", kText);
  // Spelling.
  check("APPLICATION/OpenMetrics-Text; VERSION=1.0.0", kOpen);
  check("  application/openmetrics-text \t; version = 1.0.0 ; q = 0.9 , text/plain;q=0.8", kOpen);
  check("application/openmetrics-text;version=0.0.1", kOpen);
  check(",,application/openmetrics-text,,", kOpen);
  check("application/openmetrics-text;;;q=0.5;;", kOpen);
  check("application/openmetrics-text; charset=utf-8", kOpen);
  check("application/openmetrics-text;version=1.0.0;escaping=underscores", kOpen);
  // A broken q counts as absent or as little, never as a crash.
  check("application/openmetrics-text;q=", kOpen);
  check("application/openmetrics-text;q=high", kOpen);
  check("application/openmetrics-text;q=-1", kText);
  check("application/openmetrics-text;q", kOpen);
  check("application/openmetrics-text;q=nan, text/plain", kText);
  check("application/openmetrics-text;q=\"0.1\", text/plain;q=0.5", kOpen);
}

TEST(NegotiateEncoding, ByAcceptEncoding) {
  const auto check = [](std::string_view accept, Encoding expected) {
    EXPECT_EQ(negotiate_encoding(accept), expected) << accept;
  };
  constexpr Encoding kPlain = Encoding::identity, kGzip = Encoding::gzip;
  check("gzip", kGzip);  // Prometheus
  check("gzip, deflate, br, zstd", kGzip);
  check("deflate, gzip;q=1.0, *;q=0.5", kGzip);
  check("", kPlain);
  check(" ", kPlain);
  check(",;,", kPlain);
  check("identity", kPlain);
  check("deflate", kPlain);
  check("br", kPlain);
  check("gzi", kPlain);
  check("gzipp", kPlain);
  check("xgzip", kPlain);
  check("gzip;q=0", kPlain);
  check("gzip;q=0.0", kPlain);
  check("gzip;q=0, *", kPlain);
  check("*, gzip;q=0", kPlain);
  check("*;q=0", kPlain);
  check("*;q=0, gzip", kGzip);
  check("*", kGzip);
  check("*;q=0.5", kGzip);
  check("identity;q=0, *", kGzip);
  check("identity;q=0.5, *;q=0.1", kPlain);
  check("gzip;q=0.5, identity", kPlain);
  check("gzip;q=0.5, identity;q=0.5", kGzip);
  check("gzip, identity;q=0.5", kGzip);
  check("identity;q=0, gzip;q=0.1", kGzip);
  check("identity;q=0", kPlain);  // nothing else is on offer
  check("GZIP", kGzip);
  check("x-gzip", kGzip);
  check("  gzip ; q = 0.3 ", kGzip);
  check("\tgzip\t", kGzip);
  check("gzip;q=", kGzip);
  check("gzip;q=x", kGzip);
  check("gzip;q=-1", kPlain);
  check("gzip;q=-1, *", kPlain);
  check("gzip;q=nan", kPlain);
  check("gzip;level=9", kGzip);
  check("br;q=1, gzip;q=0.1", kGzip);
}

TEST(ContentType, NamesVersionAndCharset) {
  EXPECT_EQ(content_type(Format::text), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type(Format::openmetrics),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

}  // namespace
}  // namespace exporter::metrics
