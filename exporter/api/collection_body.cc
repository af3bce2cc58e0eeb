#include "exporter/api/collection_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "exporter/api/text.h"

namespace exporter::api {
namespace {

constexpr std::size_t kMostFaults = 10;

/// Reads the events of a parser, so that nothing is kept but names and faults, however deep the
/// body goes.
class Reader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return value("null"); }
  bool boolean(bool /*value*/) override { return value("a truth value"); }
  bool number_integer(number_integer_t /*value*/) override { return value("a number"); }
  bool number_unsigned(number_unsigned_t /*value*/) override { return value("a number"); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
    return value("a number");
  }
  bool binary(binary_t& /*value*/) override { return value("binary"); }
  bool string(string_t& text) override {
    if (depth_ == 2 && in_sources_) {
      name(text);
      return true;
    }
    return value("a text");
  }
  bool start_object(std::size_t /*members*/) override {
    if (depth_ > 0) value("an object");
    ++depth_;
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t /*elements*/) override {
    if (depth_ != 1 || key_ != "sources") value("an array");
    if (depth_ == 1) in_sources_ = key_ == "sources";
    ++depth_;
    return true;
  }
  bool end_array() override {
    --depth_;
    if (depth_ == 1 && in_sources_ && index_ == 0) {
      fault("\"sources\" is empty: leave it out to ask all.");
    }
    if (depth_ == 1) in_sources_ = false;
    return true;
  }
  bool key(string_t& text) override {
    if (depth_ != 1) return true;
    key_ = text;
    if (!keys_.insert(text).second) {
      fault(fmt::format("{} is given twice.", api::quoted(text)));
    } else if (text != "sources") {
      fault(fmt::format("{} is unknown: only \"sources\" may be given.", api::quoted(text)));
    }
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::detail::exception& /*error*/) override {
    faults_.clear();
    fault(fmt::format("The body is not JSON: see byte {}, at {}.", position, api::quoted(token)));
    return false;
  }

  Result<std::vector<std::string>> result() {
    if (index_ > kMostSources) {
      fault(fmt::format("\"sources\" has {} names: {} are the most.", index_, kMostSources));
    }
    if (faults_.empty()) return std::move(names_);
    std::string all;
    for (std::size_t i = 0; i < std::min(faults_.size(), kMostFaults); ++i) {
      all += (i == 0 ? "" : " ") + faults_[i];
    }
    if (faults_.size() > kMostFaults) {
      all += fmt::format(" There are {} more faults.", faults_.size() - kMostFaults);
    }
    return fail(all);
  }

 private:
  void fault(std::string text) { faults_.push_back(std::move(text)); }

  // One that is out of place; `what` it is.
  bool value(std::string_view what) {
    if (depth_ == 0) {
      fault(fmt::format(
          "The body is {}: it must be an object, such as {{\"sources\": [\"prod-eu\"]}}, or empty.",
          what));
    } else if (depth_ == 1 && key_ == "sources") {
      fault(fmt::format("\"sources\" is {}: it must be an array of names.", what));
    } else if (depth_ == 2 && in_sources_) {
      fault(fmt::format("sources[{}] is {}: it must be a name.", index_++, what));
    }
    return true;
  }

  void name(const std::string& text) {
    const std::size_t at = index_++;
    if (text.empty()) {
      fault(fmt::format("sources[{}] is empty: it must be a name.", at));
    } else if (std::find(names_.begin(), names_.end(), text) != names_.end()) {
      fault(fmt::format("sources[{}] is {} again.", at, api::quoted(text)));
    } else if (names_.size() < kMostSources) {
      names_.push_back(text);
    }
  }

  std::size_t depth_ = 0;
  std::size_t index_ = 0;  // of the next element of `sources`
  bool in_sources_ = false;
  std::string key_;  // the last one of the body itself
  std::set<std::string> keys_;
  std::vector<std::string> names_;
  std::vector<std::string> faults_;
};

}  // namespace

Result<std::vector<std::string>> parse_collection_body(std::string_view body) {
  if (body.empty()) return std::vector<std::string>{};
  Reader reader;
  nlohmann::json::sax_parse(body.begin(), body.end(), &reader);
  return reader.result();
}

}  // namespace exporter::api
