#include "exporter/access/patterns.h"

#include <gtest/gtest.h>

#include "exporter/access/network.h"

namespace exporter::access {
namespace {

TEST(Patterns, Match) {
  auto match = [](std::string_view pattern, std::string_view text) {
    EXPECT_TRUE(matches(pattern, text)) << pattern << " " << text;
  };
  match("", "");
  match("*", "");
  match("***", "anything");
  match("abc", "abc");
  match("system:serviceaccount:payments:*", "system:serviceaccount:payments:grafana");
  match("system:serviceaccount:*:grafana", "system:serviceaccount:payments:grafana");
  match("*:grafana", "system:serviceaccount:payments:grafana");
  match("a*b*c", "aXbXbXc");
  match("*aab", "aaaaab");
  match("a*", "a");
  match("*.example", ".example");
  match("a*", "a*");
}

TEST(Patterns, DoNotMatch) {
  auto differ = [](std::string_view pattern, std::string_view text) {
    EXPECT_FALSE(matches(pattern, text)) << pattern << " " << text;
  };
  differ("", "a");
  differ("a", "");
  differ("abc", "abd");
  differ("abc", "abcd");
  differ("abc", "ab");
  differ("abc", "ABC");
  differ("a*c", "ab");
  differ("a*bc*d", "abd");
  differ("*a", "ab");
  differ("a.c", "abc");
  differ("a?c", "abc");
  differ("[ab]", "a");
  differ("system:serviceaccount:payments:*", "system:serviceaccount:payments");
  differ("system:serviceaccount:payments:*", "system:serviceaccount:payments2:grafana");
  differ("system:serviceaccount:payments:*", "x:system:serviceaccount:payments:grafana");
}

TEST(Patterns, AreNotExpensive) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "b", std::string(1024, 'a')));
}

TEST(Network, OfAnAddress) {
  auto is = [](const std::string& address, const std::string& network) {
    EXPECT_EQ(network_of(address), network) << address;
  };
  is("192.0.2.7", "192.0.2.7");
  is("::ffff:192.0.2.7", "192.0.2.7");
  is("::ffff:c000:207", "192.0.2.7");
  is("2001:db8::1", "20010db800000000/64");
  is("2001:db8:0:0:ffff:ffff:ffff:ffff", "20010db800000000/64");
  is("2001:db8:0:1::1", "20010db800000001/64");
  is("::1", "0000000000000000/64");
  is("fe80::1%eth0", "fe80000000000000/64");
  is("", "");
  is("unix", "unix");
  is("192.0.2", "192.0.2");
  is("::ffff:192.0.2.256", "::ffff:192.0.2.256");
}

}  // namespace
}  // namespace exporter::access
