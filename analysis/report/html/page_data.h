// What the script of a page reads: tables too large to draw whole, and charts.
#pragma once

#include <functional>
#include <string_view>

#include "analysis/report/report.h"

namespace vpcmirror {

// Whether the page shows only those rows of it that are in sight.
bool IsBig(const Table& table);

// JSON that no HTML parser takes for the end of its script element:
// {"tables": {KEY: {"columns", "texts", "numbers", "tones"}}, "charts": {KEY: {...}}}; texts
// and numbers by column, roles, tones and units by name.
void WritePageData(const Report& report, const std::function<void(std::string_view)>& write);

}  // namespace vpcmirror
