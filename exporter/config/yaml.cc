#include "exporter/config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "exporter/config/text.h"

namespace exporter::config {
namespace {

constexpr std::size_t kMaxDepth = 16;
constexpr std::string_view kNoAliases =
    "anchors and aliases (& and *) are not taken; write the value out, or in quotes if it begins "
    "with one of them";

// Leaves the parser, which has no other way to be stopped.
struct Stop {
  YamlFault fault;
};

int line_of(const YAML::Mark& mark) { return mark.is_null() ? 0 : mark.line + 1; }

/// Builds the tree from the parser's events rather than from its nodes, which drop the second of
/// two equal keys and expand aliases.
class Builder final : public YAML::EventHandler {
 public:
  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (begun_) {
      throw Stop{{line_of(mark), "a second document begins; write one document"}};
    }
    begun_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "?", anchor);
    add(node(Node::Kind::null, mark, ""));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Stop{{line_of(mark), std::string(kNoAliases)}};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check(mark, tag, anchor);
    add(node(Node::Kind::scalar, mark, value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    check(mark, tag, anchor);
    open(Node::Kind::list, mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    check(mark, tag, anchor);
    open(Node::Kind::map, mark);
  }
  void OnMapEnd() override { close(); }

 private:
  static Node node(Node::Kind kind, const YAML::Mark& mark, const std::string& text) {
    return {.kind = kind, .line = line_of(mark), .text = text, .keys = {}, .items = {}};
  }

  static void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) throw Stop{{line_of(mark), std::string(kNoAliases)}};
    // `?` is the parser's word for a plain value, `!` for a quoted one.
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Stop{{line_of(mark),
                  "tags (!) are not taken; leave it out, or write the value in quotes "
                  "if it begins with one"}};
    }
  }

  bool key_expected() const {
    return !open_.empty() && open_.back().kind == Node::Kind::map &&
           open_.back().keys.size() == open_.back().items.size();
  }

  void open(Node::Kind kind, const YAML::Mark& mark) {
    if (key_expected()) {
      throw Stop{{line_of(mark),
                  "a key is a list or a map; write a word, or put a value that "
                  "begins with [ or { in quotes"}};
    }
    if (open_.size() >= kMaxDepth) {
      throw Stop{{line_of(mark), "nests too deeply; no setting does"}};
    }
    open_.push_back(node(kind, mark, ""));
  }

  void close() {
    Node done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done));
  }

  void add(Node done) {
    if (open_.empty()) {
      root_ = std::move(done);
    } else if (!key_expected()) {
      open_.back().items.push_back(std::move(done));
    } else if (done.kind == Node::Kind::null) {
      throw Stop{{done.line, "a key is empty; write the name of a setting"}};
    } else {
      open_.back().keys.push_back({std::move(done.text), done.line});
    }
  }

  Node root_;
  std::vector<Node> open_;
  bool begun_ = false;
};

int line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(),
                                         text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

// The parser takes bytes as they come and indentation by tabs for something else.
Result<void, YamlFault> check_bytes(std::string_view text) {
  const auto refuse = [&](std::size_t offset, std::string message) {
    return tl::unexpected(YamlFault{line_at(text, offset), std::move(message)});
  };
  if (text.size() > kMaxFileBytes) {
    return tl::unexpected(YamlFault{0, "is longer than 1 MiB; no configuration is"});
  }
  if (const auto offset = invalid_utf8(text)) {
    return refuse(*offset, "holds bytes that are not UTF-8; save the file as UTF-8");
  }
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') ||
           c == 0x7F;
  });
  if (control != text.end()) {
    return refuse(static_cast<std::size_t>(control - text.begin()),
                  "holds a control character; remove it");
  }
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::string_view indent =
        line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
    if (indent.size() < line.size() && indent.find('\t') != std::string_view::npos) {
      return refuse(begin, "is indented with a tab; use spaces");
    }
    begin = end + 1;
  }
  return {};
}

YamlFault explain(const YAML::Exception& exception) {
  // The parser resolves an alias before it reports it.
  if (exception.msg.starts_with("the referenced anchor")) {
    return {line_of(exception.mark), std::string(kNoAliases)};
  }
  return {
      line_of(exception.mark),
      fmt::format("is not valid YAML ({}); check indentation, colons and quotes", exception.msg)};
}

}  // namespace

std::string_view to_string(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::scalar:
      return "a value";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::null:
      break;
  }
  return "empty";
}

Result<Node, YamlFault> read_yaml(std::string_view text) {
  if (auto checked = check_bytes(text); !checked) return tl::unexpected(checked.error());
  try {
    // Before the end of the text, blanks hide from the parser that a quote was never closed.
    const auto end = text.find_last_not_of(" \t\r\n") + 1;
    std::istringstream in{std::string(text.substr(0, end))};
    YAML::Parser parser(in);
    Builder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const Stop& stop) {
    return tl::unexpected(stop.fault);
  } catch (const YAML::Exception& exception) {
    return tl::unexpected(explain(exception));
  }
}

}  // namespace exporter::config
