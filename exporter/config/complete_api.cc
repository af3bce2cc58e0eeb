#include <fmt/format.h>

#include <map>

#include "exporter/config/names.h"
#include "exporter/config/text.h"

namespace exporter::config {
namespace {

/// What somebody sees is one thing or the other, and never by accident.
void check_right(Loading& loading, const std::string& path, const std::string& tenant, bool admin) {
  if (loading.has_faults(path + ".tenant") || loading.has_faults(path + ".admin")) return;
  if (tenant.empty() && !admin) {
    loading.fault(path, "says neither tenant nor admin: true; write one of the two");
  }
  if (tenant.empty()) return;
  if (admin) loading.fault(path + ".tenant", "stands beside admin: true; write one of the two");
  check_tenant(loading, path + ".tenant", tenant, Rest::does_not);
}

void check_tokens(Loading& loading) {
  std::vector<std::string_view> names;
  std::map<access::Digest, std::size_t> digests;
  const auto& tokens = loading.config.access.tokens;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string path = fmt::format("api.tokens[{}]", i);
    names.push_back(tokens[i].name);
    const bool known =
        loading.was_found(path + ".sha256") && !loading.was_refused(path + ".sha256");
    const auto [first, fresh] =
        known ? digests.emplace(tokens[i].sha256, i) : std::pair(digests.end(), true);
    if (!fresh) {
      loading.fault(
          path + ".sha256",
          fmt::format("is that of api.tokens[{}] as well; give each its own token", first->second));
    }
    if (!loading.was_refused(path)) check_right(loading, path, tokens[i].tenant, tokens[i].admin);
  }
  check_unique(loading, "api.tokens", names);
}

void check_subject(Loading& loading, const std::string& path, const access::Subject& subject) {
  if (loading.was_refused(path)) return;
  if (!loading.has_faults(path + ".user") && !loading.has_faults(path + ".group")) {
    if (subject.user.empty() && subject.group.empty()) {
      loading.fault(path, "names neither a user nor a group; write one of the two");
    }
    if (!subject.user.empty() && !subject.group.empty()) {
      loading.fault(path + ".group", "stands beside user; write one of the two");
    }
  }
  check_right(loading, path, subject.tenant, subject.admin);
}

void check_kubernetes(Loading& loading) {
  const access::Kubernetes& kubernetes = loading.config.access.kubernetes;
  for (std::size_t i = 0; i < kubernetes.subjects.size(); ++i) {
    check_subject(loading, fmt::format("api.kubernetes_subjects[{}]", i), kubernetes.subjects[i]);
  }
  if (loading.has_faults("api.kubernetes_auth") || loading.was_refused("api.kubernetes_subjects"))
    return;
  if (kubernetes.enabled && kubernetes.subjects.empty()) {
    loading.fault("api.kubernetes_auth",
                  "lets nobody in, since there are no kubernetes_subjects; write some, such as "
                  "[{user: \"system:serviceaccount:payments:portal\", tenant: payments}]");
  }
  if (!kubernetes.enabled && !kubernetes.subjects.empty()) {
    loading.fault("api.kubernetes_subjects",
                  "stand without kubernetes_auth: true; write it, or leave them out");
  }
}

}  // namespace

void complete_api(Loading& loading) {
  check_tokens(loading);
  check_kubernetes(loading);
}

}  // namespace exporter::config
