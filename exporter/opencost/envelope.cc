#include <fmt/format.h>
#include <simdjson.h>

#include "exporter/opencost/rows.h"

namespace exporter::opencost {
namespace {

namespace dom = simdjson::dom;

Fault no_json(const std::string& text, simdjson::error_code error) {
  if (auto fault = check_beginning(text)) return std::move(*fault);
  return {Refusal::parse,
          fmt::format("the answer is not one JSON document: {}", simdjson::error_message(error))};
}

std::optional<Fault> check_code(dom::object root) {
  std::int64_t code = 0;
  dom::element element;
  if (root["code"].get(element) != simdjson::SUCCESS) {
    return Fault{Refusal::shape, "the envelope has no `code`"};
  }
  if (element.get(code) != simdjson::SUCCESS) {
    return Fault{Refusal::shape, "the envelope's `code` is not a whole number"};
  }
  if (code == 200) return std::nullopt;
  std::string_view message;
  if (root["message"].get(message) != simdjson::SUCCESS) message = "no message";
  return Fault{Refusal::envelope,
               fmt::format("the envelope says code {}: {}", code, excerpt(message, 300))};
}

std::string_view name(dom::element element) {
  switch (element.type()) {
    case dom::element_type::ARRAY:
      return "a list";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "a boolean";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

std::optional<Fault> check_list(dom::array sets, std::uint64_t rows) {
  if (sets.size() == 0) return Fault{Refusal::empty, "`data` is an empty list"};
  if (sets.size() > 1) {
    return Fault{Refusal::shape,
                 fmt::format("`data` holds {} sets where one window was asked for", sets.size())};
  }
  const dom::element set = sets.at(0).value_unsafe();
  if (set.is_null()) return Fault{Refusal::empty, "`data` is [null]: no rows in the window"};
  if (!set.is_object()) {
    return Fault{Refusal::shape,
                 fmt::format("`data` holds {} where a set was expected", name(set))};
  }
  if (rows == 0) return Fault{Refusal::empty, "`data` is [{}]: no rows in the window"};
  return std::nullopt;
}

std::optional<Fault> check_data(dom::element data, bool list, std::uint64_t rows) {
  if (data.is_null()) return Fault{Refusal::empty, "`data` is null"};
  dom::array sets;
  if (data.get(sets) == simdjson::SUCCESS) return check_list(sets, rows);
  if (list || !data.is_object()) {
    return Fault{Refusal::shape, fmt::format("`data` is {} where {} was expected", name(data),
                                             list ? "a list of sets" : "an object of assets")};
  }
  if (rows == 0) return Fault{Refusal::empty, "`data` is {}: no assets in the window"};
  return std::nullopt;
}

}  // namespace

std::optional<Fault> check_beginning(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return Fault{Refusal::parse, "the answer is empty"};
  if (text[from] == '{') return std::nullopt;
  return Fault{Refusal::parse, fmt::format("the answer is not a JSON object but begins with \"{}\"",
                                           excerpt(text.substr(from)))};
}

std::optional<Fault> check_envelope(const std::string& envelope, bool list, std::uint64_t rows) {
  dom::parser parser;
  dom::element root;
  if (const auto error = parser.parse(envelope).get(root)) return no_json(envelope, error);
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return no_json(envelope, simdjson::INCORRECT_TYPE);
  if (auto fault = check_code(object)) return fault;
  std::optional<dom::element> data;
  int codes = 0;
  for (const auto& field : object) {
    if (field.key == "code" && ++codes > 1) {
      return Fault{Refusal::shape, "the envelope has `code` twice"};
    }
    if (field.key != "data") continue;
    if (data) return Fault{Refusal::shape, "the envelope has `data` twice"};
    data = field.value;
  }
  if (!data) return Fault{Refusal::shape, "the envelope has no `data`"};
  return check_data(*data, list, rows);
}

}  // namespace exporter::opencost
