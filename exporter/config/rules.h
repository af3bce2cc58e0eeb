// The lists and maps that the settings of rules are made of, in and out. Errors as in values.h.
#pragma once

#include <string>
#include <vector>

#include "exporter/config/settings.h"

namespace exporter::config {

/// One more pattern of namespaces, none twice.
Result<void> add_namespace(std::vector<std::string>& patterns, const Item& item);
/// One more name of a label, as OpenCost has it, none twice.
Result<void> add_label_name(std::vector<std::string>& names, const Item& item);
std::vector<Item> print_list(const std::vector<std::string>& list);

/// One more label and the pattern of its value. Two that are one to OpenCost are an error.
Result<void> add_label(cost::LabelPatterns& patterns, const Item& item);
/// The same for an annotation, which is kept with model::kAnnotation before its name.
Result<void> add_annotation(cost::LabelPatterns& patterns, const Item& item);
/// Of a map that may hold both, the ones or the others.
std::vector<Item> print_labels(const cost::LabelPatterns& patterns);
std::vector<Item> print_annotations(const cost::LabelPatterns& patterns);

}  // namespace exporter::config
