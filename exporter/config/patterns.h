// What a rule is written with: labels as OpenCost names them, and patterns in which `*` stands for
// any text, also for none. What no namespace and no label of Kubernetes can match is refused, since
// it could only be a typing error. Errors as in values.h.
#pragma once

#include <string>
#include <string_view>

#include "exporter/result.h"

namespace exporter::config {

/// Lower-case letters, digits, dashes, and underscores for OpenCost's own words.
Result<std::string> parse_namespace_pattern(std::string_view text);
/// The same without `*`.
Result<std::string> parse_namespace(std::string_view text);

/// `app.kubernetes.io/name` -> `app_kubernetes_io_name`, the name it has in OpenCost's answers. A
/// name that is in this form already stays as it is.
Result<std::string> parse_label_name(std::string_view text);
Result<std::string> parse_label_pattern(std::string_view text);

/// The same for annotations, whose values may be any text.
Result<std::string> parse_annotation_name(std::string_view text);
Result<std::string> parse_annotation_pattern(std::string_view text);

}  // namespace exporter::config
