#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/web/client.h"
#include "tests/web/heads.h"

namespace exporter::web {
namespace {

using namespace std::string_literals;
using samples::Client;
using samples::count_of;
using samples::for_path;
using samples::Reloads;
using samples::statuses;
using samples::talk;

// Ends the connection, so that a test need not wait where it is answered.
constexpr const char* kSmuggled =
    "POST /-/reload HTTP/1.1\r\nHost: x\r\n\r\n"
    "GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

struct Row {
  const char* what;
  std::string bytes;  // PATH stands for several
};

const std::vector<std::string> kPaths = {"/-/reload", "/metrics", "/api/v1/collections",
                                         "/api/v1/problems", "/nowhere"};

// Our own refusal, complete, and then the end of the connection: neither what follows nor what was
// in a body is taken for a request.
void expect_refused(Reloads& running, const std::string& bytes, std::string_view status,
                    const std::string& type, const std::string& body) {
  const std::string answer = talk(running, bytes + kSmuggled);
  EXPECT_TRUE(answer.starts_with(fmt::format("HTTP/1.1 {}\r\n", status))) << answer;
  EXPECT_EQ(count_of(answer, "HTTP/1.1 "), 1) << answer;
  EXPECT_EQ(count_of(answer, "\r\nConnection: close\r\n"), 1) << answer;
  EXPECT_EQ(count_of(answer, "\r\nCache-Control: no-store\r\n"), 1) << answer;
  EXPECT_EQ(count_of(answer, fmt::format("\r\nContent-Type: {}\r\n", type)), 1) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + body)) << answer;
  EXPECT_EQ(running.count, 0);
  EXPECT_EQ(Client(running.address()).get("/-/healthy").status, 200);
}

void expect_malformed(const std::vector<Row>& rows, const std::string& detail) {
  Reloads running;
  for (const Row& row : rows) {
    for (const std::string& path : kPaths) {
      SCOPED_TRACE(fmt::format("{}, {}", row.what, path));
      expect_refused(running, for_path(row.bytes, path), "400 Bad Request",
                     "text/plain; charset=utf-8", detail + "\n");
    }
  }
}

TEST(Head, WhoseLinesAreNoLinesIsRefused) {
  const std::string head = "GET PATH HTTP/1.1\r\nHost: x\r\n";
  expect_malformed(
      {
          {"a bare LF behind every line", "GET PATH HTTP/1.1\nHost: x\n\n"},
          {"a bare LF behind the first line", "GET PATH HTTP/1.1\nHost: x\r\n\r\n"},
          {"a bare LF behind a header", "GET PATH HTTP/1.1\r\nX: a\nHost: x\r\n\r\n"},
          {"a bare LF behind the last header", "GET PATH HTTP/1.1\r\nHost: x\n\r\n"},
          {"a bare LF at the end", "GET PATH HTTP/1.1\r\nHost: x\r\n\n"},
          {"a header hidden behind a bare LF", head + "X: a\nContent-Length: 5\r\n\r\n12345"},
          {"a folded header", head + "X: a\r\n b\r\n\r\n"},
          {"a header folded by a tab", head + "X: a\r\n\tb\r\n\r\n"},
          {"a folded length", head + "Content-Length:\r\n 5\r\n\r\n12345"},
          {"a NUL in a value", head + "X: a\0b\r\n\r\n"s},
          {"a NUL behind a value", head + "X: a\0\r\n\r\n"s},
          {"a length before a NUL", head + "Content-Length: 5\0x\r\n\r\n12345"s},
          {"a NUL in the target", "GET PATH\0x HTTP/1.1\r\nHost: x\r\n\r\n"s},
          {"a NUL in the query", "GET PATH?a=\0b HTTP/1.1\r\nHost: x\r\n\r\n"s},
          {"a NUL behind the target", "GET PATH\0 HTTP/1.1\r\nHost: x\r\n\r\n"s},
          {"a NUL in the method", "GET\0X PATH HTTP/1.1\r\nHost: x\r\n\r\n"s},
          {"two spaces before the target", "GET  PATH HTTP/1.1\r\nHost: x\r\n\r\n"},
          {"a header without a name", head + ": a\r\n\r\n"},
          {"a method in brackets", "G(T PATH HTTP/1.1\r\nHost: x\r\n\r\n"},
          {"a method with a colon", "GET: PATH HTTP/1.1\r\nHost: x\r\n\r\n"},
          {"a method with a slash", "GET/ PATH HTTP/1.1\r\nHost: x\r\n\r\n"},
          {"a method with a control character", "GE\x01T PATH HTTP/1.1\r\nHost: x\r\n\r\n"},
          {"a method beyond ASCII", "G\xc9T PATH HTTP/1.1\r\nHost: x\r\n\r\n"},
      },
      "The head of the request is malformed.");
}

TEST(Head, WhoseHeadersAreMalformedIsRefused) {
  const std::string head = "GET PATH HTTP/1.1\r\nHost: x\r\n";
  std::vector<Row> rows = {
      {"a space before the colon", head + "X : a\r\n\r\n"},
      {"a tab before the colon", head + "X\t: a\r\n\r\n"},
      {"a space before the colon of a length", head + "Content-Length : 5\r\n\r\n12345"},
      {"a space before the colon of an encoding", head + "Transfer-Encoding : chunked\r\n\r\n0"},
      {"a space within the name", head + "X Y: a\r\n\r\n"},
      {"a first header that continues nothing", "GET PATH HTTP/1.1\r\n X: a\r\nHost: x\r\n\r\n"},
      {"a bare CR between headers", head + "X: a\rY: b\r\n\r\n"},
      {"a bare CR behind a value", head + "X: a\r\r\n\r\n"},
      {"an encoding behind a vertical tab", head + "Transfer-Encoding: \x0b" + "chunked\r\n\r\n0"},
  };
  for (const char c : "()<>@,;\\\"/[]?={}\x01\x1f\x7f\xe9"s) {
    rows.push_back({"a name that is no token", fmt::format("{}X{}Y: a\r\n\r\n", head, c)});
  }
  for (const char c : "\x01\x08\x0b\x0c\x0e\x1b\x1f\x7f"s) {
    rows.push_back({"a control character", fmt::format("{}X: a{}b\r\n\r\n", head, c)});
  }
  expect_malformed(rows, "A header is malformed.");
}

TEST(Head, ThatNamesNoOneHostIsRefused) {
  const std::string line = "GET PATH HTTP/1.1\r\n";
  expect_malformed({{"two hosts", line + "Host: x\r\nHost: y\r\n\r\n"},
                    {"the same host twice", line + "Host: x\r\nHost: x\r\n\r\n"},
                    {"a host and an empty one", line + "Host: x\r\nHost:\r\n\r\n"},
                    {"two that are not neighbours", line + "Host: x\r\nX: a\r\nhost: y\r\n\r\n"}},
                   "There are several Host headers.");
  std::vector<Row> rows;
  for (const char* host : {"a b", "a, b", "a/b", "u@x", "x?", "x#", "x\\y", "<x>", "\"x\"", "x|y",
                           "b\xc3\xbc\x63her", "http://x", "{x}"}) {
    rows.push_back({host, fmt::format("{}Host: {}\r\n\r\n", line, host)});
  }
  expect_malformed(rows, "The Host header is malformed.");
  const auto with = [](const char* authority, const char* host) {
    return fmt::format("GET {}PATH HTTP/1.1\r\nHost: {}\r\n\r\n", authority, host);
  };
  expect_malformed({{"another host", with("http://y", "x")},
                    {"a longer host", with("http://x.example", "x")},
                    {"a shorter host", with("http://x", "x.example")},
                    {"another port", with("http://x:1", "x:2")},
                    {"a port of the target only", with("http://x:80", "x")},
                    {"a port of the header only", with("http://x", "x:80")},
                    {"a user in front", with("http://u@x", "x")},
                    {"another host of HTTPS", with("HTTPS://y", "x")},
                    {"no host in the target", with("http://", "x")},
                    {"no host in the header", with("http://x", "")},
                    {"no header", "GET http://xPATH HTTP/1.0\r\n\r\n"}},
                   "The target and the Host header name different hosts.");
}

TEST(Head, WithLengthsThatDisagreeIsRefused) {
  const std::string head = "POST PATH HTTP/1.1\r\nHost: x\r\n";
  expect_malformed(
      {{"two lengths", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
       {"the same twice", head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab"},
       {"nothing twice", head + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"},
       {"two names", head + "content-length: 0\r\nX: a\r\nCONTENT-LENGTH: 2\r\n\r\nab"}},
      "There are several Content-Length headers.");
  expect_malformed(
      {{"chunked behind a length",
        head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
       {"chunked before a length",
        head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
       {"identity", head + "Content-Length: 5\r\nTransfer-Encoding: identity\r\n\r\n12345"},
       {"xchunked", head + "Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n\r\n12345"},
       {"an empty encoding", head + "Content-Length: 5\r\nTransfer-Encoding:\r\n\r\n12345"},
       {"an encoding by HTTP/1.0",
        "POST PATH HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n12345"},
       {"two lengths, too", head + "Content-Length: 5\r\nContent-Length: 6\r\n" +
                                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}},
      "Content-Length and Transfer-Encoding exclude each other.");
}

void expect_problem(const std::vector<std::string>& heads, std::string_view status,
                    std::string_view code, const std::string& detail) {
  Reloads running;
  const api::Reply problem = api::problem(code, detail);
  for (const std::string& head : heads) {
    for (const std::string& path : kPaths) {
      SCOPED_TRACE(for_path(head, path));
      const bool api = path.starts_with(api::kPrefix);
      expect_refused(running, for_path(head, path), status,
                     api ? "application/problem+json" : "text/plain; charset=utf-8",
                     api ? problem.body : detail + "\n");
    }
  }
}

TEST(Head, WithAnEncodedBodyIsToldToSendALength) {
  std::vector<std::string> heads = {
      "POST PATH HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"};
  for (const char* encoding :
       {"chunked", "Chunked", "xchunked", "chunked, identity", "identity, chunked", "identity",
        "gzip, chunked", "chunked, chunked", "\"chunked\"", "chunked;x=y", ""}) {
    for (const char* method : {"POST", "GET"}) {
      heads.push_back(fmt::format(
          "{} PATH HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {}\r\n\r\n2\r\nab\r\n0\r\n\r\n",
          method, encoding));
    }
  }
  heads.emplace_back(
      "POST PATH HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
      "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n");
  expect_problem(heads, "411 Length Required", "length_required",
                 "A request body needs a Content-Length.");
}

TEST(Head, WithABodyThatIsTooLongIsRefused) {
  std::vector<std::string> heads;
  for (const char* length : {"65537", "065537", "4294967296", "4294967301", "9223372036854775807",
                             "9223372036854775808", "18446744073709551615"}) {
    heads.push_back(
        fmt::format("POST PATH HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", length));
  }
  heads.push_back(heads.front() + std::string(65537, 'x'));
  expect_problem(heads, "413 Content Too Large", "body_too_large",
                 "A request body may have 65536 bytes.");
}

// What the library refuses before it asks us. It has words of its own for it, or none.
TEST(Head, ThatTheLibraryRefusesEndsTheConnection) {
  Reloads running;
  const std::string head = "GET PATH HTTP/1.1\r\nHost: x\r\n", large(200'000, 'a');
  std::vector<Row> rows = {
      {"no host", "GET PATH HTTP/1.1\r\n\r\n"},
      {"a host with a space before its colon", "GET PATH HTTP/1.1\r\nHost : x\r\n\r\n"},
      {"a header without a colon", head + "X\r\n\r\n"},
      {"a NUL in a name", head + "X\0Y: a\r\n\r\n"s},
      {"a NUL behind the version", "GET PATH HTTP/1.1\0\r\nHost: x\r\n\r\n"s},
      {"HTTP/0.9", "GET PATH\r\n\r\n"},
      {"no version", "GET PATH\r\nHost: x\r\n\r\n"},
      {"version 0.9", "GET PATH HTTP/0.9\r\nHost: x\r\n\r\n"},
      {"version 2.0", "GET PATH HTTP/2.0\r\nHost: x\r\n\r\n"},
      {"version 1.10", "GET PATH HTTP/1.10\r\nHost: x\r\n\r\n"},
      {"version 01.1", "GET PATH HTTP/01.1\r\nHost: x\r\n\r\n"},
      {"version 1", "GET PATH HTTP/1\r\nHost: x\r\n\r\n"},
      {"a version in lower case", "GET PATH http/1.1\r\nHost: x\r\n\r\n"},
      {"another protocol", "GET PATH RTSP/1.1\r\nHost: x\r\n\r\n"},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"a method alone", "GET\r\nHost: x\r\n\r\n"},
      {"no method", " PATH HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a space in front", " GET PATH HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a space within the target", "GET PATH /x HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"two spaces before the version", "GET PATH  HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a space behind the version", "GET PATH HTTP/1.1 \r\nHost: x\r\n\r\n"},
      {"a word behind the version", "GET PATH HTTP/1.1 x\r\nHost: x\r\n\r\n"},
      {"a tab before the target", "GET\tPATH HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a tab before the version", "GET PATH\tHTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a header that is too long", head + "X: " + large + "\r\n\r\n"},
      {"a name that is too long", head + large + ": x\r\n\r\n"},
      {"a target that is too long", "GET PATH" + large + " HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a method that is too long", large + " PATH HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a head without lines", large},
  };
  std::string many = head;
  for (int i = 0; i < 20'000; ++i) many += "X: a\r\n";
  rows.push_back({"very many headers", many + "\r\n"});
  for (const char* length : {"+5",
                             "5 5",
                             "5, 5",
                             "5,5",
                             "-1",
                             "-0",
                             "0x5",
                             "",
                             "5;",
                             "5.0",
                             "1e1",
                             "5a",
                             "a",
                             "\"5\"",
                             "5\t5",
                             "\v5",
                             "99999999999999999999",
                             "18446744073709551616",
                             "18446744073709551621",
                             "123456789012345678901234567890",
                             "00000000000000000000000000000000000000000000000x"}) {
    rows.push_back(
        {length,
         fmt::format("POST PATH HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n12345", length)});
  }
  for (const Row& row : rows) {
    for (const std::string& path : kPaths) {
      SCOPED_TRACE(fmt::format("{}, {}", row.what, path));
      const std::string answer = talk(running, for_path(row.bytes, path) + kSmuggled);
      for (const int status : statuses(answer)) {
        EXPECT_TRUE(status >= 400 && status <= 505 && status != 500) << answer;
      }
      EXPECT_EQ(count_of(answer, "Healthy."), 0) << answer;
      EXPECT_EQ(running.count, 0);
      EXPECT_EQ(Client(running.address()).get("/-/healthy").status, 200);
    }
  }
}

}  // namespace
}  // namespace exporter::web
