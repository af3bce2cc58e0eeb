// Single values as they are printed, the same in JSON and CSV. Inside api/ only.
#pragma once

#include <string>

#include "exporter/api/table.h"

namespace exporter::api {

/// Numbers that are none are null, too.
bool is_null(const Value& value);

/// The shortest decimal that reads back the same, never with an exponent. REQUIRES: it is finite.
void append_decimal(std::string& out, double value);
/// Rounded to whole millionths after `rate`.
void append_money(std::string& out, Cost cost, double rate);
/// What needs no quotes: numbers, truth, time. REQUIRES: neither null nor text.
void append_plain(std::string& out, Kind kind, const Value& value, double rate);

}  // namespace exporter::api
