// Addresses as those who count attempts see them.
#pragma once

#include <string>

namespace exporter::access {

/// Whom an address is counted under: `192.0.2.7`, also when written `::ffff:192.0.2.7`; of other
/// IPv6 addresses the /64, `20010db800000001/64`. What is no address stands for itself.
std::string network_of(const std::string& address);

}  // namespace exporter::access
