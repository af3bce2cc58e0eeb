// The pages of docs/ that are made from the tables of this room.
#pragma once

#include <string>

namespace exporter::config {

std::string configuration_page();
std::string command_line_page();
std::string web_config_page();
/// Every key with its default, commented out; `#key: value` is a setting, `# ` begins prose, and
/// `#- ` and `#  ` an item of a list that is empty by default. What cannot stand beside the rest of
/// its item keeps a second `#`.
std::string example_file();

}  // namespace exporter::config
