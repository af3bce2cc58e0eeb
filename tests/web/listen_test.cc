#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/web/client.h"
#include "tests/web/running.h"

namespace exporter::web {
namespace {

using samples::Client;
using samples::Running;

struct Parts {
  ManualClock clock{samples::kNow};
  poll::Board board;
  metrics::SelfMetrics self{samples::kNow};
  ledger::Ledger ledger{{}};
  poll::Collections collections{clock};
  access::Gate gate{clock, nullptr};

  Result<std::unique_ptr<Server>> start(Options options) {
    return Server::start(std::move(options),
                         {.clock = clock,
                          .board = board,
                          .self = self,
                          .ledger = ledger,
                          .collections = collections,
                          .gate = gate},
                         {}, {}, [] { return Result<void>(); });
  }
};

bool machine_has_ipv6() { return Parts().start({.listen_addresses = {"[::1]:0"}}).has_value(); }

TEST(Listen, RefusesWhatIsNoAddress) {
  const auto check = [](const std::string& address, const std::string& why) {
    SCOPED_TRACE(address);
    const auto server = Parts().start({.listen_addresses = {"127.0.0.1:0", address}});
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().message, fmt::format("cannot listen on {}: {}", address, why));
  };
  check("", "expected host:port, [v6]:port or :port");
  check("localhost", "expected host:port, [v6]:port or :port");
  check("127.0.0.1:", "\"\" is not a port from 0 to 65535");
  check("127.0.0.1:http", "\"http\" is not a port from 0 to 65535");
  check("127.0.0.1:-1", "\"-1\" is not a port from 0 to 65535");
  check("127.0.0.1:65536", "\"65536\" is not a port from 0 to 65535");
  check("127.0.0.1:000080", "\"000080\" is not a port from 0 to 65535");
  check("::1:0", "an IPv6 address needs brackets, as in [::1]:9754");
  check("[]:0", "an IPv6 address needs brackets, as in [::1]:9754");
  check("[::1:0", "an IPv6 address needs brackets, as in [::1]:9754");
  check("192.0.2.1:0", "Cannot assign requested address");
}

TEST(Listen, SaysWhenThePortIsTaken) {
  Running first;
  const auto second = Parts().start({.listen_addresses = {first.address()}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            fmt::format("cannot listen on {}: Address already in use", first.address()));
}

TEST(Listen, RefusesTelemetryPathsThatCannotWork) {
  const auto check = [](const std::string& path, const std::string& why) {
    const auto server = Parts().start({.listen_addresses = {}, .telemetry_path = path});
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().message, fmt::format("telemetry path {}", why));
  };
  check("", "\"\" must start with /");
  check("metrics", "\"metrics\" must start with /");
  check("/a?b", "\"/a?b\" must be plain printable text without ? and #");
  check("/a#b", "\"/a#b\" must be plain printable text without ? and #");
  check("/a b", "\"/a b\" must be plain printable text without ? and #");
  check("/caf\xc3\xa9", "\"/caf\\xC3\\xA9\" must be plain printable text without ? and #");
  check("/", "\"/\" is the path of another page");
  check("/-/ready", "\"/-/ready\" is the path of another page");
}

TEST(Listen, OnSeveralAddressesAtOnce) {
  Parts parts;
  const auto server = parts.start({.listen_addresses = {"127.0.0.1:0", "localhost:0"}});
  ASSERT_TRUE(server) << server.error().message;
  ASSERT_EQ((*server)->addresses().size(), 2u);
  for (const std::string& address : (*server)->addresses()) {
    EXPECT_FALSE(address.ends_with(":0")) << address;
    EXPECT_EQ(Client(address).get("/-/healthy").status, 200) << address;
  }
}

TEST(Listen, OnEveryInterfaceInBothVersionsOfIp) {
  Parts parts;
  const auto server = parts.start({.listen_addresses = {":0"}});
  ASSERT_TRUE(server) << server.error().message;
  const std::string address = (*server)->addresses().front();
  const std::string port = address.substr(address.rfind(':'));
  EXPECT_EQ(Client("127.0.0.1" + port).get("/-/healthy").status, 200);
  if (!machine_has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  EXPECT_TRUE(address.starts_with("[::]:")) << address;
  EXPECT_EQ(Client("[::1]" + port).get("/-/healthy").status, 200);
}

TEST(Listen, OnIpv6AloneWhenItIsWrittenOut) {
  if (!machine_has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  Parts parts;
  const auto server = parts.start({.listen_addresses = {"[::]:0"}});
  ASSERT_TRUE(server) << server.error().message;
  const std::string port = (*server)->addresses().front().substr(4);
  EXPECT_EQ(Client("[::1]" + port).get("/-/healthy").status, 200);
  EXPECT_THROW(Client("127.0.0.1" + port).get("/-/healthy"), std::runtime_error);
}

TEST(Listen, OneThreadIsEnough) {
  Running running({.threads = 1});
  EXPECT_EQ(Client(running.address()).get("/-/healthy").status, 200);
}

}  // namespace
}  // namespace exporter::web
