#include <fmt/format.h>

#include "exporter/config/names.h"
#include "exporter/config/patterns.h"
#include "exporter/config/text.h"

namespace exporter::config {
namespace {

void check_weights(Loading& loading) {
  const cost::SharedOptions& shared = loading.config.shared;
  if (loading.has_faults("shared.split") || loading.has_faults("shared.weights")) return;
  const bool weighted = shared.split == cost::Split::weighted;
  if (weighted && shared.weights.empty()) {
    loading.fault("shared.split",
                  "weighted goes by weights, and there are none; write "
                  "shared.weights, such as {payments: 2}");
  }
  if (!weighted && !shared.weights.empty()) {
    loading.fault("shared.weights",
                  fmt::format("stand beside the split {}, which does not go by them; write "
                              "shared.split: weighted or leave them out",
                              cost::to_string(shared.split)));
  }
}

void check_targets(Loading& loading) {
  const cost::SharedOptions& shared = loading.config.shared;
  for (const auto& [name, weight] : shared.weights) {
    const std::string path = fmt::format("shared.weights.{}", in_quotes(name));
    if (shared.over == cost::Over::tenants) {
      check_tenant(loading, path, name);
    } else if (const auto fits = parse_namespace(name); !fits) {
      loading.fault(path, fits.error().message);
    }
  }
}

}  // namespace

void complete_shared(Loading& loading) {
  check_weights(loading);
  if (loading.has_faults("shared.over")) return;
  const bool tenants = !loading.config.tenants.empty() || loading.has_faults("tenants");
  if (loading.config.shared.over == cost::Over::tenants && !tenants) {
    loading.fault("shared.over",
                  "tenants are to bear it, and there are none; write rules in the section tenants, "
                  "or namespaces here");
    return;
  }
  check_targets(loading);
}

}  // namespace exporter::config
