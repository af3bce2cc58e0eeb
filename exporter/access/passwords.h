// Passwords and their bcrypt hashes.
#pragma once

#include <string>

#include "exporter/access/access.h"

namespace exporter::access {

/// A hash of cost 10 takes some 50 ms, and twice as long with every step: at 16 some seconds.
inline constexpr int kMostBcryptCost = 16;

/// Takes as long as bcrypt does.
bool is_password(const std::string& password, const std::string& bcrypt);

}  // namespace exporter::access
