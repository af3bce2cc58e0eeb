// Who is let into the API: tokens by their digests, and whom Kubernetes knows.
#include <fmt/format.h>

#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

using access::Subject;
using access::Token;

// Whoever writes the token itself here must not find it in a log.
Result<void> set_digest(Token& token, const Item& item) {
  constexpr std::string_view kHow = "printf %s \"$TOKEN\" | sha256sum";
  const auto digest = access::parse_digest(item.text);
  if (!digest) {
    return fail(
        fmt::format("is not a SHA-256 of 64 hexadecimal digits; write that of the token, never the "
                    "token: {}",
                    kHow));
  }
  if (*digest == access::sha256("")) {
    return fail(
        fmt::format("is the SHA-256 of nothing; set TOKEN before the digest is made: {}", kHow));
  }
  token.sha256 = *digest;
  return {};
}

Result<void> set_tenant(std::string& field, const std::string& text) {
  if (text == cost::kUnallocated) {
    return fail(
        fmt::format("{} is what no rule takes, and nobody's to see; write a tenant, or admin: true",
                    in_quotes(text)));
  }
  return assign(field, parse_name(text));
}

Result<void> set_expires(Token& token, const Item& item) {
  const auto time = model::parse_time(item.text);
  if (!time) {
    return fail(fmt::format("{} is not a time in UTC; write it as 2027-06-30T00:00:00Z",
                            in_quotes(item.text)));
  }
  token.expires = *time;
  return {};
}

/// Names of service accounts are as long as a namespace and a name together.
Result<std::string> parse_subject(std::string_view text) {
  constexpr std::size_t kMost = 512;
  if (text.empty()) return fail("is empty; write a name, or a pattern such as system:*");
  if (text.size() > kMost) {
    return fail(
        fmt::format("{} has {} bytes; write at most {}", in_quotes(text), text.size(), kMost));
  }
  if (has_control_character(text)) {
    return fail(fmt::format("{} holds a control character; write the name as Kubernetes has it",
                            in_quotes(text)));
  }
  return std::string(text);
}

std::vector<Item> print_admin(bool admin) {
  return admin ? one(print_boolean(true)) : std::vector<Item>{};
}

constexpr Setting<Token> kTokenSettings[] = {
    {.key = "name",
     .required = true,
     .type = "text",
     .example = "grafana",
     .meaning = "What the log calls whoever uses it.",
     .apply = [](Token& t, const Item& i) { return assign(t.name, parse_name(i.text)); },
     .print = [](const Token& t) { return one(t.name); }},
    {.key = "sha256",
     .required = true,
     .type = "digest",
     .example = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
     .meaning = "SHA-256 of the token, made with `printf %s \"$TOKEN\" | sha256sum`.",
     .apply = set_digest,
     .print = [](const Token& t) { return one(access::to_hex(t.sha256)); }},
    {.key = "tenant",
     .type = "text",
     .example = "payments",
     .meaning = "The tenant that is seen, one that a rule of tenants names.",
     .apply = [](Token& t, const Item& i) { return set_tenant(t.tenant, i.text); },
     .print = [](const Token& t) { return one_unless_empty(t.tenant); }},
    {.key = "admin",
     .alternative = true,
     .type = "boolean",
     .example = "true",
     .meaning = "In place of a tenant: all there is, and collections may be asked for.",
     .apply = [](Token& t, const Item& i) { return assign(t.admin, parse_boolean(i.text)); },
     .print = [](const Token& t) { return print_admin(t.admin); }},
    {.key = "expires",
     .type = "time",
     .example = "2027-06-30T00:00:00Z",
     .meaning = "From when on it is refused; if left out, never.",
     .apply = set_expires,
     .print =
         [](const Token& t) {
           return t.expires ? one(model::format_time(*t.expires)) : std::vector<Item>{};
         }},
};

constexpr Setting<Subject> kSubjectSettings[] = {
    {.key = "user",
     .type = "pattern",
     .example = "system:serviceaccount:payments:*",
     .meaning = "Name of a user as Kubernetes has it, that of a service account included.",
     .apply = [](Subject& s, const Item& i) { return assign(s.user, parse_subject(i.text)); },
     .print = [](const Subject& s) { return one_unless_empty(s.user); }},
    {.key = "group",
     .alternative = true,
     .type = "pattern",
     .example = "system:serviceaccounts:payments",
     .meaning = "In place of a user: a group that somebody is in.",
     .apply = [](Subject& s, const Item& i) { return assign(s.group, parse_subject(i.text)); },
     .print = [](const Subject& s) { return one_unless_empty(s.group); }},
    {.key = "tenant",
     .type = "text",
     .example = "payments",
     .meaning = "The tenant that is seen, one that a rule of tenants names.",
     .apply = [](Subject& s, const Item& i) { return set_tenant(s.tenant, i.text); },
     .print = [](const Subject& s) { return one_unless_empty(s.tenant); }},
    {.key = "admin",
     .alternative = true,
     .type = "boolean",
     .example = "true",
     .meaning = "In place of a tenant: all there is, and collections may be asked for.",
     .apply = [](Subject& s, const Item& i) { return assign(s.admin, parse_boolean(i.text)); },
     .print = [](const Subject& s) { return print_admin(s.admin); }},
};

}  // namespace

std::span<const Setting<Token>> token_settings() { return kTokenSettings; }
std::span<const Setting<Subject>> subject_settings() { return kSubjectSettings; }

}  // namespace exporter::config
