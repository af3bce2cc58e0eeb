// curl's handles with owners, and its calls with their results looked at.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace exporter::http {

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiCleanup {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyCleanup>;
using Multi = std::unique_ptr<CURLM, MultiCleanup>;
using List = std::unique_ptr<curl_slist, ListCleanup>;

/// curl and its handles do what they are asked to, or the process is out of memory or wrongly
/// built.
inline void require(bool done, std::string_view what) {
  if (!done) throw std::runtime_error("libcurl: " + std::string(what));
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  require(code == CURLE_OK, curl_easy_strerror(code));
}

template <class Value>
Value get_info(CURL* easy, CURLINFO info) {
  Value value{};
  require(curl_easy_getinfo(easy, info, &value) == CURLE_OK, "no such information");
  return value;
}

inline void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  require(longer != nullptr, "out of memory");
  static_cast<void>(list.release());
  list.reset(longer);
}

}  // namespace exporter::http
