// Amounts are written in the currency that is exported, which is OpenCost's times currency.rate.
// Those that are compared with OpenCost's or added to them are kept in its own.
#pragma once

#include "exporter/config/loading.h"

namespace exporter::config {

/// REQUIRES: nothing reads the amounts as they were written any more.
void divide_by_rate(Loading& loading);
/// As it was written: the other way, to 15 digits, which is what a division leaves of a number.
Config multiplied_by_rate(Config config);

}  // namespace exporter::config
